package main

import (
	"path/filepath"
	"strings"
)

// editors tells what to set to use the gopls at path.
func editors(path string) string {
	return strings.ReplaceAll(settings, "{gopls}", filepath.ToSlash(path))
}

// settings is shown in docs/integrations.md, too.
const settings = `VS Code, settings.json:
    "go.alternateTools": {"gopls": "{gopls}"}

Neovim 0.11 or later, init.lua:
    vim.lsp.config("gopls", {cmd = {"{gopls}"}})

Emacs with Eglot, init.el:
    (with-eval-after-load 'eglot
      (add-to-list 'eglot-server-programs '((go-mode go-ts-mode) . ("{gopls}"))))

Helix, languages.toml:
    [language-server.gopls]
    command = "{gopls}"

Zed, settings.json:
    "lsp": {"gopls": {"binary": {"path": "{gopls}"}}}

GoLand has no gopls. Settings > Tools > File Watchers, a new one for Go files:
    program ctxleak, no arguments, working directory $FileDir$, and the output
    filter $FILE_PATH$:$LINE$:$COLUMN$: $MESSAGE$

To turn the findings off in one project: {"analyses": {"ctxleak": false}} among
the settings of gopls.
`
