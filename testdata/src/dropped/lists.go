package dropped

import (
	"container/list"
	"context"
	"time"
)

// A viewing is found by a list, the least recent last.
type viewing struct {
	film string
	seen time.Time
	stop context.CancelFunc
}

type cinema struct {
	ctx    context.Context
	recent *list.List
	films  map[string]*list.Element
}

func (c *cinema) View(film string) {
	ctx, stop := context.WithCancel(c.ctx)
	go linger(ctx)
	c.films[film] = c.recent.PushFront(&viewing{film: film, stop: stop})
	if c.recent.Len() > 10 {
		last := c.recent.Back()
		c.recent.Remove(last) // want `dropped from the field recent without being called`
		delete(c.films, last.Value.(*viewing).film)
	}
}

func (c *cinema) Expire(before time.Time) {
	var next *list.Element
	for e := c.recent.Front(); e != nil; e = next {
		next = e.Next()
		if v := e.Value.(*viewing); v.seen.Before(before) {
			c.recent.Remove(e) // want `dropped from the field recent without being called`
			delete(c.films, v.film)
		}
	}
}

func (c *cinema) Close() {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*viewing).stop()
	}
}

// What a theatre removes, it stops, before or after, or by a helper.
type show struct {
	play string
	seen time.Time
	stop context.CancelFunc
}

type theatre struct {
	ctx    context.Context
	recent list.List
	plays  map[string]*list.Element
}

func (t *theatre) Play(play string) {
	ctx, stop := context.WithCancel(t.ctx)
	go linger(ctx)
	t.plays[play] = t.recent.PushFront(&show{play: play, stop: stop})
	if t.recent.Len() > 10 {
		t.drop(t.recent.Back())
	}
	if t.recent.Len() > 5 {
		last := t.recent.Back()
		t.recent.Remove(last)
		s := last.Value.(*show)
		delete(t.plays, s.play)
		s.stop()
	}
}

func (t *theatre) drop(e *list.Element) {
	s := t.recent.Remove(e).(*show)
	delete(t.plays, s.play)
	s.stop()
}

func (t *theatre) Expire(before time.Time) {
	var next *list.Element
	for e := t.recent.Front(); e != nil; e = next {
		next = e.Next()
		if s := e.Value.(*show); s.seen.Before(before) {
			s.stop()
			t.recent.Remove(e)
			delete(t.plays, s.play)
		}
	}
}
