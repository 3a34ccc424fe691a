// Package preview shows the beginning of topics.
package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cases/c12/good/feed"
)

// Previewer makes previews.
type Previewer struct {
	Conn  feed.Conn
	Limit int
	Width int
}

func (p *Previewer) line(e feed.Entry) string {
	text := strings.ToValidUTF8(string(e.Data), "?")
	if len(text) > p.Width {
		text = text[:p.Width] + "…"
	}
	return fmt.Sprintf("%8d %s", e.Seq, text)
}

// Preview returns the first lines of topic.
func (p *Previewer) Preview(ctx context.Context, topic string) ([]string, error) {
	s := feed.Subscribe(ctx, p.Conn, topic)
	defer s.Close()
	var lines []string
	for {
		e, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("preview %s: %w", topic, err)
		}
		lines = append(lines, p.line(e))
		if len(lines) == p.Limit {
			return lines, nil
		}
	}
}
