package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
)

// hostApprove has a site served.
func (c *command) hostApprove(ctx context.Context, words []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	r, err := s.site(words[0])
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		return c.dryDecision(flags, decision("approved", r), wouldDo("approve", r))
	}
	var answer host.Answer
	err = s.ask(ctx, func(ctx context.Context, client service) (err error) {
		answer, err = client.Approve(ctx, r.ID())
		return err
	})
	if err != nil {
		return err
	}
	found := s.answered(answer, r.Path)
	live := found.Publication == webserver.Published
	if flags.Bool("json") {
		d := decision("approved", r)
		if d.URL = found.URL; !live {
			d.OK, d.Reason = false, found.Reason
		}
		if err := c.JSON(d); err != nil || live {
			return err
		}
		return statusError(exitUnpublished)
	}
	c.Line(terminal.Done, "approved", r.ID()+" of "+r.Account+", at "+found.where(r.Path))
	if live {
		return nil
	}
	c.Line(terminal.Attention, "not live", found.Reason)
	return statusError(exitUnpublished)
}

// wouldDo is the dry run of what is done to a site.
func wouldDo(verb string, r host.Record) string {
	return verb + "  " + r.ID() + " of " + r.Account + ", at " + r.Path
}
