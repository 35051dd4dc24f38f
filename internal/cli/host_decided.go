package cli

import (
	"errors"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// decisionJSON is what approve, reject, grant and evict say to programs.
type decisionJSON struct {
	Version int    `json:"version"`
	OK      bool   `json:"ok"`    // and the web server is as decided
	State   string `json:"state"` // approved, rejected, evicted, granted or revoked
	DryRun  bool   `json:"dry_run,omitempty"`
	ID      string `json:"id,omitempty"`
	Account string `json:"account,omitempty"`
	Path    string `json:"path,omitempty"`
	URL     string `json:"url,omitempty"`
	Reason  string `json:"reason,omitempty"` // why it is not ok
	Hint    string `json:"hint,omitempty"`
}

// decision is about a site.
func decision(state string, r host.Record) decisionJSON {
	return decisionJSON{Version: terminal.JSONVersion, OK: true, State: state, ID: r.ID(), Account: r.Account, Path: r.Path}
}

// dryDecision prints what would be done.
func (c *command) dryDecision(flags *cli.Context, d decisionJSON, text string) error {
	if flags.Bool("json") {
		d.DryRun = true
		return c.JSON(d)
	}
	c.Data([]byte(text + "\n"))
	return nil
}

// decided tells of a decision that the service carried out, or recorded.
func (c *command) decided(flags *cli.Context, d decisionJSON, err error, text string) error {
	if err != nil && !stillServed(err) {
		return err
	}
	if err != nil {
		d.OK, d.Reason, d.Hint = false, err.Error(), hint.Of(err)
	}
	switch {
	case flags.Bool("json"):
		if failed := c.JSON(d); failed != nil {
			return failed
		}
	case d.OK:
		c.Line(terminal.Done, d.State, text)
	default:
		c.Line(terminal.Attention, d.State, d.Reason)
		c.Hint(d.Hint)
	}
	if !d.OK {
		return statusError(exitUnpublished)
	}
	return nil
}

// stillServed says whether something was recorded, and the web server goes on
// with what was before.
func stillServed(err error) bool {
	var refusal *host.Error
	return errors.As(err, &refusal) && refusal.Kind == host.Served
}
