package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/terminal"
)

// hostShow shows one site, or all that a user has.
func (c *command) hostShow(_ context.Context, words []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	sites, grants, err := s.about(words[0])
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int          `json:"version"`
			Sites   []siteJSON   `json:"sites"`
			Grants  []host.Grant `json:"grants"`
		}{terminal.JSONVersion, sites, grants})
	}
	for i, d := range sites {
		if i > 0 {
			fmt.Fprintln(c.Out)
		}
		c.showSite(d)
	}
	if len(sites) > 0 && len(grants) > 0 {
		fmt.Fprintln(c.Out)
	}
	for _, g := range grants {
		c.field("granted", fmt.Sprintf("%s to %s, %s ago", g.Path, g.Account, terminal.Span(time.Since(g.Since))))
	}
	return nil
}

// about finds what a word means: a user, a path, or a site.
func (s *hosting) about(word string) ([]siteJSON, []host.Grant, error) {
	sites, found := []siteJSON{}, []host.Grant{}
	path, _ := sitePath(word)
	records, _ := s.store().AllSites() // what cannot be read is reported where nothing is found
	for _, r := range records {
		if r.Account == word || r.Owner == word {
			sites = append(sites, s.document(r))
		}
	}
	grants, _ := s.store().AllGrants()
	for _, g := range grants {
		if g.Account == word || g.Path == path {
			found = append(found, g)
		}
	}
	if len(sites) > 0 {
		return sites, found, nil
	}
	record, err := s.site(word)
	if err == nil {
		return append(sites, s.document(record)), found, nil
	}
	if len(found) > 0 {
		err = nil
	}
	return sites, found, err
}

func (c *command) showSite(d siteJSON) {
	c.field("site", d.ID)
	c.field("address", standing{URL: d.URL}.where(d.Path))
	c.field("state", d.state()+" for "+terminal.Span(time.Since(d.Since)))
	if d.Problem != "" {
		c.field("problem", d.Problem)
	}
	if d.Reason != "" {
		c.field("reason", d.Reason)
	}
	c.field("account", fmt.Sprintf("%s (uid %d)", d.Account, d.UID))
	c.field("behind it", address(d.Site))
	for _, o := range options(d.Record) {
		c.field(o[0], o[1])
	}
}

// options are what a site asks of the web server beyond the usual.
func options(r host.Record) (all [][2]string) {
	add := func(name, text string) { all = append(all, [2]string{name, text}) }
	add("prefix", string(r.Prefix))
	if !r.WebSocket {
		add("websocket", "no")
	}
	add("timeout", r.Timeout.String())
	if len(r.AllowFrom) > 0 {
		var networks []string
		for _, n := range r.AllowFrom {
			networks = append(networks, n.String())
		}
		add("allow from", strings.Join(networks, " "))
	}
	if r.Auth != "" {
		add("auth", r.Auth)
	}
	if r.HTTPSOnly {
		add("https only", "yes")
	}
	if r.BodyLimit > 0 {
		add("body limit", terminal.Size(uint64(r.BodyLimit)))
	}
	if r.Connections > 0 {
		add("connections", fmt.Sprint(r.Connections))
	}
	return all
}

// field prints one line of show.
func (c *command) field(name, text string) {
	fmt.Fprintf(c.Out, "%-12s %s\n", name, terminal.Printable(text))
}
