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
		c.wouldDo("approve", r)
		return nil
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
	c.Line(terminal.Done, "approved", r.ID()+" of "+r.Account+", at "+found.where(r.Path))
	if found.Publication == webserver.Published {
		return nil
	}
	c.Line(terminal.Attention, "not live", found.Reason)
	return statusError(exitUnpublished)
}

// wouldDo is the dry run of what is done to a site.
func (c *command) wouldDo(verb string, r host.Record) {
	c.Data([]byte(verb + "  " + r.ID() + " of " + r.Account + ", at " + r.Path + "\n"))
}
