package cli

import (
	"context"
	"strings"

	"github.com/urfave/cli/v2"
)

// hostReject refuses a site. Its owner reads the reason in enable and status.
func (c *command) hostReject(ctx context.Context, words []string, flags *cli.Context) error {
	why := strings.TrimSpace(flags.String("reason"))
	if why == "" {
		return usage(`ecounit host reject ID --reason "not during the term"`, "reject needs --reason: its owner reads it")
	}
	s, err := c.hosted()
	if err != nil {
		return err
	}
	r, err := s.site(words[0])
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		return c.dryDecision(flags, decision("rejected", r), wouldDo("reject", r))
	}
	err = s.ask(ctx, func(ctx context.Context, client service) error { return client.Reject(ctx, r.ID(), why) })
	return c.decided(flags, decision("rejected", r), err, r.ID()+" of "+r.Account+"; "+r.Path+" stays theirs until: ecounit host evict "+r.ID())
}
