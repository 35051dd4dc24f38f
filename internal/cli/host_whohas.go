package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"

	"ecounit/detect"
	"ecounit/host"
	"ecounit/internal/terminal"
	"ecounit/plan"
)

// holding is one answer of who-has.
type holding struct {
	Kind    string `json:"kind"` // site, grant, listener, reserved, config
	ID      string `json:"id,omitempty"`
	Path    string `json:"path,omitempty"`
	Port    int    `json:"port,omitempty"`
	Account string `json:"account,omitempty"`
	UID     *int   `json:"uid,omitempty"`
	File    string `json:"file,omitempty"`
	Text    string `json:"text"` // for people
}

// hostWhoHas says whose something is: by the registry, by the kernel, and by
// the configuration of the web server.
func (c *command) hostWhoHas(_ context.Context, words []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	what := words[0]
	var found []holding
	path, isPath := sitePath(what)
	port, notNumber := strconv.Atoi(what)
	switch {
	case notNumber == nil && (port < 1 || port > 65535):
		return usage("ecounit host who-has 8001", "a port is between 1 and 65535, got %d", port)
	case notNumber == nil:
		found, err = s.whoHasPort(port)
	case isPath:
		found = s.whoHasPath(path)
	default:
		found = s.sitesWhere(func(r host.Record) bool {
			return slices.Contains([]string{r.ID(), r.App, r.Account, r.Owner}, what)
		})
	}
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int       `json:"version"`
			Holders []holding `json:"holders"`
		}{terminal.JSONVersion, append([]holding{}, found...)})
	}
	for _, h := range found {
		c.field(h.Kind, h.Text)
	}
	if len(found) == 0 {
		c.Data([]byte("nobody\n"))
	}
	return nil
}

func (s *hosting) sitesWhere(is func(host.Record) bool) (found []holding) {
	records, _ := s.store().AllSites() // host check says what cannot be read
	for _, r := range records {
		if is(r) {
			found = append(found, holding{
				Kind: "site", ID: r.ID(), Path: r.Path, Port: r.Port, Account: r.Account, UID: &r.UID,
				Text: fmt.Sprintf("%s at %s, of %s (uid %d), %s", r.ID(), r.Path, r.Account, r.UID, s.document(r).state()),
			})
		}
	}
	return found
}

// whoHasPort also asks the kernel: what listens there may be no site.
func (s *hosting) whoHasPort(port int) ([]holding, error) {
	found := s.sitesWhere(func(r host.Record) bool { return r.Port == port })
	machine := detect.Machine{Root: s.root}
	uid, at, listening, err := machine.Listener(port)
	if err != nil || !listening {
		return found, err
	}
	return append(found, holding{
		Kind: "listener", Port: port, UID: &uid,
		Text: fmt.Sprintf("%s listens on %s", machine.UserWords(uid), at),
	}), nil
}

func (s *hosting) whoHasPath(path string) []holding {
	found := s.sitesWhere(func(r host.Record) bool { return r.Path == path })
	grants, _ := s.store().AllGrants()
	for _, g := range grants {
		if g.Path == path {
			found = append(found, holding{
				Kind: "grant", Path: path, Account: g.Account, UID: &g.UID,
				Text: fmt.Sprintf("%s was given to %s (uid %d)", path, g.Account, g.UID),
			})
		}
	}
	impossible := s.policy.AllowsPath("", path, true)
	switch {
	case path == "/", slices.Contains(plan.ReservedPaths, path):
		found = append(found, holding{Kind: "reserved", Path: path, Text: path + " belongs to the web server itself"})
	case slices.Contains(s.policy.Reserved, path):
		found = append(found, holding{Kind: "reserved", Path: path, File: s.policyFile(), Text: "nobody gets " + path + ", by " + s.policyFile()})
	case impossible != nil && len(found) == 0:
		found = append(found, holding{Kind: "reserved", Path: path, Text: "nobody can have it: " + impossible.Error()})
	}
	if file := s.webServer().Claims(s.root)[path]; file != "" {
		found = append(found, holding{Kind: "config", Path: path, File: file, Text: path + " is used in " + file})
	}
	return found
}
