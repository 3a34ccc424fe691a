package format

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ctxleak/ctxleak/analyzer"
)

// inBrowser is what a reader does with the page, and what is demanded of it. It
// leaves what it saw in an attribute of the body.
const inBrowser = `<script>
const saw = {};
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const at = () => document.activeElement.closest(".leak")?.id;
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
saw.leaks = document.querySelectorAll(".leak").length;
saw.duplicates = ids.filter((id, i) => ids.indexOf(id) !== i);
saw.dangling = [...document.querySelectorAll("a[href^='#']")].map((a) => a.getAttribute("href").slice(1)).filter((id) => !ids.includes(id));
saw.loaded = performance.getEntriesByType("resource").map((e) => e.name);
saw.wide = document.documentElement.scrollWidth - innerWidth;
saw.groups = [...document.querySelectorAll("h2")].map((h) => h.id);
saw.marks = [...document.querySelectorAll(".excerpt mark")].map((m) => m.textContent);
press("j"); saw.j = at();
press("j"); saw.jj = at();
press("k"); saw.k = at();
press("o"); saw.closed = !document.getElementById(at()).open;
press("o"); saw.open = document.getElementById(at()).open;
press("/"); saw.filter = document.activeElement.id;
const filter = document.getElementById("filter");
filter.value = "LOSTPATH cancel"; filter.dispatchEvent(new Event("input"));
saw.filtered = [...document.querySelectorAll(".leak")].filter((l) => l.checkVisibility()).map((l) => l.querySelector(".rule").textContent);
saw.status = document.getElementById("shown").textContent;
press("Escape"); saw.unfiltered = [...document.querySelectorAll(".leak")].filter((l) => l.checkVisibility()).length;
saw.background = getComputedStyle(document.body).backgroundColor;
const rgb = (s) => s.match(/[\d.]+/g).map(Number);
const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const contrast = (e) => { const s = getComputedStyle(e); const a = light(rgb(e.ownerSVGElement ? s.fill : s.color)), b = light(e.ownerSVGElement ? rgb(getComputedStyle(document.querySelector(".box rect")).fill) : behind(e)); return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); };
saw.faint = {};
for (const theme of ["light", "dark"]) {
	press("t");
	saw[theme] = document.documentElement.dataset.theme;
	saw.faint[theme] = [...new Set([...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && contrast(e) < 4.5).map((e) => e.tagName + "." + (e.className.baseVal ?? e.className)))];
}
press("t"); saw.auto = document.documentElement.dataset.theme ?? "auto";
document.body.dataset.saw = JSON.stringify(saw);
</script></body>`

type seen struct {
	Leaks, Unfiltered, Wide                        int
	Duplicates, Dangling, Loaded, Filtered, Groups []string
	Marks                                          []string
	J, JJ, K, Filter, Status, Background           string
	Closed, Open                                   bool
	Light, Dark, Auto                              string
	Faint                                          map[string][]string
}

// TestBrowser opens the page in headless Chromium, uses it by keyboard, and
// demands contrast in both themes, no network, and no sideways scrolling. With
// CTXLEAK_SCREENSHOTS=dir it leaves pictures in dir to be looked at.
func TestBrowser(t *testing.T) {
	chromium := ""
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			chromium = path
			break
		}
	}
	if chromium == "" {
		t.Skip("needs Chromium: apt-get install chromium, or CHROMIUM=path")
	}
	in := sample(t)
	in.Findings[0].Keeps = analyzer.Keeps{Creator: "context.WithCancel", Parent: "ctx", Until: "ctx ends"}
	in.Findings[1].Keeps = analyzer.Keeps{Creator: "context.WithTimeout", Until: "its timeout fires"}
	in.Findings[2].Keeps = analyzer.Keeps{Creator: "a.function.whose.name.is.much.too.long.for.its.box", Parent: "<script>alert(1)</script>", Until: "the process ends", Holder: "s.cancel"}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(page.Bytes(), []byte("<script>alert")) {
		t.Error("text of the source is not escaped")
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	used := filepath.Join(t.TempDir(), "used.html")
	if err := os.WriteFile(used, []byte(strings.Replace(page.String(), "</body>", inBrowser, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, chromium, append([]string{
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
		}, args...)...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", cmd, err)
		}
		return string(out)
	}

	for _, view := range []struct{ args, background string }{
		{"--window-size=1100,900 --blink-settings=preferredColorScheme=1", "rgb(255, 255, 255)"},
		{"--window-size=500,900 --blink-settings=preferredColorScheme=0", "rgb(20, 24, 29)"},
	} {
		dom := run(append(strings.Fields(view.args), "--dump-dom", "file://"+used)...)
		_, attr, ok := strings.Cut(dom, `data-saw="`)
		attr, _, _ = strings.Cut(attr, `"`)
		var saw seen
		if err := json.Unmarshal([]byte(html.UnescapeString(attr)), &saw); !ok || err != nil {
			t.Fatalf("%s: nothing was seen: %v in\n%s", view.args, err, dom)
		}
		check := func(is bool, what string, got any) {
			if !is {
				t.Errorf("%s: %s: %v", view.args, what, got)
			}
		}
		check(saw.Leaks == 3, "leaks", saw.Leaks)
		check(strings.Join(saw.Groups, " ") == "high medium low", "severities", saw.Groups)
		check(len(saw.Duplicates)+len(saw.Dangling) == 0, "anchors that are there twice, or not at all", append(saw.Duplicates, saw.Dangling...))
		check(len(saw.Loaded) == 0, "loaded from elsewhere", saw.Loaded)
		check(saw.Wide <= 0, "too wide by", saw.Wide)
		check(len(saw.Marks) == 4 && saw.Marks[0] == "cancel" && saw.Marks[3] == "context.WithCancel(ctx)", "marked", saw.Marks)
		check(saw.J == "leak-1" && saw.JJ == "leak-2" && saw.K == "leak-1", "j, j, k lead to", []string{saw.J, saw.JJ, saw.K})
		check(saw.Closed && saw.Open, "o closes and opens", []bool{saw.Closed, saw.Open})
		check(saw.Filter == "filter", "/ leads to", saw.Filter)
		check(len(saw.Filtered) == 1 && saw.Filtered[0] == "lostpath" && saw.Status == "1 of 3" && saw.Unfiltered == 3, "filtered", saw)
		check(saw.Light == "light" && saw.Dark == "dark" && saw.Auto == "auto", "t leads to", []string{saw.Light, saw.Dark, saw.Auto})
		check(saw.Background == view.background, "the background", saw.Background)
		check(len(saw.Faint["light"])+len(saw.Faint["dark"]) == 0, "too little contrast", saw.Faint)
		if dir := os.Getenv("CTXLEAK_SCREENSHOTS"); dir != "" {
			name := map[bool]string{true: "light.png", false: "dark.png"}[view.background == "rgb(255, 255, 255)"]
			args := strings.Fields(strings.Replace(view.args, ",900", ",3000", 1))
			run(append(args, "--screenshot="+filepath.Join(dir, name), "file://"+file)...)
		}
	}
}
