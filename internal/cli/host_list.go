package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/host"
)

// siteJSON is a site of the registry as list and show print it. Problem stands
// in front of the record's own.
type siteJSON struct {
	ID string `json:"id"`
	host.Record
	Publication publication `json:"publication"`
	URL         string      `json:"url,omitempty"`
	Problem     string      `json:"problem,omitempty"` // why an approved site is not served
}

func (s *hosting) document(r host.Record) siteJSON {
	d := siteJSON{ID: r.ID(), Record: r, URL: s.url(r.Path)}
	if d.Publication, d.Problem = s.standingOf(r, nil); d.Publication != waiting {
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
		c.warn("%v", err)
	}
	if broken != nil {
		c.warn("%v", broken)
	}
	sites := []siteJSON{}
	for _, r := range records {
		sites = append(sites, s.document(r))
	}
	if flags.Bool("json") {
		return c.json(struct {
			Version int          `json:"version"`
			Sites   []siteJSON   `json:"sites"`
			Grants  []host.Grant `json:"grants"`
		}{jsonVersion, sites, append([]host.Grant{}, grants...)})
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
		rows = append(rows, []string{d.ID, d.Path, stateWord(d.Publication), d.Account, address(d.Site), span(time.Since(d.Since))})
		states = append(states, unitState(d.Publication))
	}
	c.table([]string{"ID", "PATH", "STATE", "ACCOUNT", "ADDRESS", "SINCE"}, rows, states)
}

func (c *command) printGrants(grants []host.Grant) {
	if len(grants) == 0 {
		return
	}
	var rows [][]string
	for _, g := range grants {
		rows = append(rows, []string{g.Path, g.Account, span(time.Since(g.Since))})
	}
	c.table([]string{"GRANTED", "ACCOUNT", "SINCE"}, rows, make([]string, len(rows)))
}

// sayWaiting says what an administrator has to do.
func (c *command) sayWaiting(sites []siteJSON) {
	for _, d := range sites {
		switch d.Publication {
		case pending:
			fmt.Fprintf(c.Err, "%s waits: ecounit host approve %s, or reject\n", printable(d.ID), printable(d.ID))
		case waiting:
			c.warn("%s is not live: %s; ecounit host check says more", d.ID, d.Problem)
		}
	}
}

// stateWord is the publication in a table of administrators.
func stateWord(p publication) string {
	switch p {
	case published:
		return "live"
	case waiting:
		return "not live"
	}
	return string(p)
}

// unitState is the state of a unit whose dot suits the publication.
func unitState(p publication) string {
	switch p {
	case published:
		return "active"
	case pending:
		return "activating"
	case rejected, waiting:
		return "failed"
	}
	return "inactive"
}
