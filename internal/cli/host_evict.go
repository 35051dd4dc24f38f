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
	d := decisionJSON{Version: terminal.JSONVersion, OK: true, State: "evicted", ID: words[0]}
	text := words[0] + ", whose record cannot be read"
	would := "evict  " + text
	if !s.unreadable(d.ID) {
		r, err := s.site(words[0])
		if err != nil {
			return err
		}
		d, would = decision(d.State, r), wouldDo("evict", r)
		text = r.ID() + " of " + r.Account + "; " + r.Path + " is free"
	}
	if flags.Bool("dry-run") {
		return c.dryDecision(flags, d, would)
	}
	err = s.ask(ctx, func(ctx context.Context, client service) error { return client.Evict(ctx, d.ID) })
	return c.decided(flags, d, err, text)
}
