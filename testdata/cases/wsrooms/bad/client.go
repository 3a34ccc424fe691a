// Package chat relays messages between the clients of a room.
package chat

import (
	"context"
	"fmt"
)

// Command is what a client sends.
type Command struct {
	Verb, Arg string
}

// Rooms holds all rooms.
type Rooms interface {
	// Listen sends what is said in room until ctx is done, then closes the
	// channel.
	Listen(ctx context.Context, room string) <-chan string
	Say(ctx context.Context, room, text string) error
}

// Client is one websocket's end.
type Client struct {
	name  string
	rooms Rooms
	send  func(text string)
	room  string
	leave context.CancelFunc
}

// NewClient returns a client that is in no room.
func NewClient(name string, rooms Rooms, send func(string)) *Client {
	return &Client{name: name, rooms: rooms, send: send}
}

// Serve executes commands until the client hangs up.
func (c *Client) Serve(ctx context.Context, in <-chan Command) {
	defer c.part(ctx, "")
	verbs := map[string]func(context.Context, string) error{
		"join": c.join,
		"part": c.part,
		"say":  c.say,
	}
	for cmd := range in {
		do, ok := verbs[cmd.Verb]
		if !ok {
			c.send(fmt.Sprintf("what is %q?", cmd.Verb))
			continue
		}
		if err := do(ctx, cmd.Arg); err != nil {
			c.send(err.Error())
		}
	}
}

func (c *Client) join(ctx context.Context, room string) error {
	if room == c.room {
		return fmt.Errorf("already in %s", room)
	}
	c.room = room
	ctx, c.leave = context.WithCancel(ctx) // LEAK
	go c.relay(c.rooms.Listen(ctx, room))
	return nil
}

func (c *Client) relay(texts <-chan string) {
	for text := range texts {
		c.send(text)
	}
}

func (c *Client) part(context.Context, string) error {
	if c.leave != nil {
		c.leave()
		c.room, c.leave = "", nil
	}
	return nil
}

func (c *Client) say(ctx context.Context, text string) error {
	return c.rooms.Say(ctx, c.room, c.name+": "+text)
}
