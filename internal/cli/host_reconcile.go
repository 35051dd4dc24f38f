package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/terminal"
)

// hostReconcile brings the web server in line with the registry. Its dry run is
// what the service finds when it only looks.
func (c *command) hostReconcile(ctx context.Context, _ []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	var found []host.Finding
	err = s.ask(ctx, func(ctx context.Context, client service) (err error) {
		if flags.Bool("dry-run") {
			found, err = client.Check(ctx)
		} else {
			found, err = client.Reconcile(ctx)
		}
		return err
	})
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		err = c.JSON(struct {
			Version  int           `json:"version"`
			OK       bool          `json:"ok"`
			Findings []findingJSON `json:"findings"`
		}{terminal.JSONVersion, !anyError(found), findingDocuments(found)})
	} else {
		c.printFindings(found)
	}
	if err == nil && anyError(found) {
		return errMistakes
	}
	return err
}

// findingJSON is one line of what check or reconcile says.
type findingJSON struct {
	Severity string `json:"severity"` // ok, warning or error
	What     string `json:"what"`
	Hint     string `json:"hint,omitempty"`
}

func findingDocuments(found []host.Finding) []findingJSON {
	documents := make([]findingJSON, len(found))
	for i, f := range found {
		documents[i] = findingJSON(f)
	}
	return documents
}

func anyError(found []host.Finding) bool {
	for _, f := range found {
		if f.Severity == "error" {
			return true
		}
	}
	return false
}

// printFindings prints them as data: they are what was asked for.
func (c *command) printFindings(found []host.Finding) {
	marks := map[string]terminal.Mark{"ok": terminal.Done, "warning": terminal.Attention}
	for _, f := range found {
		m, known := marks[f.Severity]
		if !known {
			m = terminal.Refused
		}
		fmt.Fprintf(c.Out, "%s %s\n", c.OutStyle.Mark(m), terminal.Printable(f.What))
		if f.Hint != "" {
			fmt.Fprintf(c.Out, "  hint: %s\n", terminal.Printable(f.Hint))
		}
	}
}
