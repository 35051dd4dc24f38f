package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/report"
)

// hostCheck reads the policy itself, so that a mistake in it is shown with its
// place also where the service does not answer, and then asks the service.
func (c *command) hostCheck(ctx context.Context, _ []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	var found []host.Finding
	err = s.ask(ctx, func(ctx context.Context, client service) (err error) {
		found, err = client.Check(ctx)
		return err
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		found = append(found, host.Finding{Severity: "error", What: err.Error(), Hint: hint.Of(err)})
	}
	if s.report.HasErrors() { // the service can only say that there are
		found = slices.DeleteFunc(found, func(f host.Finding) bool { return strings.HasPrefix(f.What, "policy:") })
	}
	ok := !s.report.HasErrors() && !anyError(found)
	if flags.Bool("json") {
		err = c.JSON(struct {
			Version  int            `json:"version"`
			OK       bool           `json:"ok"`
			Entries  []report.Entry `json:"entries"` // of the policy
			Findings []findingJSON  `json:"findings"`
		}{terminal.JSONVersion, ok, s.report.Entries(), findingDocuments(found)})
	} else {
		err = nil
		for _, e := range s.report.Entries() {
			c.Data([]byte(e.Text(s.source)))
		}
		c.printFindings(found)
	}
	if err == nil && !ok {
		return errMistakes
	}
	return err
}
