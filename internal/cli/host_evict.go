package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
)

// hostEvict removes a site with its record. One that cannot be read is removed,
// too: it would stand in the way of a new one.
func (c *command) hostEvict(ctx context.Context, words []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	id, text := words[0], words[0]+", whose record cannot be read"
	if !s.unreadable(id) {
		r, err := s.site(id)
		if err != nil {
			return err
		}
		id, text = r.ID(), r.ID()+" of "+r.Account+"; "+r.Path+" is free"
		if flags.Bool("dry-run") {
			c.wouldDo("evict", r)
			return nil
		}
	}
	if flags.Bool("dry-run") {
		c.Data([]byte("evict  " + text + "\n"))
		return nil
	}
	if err := s.ask(ctx, func(ctx context.Context, client service) error { return client.Evict(ctx, id) }); err != nil {
		return err
	}
	c.Line(terminal.Done, "evicted", text)
	return nil
}
