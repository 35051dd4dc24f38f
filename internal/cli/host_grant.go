package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
)

// hostGrant gives a user a path outside of their own, or takes it back.
func (c *command) hostGrant(ctx context.Context, words []string, flags *cli.Context) error {
	account, revoke := words[0], flags.Bool("revoke")
	path, isPath := sitePath(words[1])
	if !isPath {
		return usage("ecounit host grant USER /PATH", "a path begins with /, got %q", words[1])
	}
	s, err := c.hosted()
	if err != nil {
		return err
	}
	verb, d := "grant", decisionJSON{Version: terminal.JSONVersion, OK: true, State: "granted", Account: account, Path: path}
	text := fmt.Sprintf("%s to %s, who writes path = %q in [web]", path, account, path)
	if revoke {
		verb, d.State, text = "revoke", "revoked", path+" of "+account
	}
	if flags.Bool("dry-run") {
		return c.dryDecision(flags, d, fmt.Sprintf("%s  %s of %s", verb, path, account))
	}
	err = s.ask(ctx, func(ctx context.Context, client service) error { return client.Grant(ctx, account, path, !revoke) })
	if err := c.decided(flags, d, err, text); err != nil || !revoke || flags.Bool("json") {
		return err
	}
	if r, err := s.site(path); err == nil {
		c.Line(terminal.Attention, "still there", "a site of "+r.Account+"; to remove it: ecounit host evict "+r.ID())
	}
	return nil
}
