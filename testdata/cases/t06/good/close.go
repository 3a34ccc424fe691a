package peers

func (c *conn) close(cause error) {
	c.once.Do(func() {
		c.cancel(cause)
		c.wire.Close()
		c.srv.mu.Lock()
		defer c.srv.mu.Unlock()
		delete(c.srv.conns, c)
	})
}
