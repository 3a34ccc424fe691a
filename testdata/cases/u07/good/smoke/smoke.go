// Package smoke has checks that the tests of several servers share.
package smoke

import (
	"io"
	"net"
	"testing"
	"time"

	"cases/u07/good/testenv"
)

// Echo checks that a server sends back what it is sent.
func Echo(t *testing.T, payload string) {
	ctx := testenv.Context(t, time.Minute)
	srv := testenv.StartServer(t, ctx)
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, payload); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, len(payload))
	if _, err := io.ReadFull(c, buf); err != nil {
		t.Fatal(err)
	}
	if string(buf) != payload {
		t.Errorf("got %q", buf)
	}
}
