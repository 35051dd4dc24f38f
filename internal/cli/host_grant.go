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
	verb := "grant"
	if revoke {
		verb = "revoke"
	}
	if flags.Bool("dry-run") {
		c.Data(fmt.Appendf(nil, "%s  %s of %s\n", verb, path, account))
		return nil
	}
	err = s.ask(ctx, func(ctx context.Context, client service) error { return client.Grant(ctx, account, path, !revoke) })
	if err != nil {
		return err
	}
	if !revoke {
		c.Line(terminal.Done, "granted", fmt.Sprintf("%s to %s, who writes path = %q in [web]", path, account, path))
		return nil
	}
	c.Line(terminal.Done, "revoked", path+" of "+account)
	if r, err := s.site(path); err == nil {
		c.Line(terminal.Attention, "still there", "a site of "+r.Account+"; to remove it: ecounit host evict "+r.ID())
	}
	return nil
}
