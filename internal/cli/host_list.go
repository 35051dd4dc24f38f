package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
)

// siteJSON is a site of the registry as list and show print it. Problem stands
// in front of the record's own.
type siteJSON struct {
	ID string `json:"id"`
	host.Record
	Publication webserver.Publication `json:"publication"`
	URL         string                `json:"url,omitempty"`
	Problem     string                `json:"problem,omitempty"` // why an approved site is not served, or another still is
}

func (s *hosting) document(r host.Record) siteJSON {
	d := siteJSON{ID: r.ID(), Record: r, URL: s.url(r.Path)}
	switch d.Publication, d.Problem = s.standingOf(r, nil); d.Publication {
	case waiting:
	case rejected, reserved:
		d.Problem = r.Problem
	default:
		d.Problem = ""
	}
	return d
}

func (c *command) hostList(_ context.Context, _ []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	records, broken := s.store().AllSites()
	grants, err := s.store().AllGrants()
	if err != nil {
		c.Warn("%v", err)
	}
	if broken != nil {
		c.Warn("%v", broken)
	}
	sites := []siteJSON{}
	for _, r := range records {
		sites = append(sites, s.document(r))
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int          `json:"version"`
			Sites   []siteJSON   `json:"sites"`
			Grants  []host.Grant `json:"grants"`
		}{terminal.JSONVersion, sites, append([]host.Grant{}, grants...)})
	}
	if len(sites)+len(grants) == 0 && broken == nil {
		fmt.Fprintln(c.Err, "nobody has published anything yet")
	}
	c.printSites(sites)
	c.printGrants(grants)
	c.sayWaiting(sites)
	return nil
}

func (c *command) printSites(sites []siteJSON) {
	if len(sites) == 0 {
		return
	}
	var rows [][]string
	var states []string
	for _, d := range sites {
		rows = append(rows, []string{d.ID, d.Path, d.state(), d.Account, address(d.Site), terminal.Span(time.Since(d.Since))})
		states = append(states, unitState(d.Publication))
	}
	c.Table([]string{"ID", "PATH", "STATE", "ACCOUNT", "ADDRESS", "SINCE"}, rows, states)
}

func (c *command) printGrants(grants []host.Grant) {
	if len(grants) == 0 {
		return
	}
	var rows [][]string
	for _, g := range grants {
		rows = append(rows, []string{g.Path, g.Account, terminal.Span(time.Since(g.Since))})
	}
	c.Table([]string{"GRANTED", "ACCOUNT", "SINCE"}, rows, make([]string, len(rows)))
}

// sayWaiting says what an administrator has to do.
func (c *command) sayWaiting(sites []siteJSON) {
	for _, d := range sites {
		switch d.Publication {
		case pending:
			fmt.Fprintf(c.Err, "%s waits: ecounit host approve %s, or reject\n", terminal.Printable(d.ID), terminal.Printable(d.ID))
		case waiting:
			c.Warn("%s is not live: %s; ecounit host check says more", d.ID, d.Problem)
		case rejected, reserved:
			if d.Problem != "" {
				c.Warn("%s is taken off, and still served: %s; ecounit host check says more", d.ID, d.Problem)
			}
		}
	}
}

// state is the state in words.
func (d siteJSON) state() string {
	switch {
	case d.Problem != "" && d.Publication != waiting:
		return stateWord(d.Publication) + ", still served"
	case d.Leaving:
		return "given up"
	}
	return stateWord(d.Publication)
}

// stateWord is the publication in a table of administrators.
func stateWord(p webserver.Publication) string {
	switch p {
	case webserver.Published:
		return "live"
	case waiting:
		return "not live"
	}
	return string(p)
}

// unitState is the state of a unit whose dot suits the publication.
func unitState(p webserver.Publication) string {
	switch p {
	case webserver.Published:
		return "active"
	case pending:
		return "activating"
	case rejected, waiting:
		return "failed"
	}
	return "inactive"
}
