package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"ecounit/host"
	"ecounit/tomlfile"
)

// hosted is the host service for the verbs of administrators. They run as root
// or as any user: polkit decides, when something is to be changed.
func (c *command) hosted() (*hosting, error) {
	s := c.at.hosting(sync.OnceValue(c.at.webServer))
	if s == nil {
		return nil, noHosting("do that")
	}
	return s, nil
}

// site finds a site by its ID, its path or its address.
func (s *hosting) site(word string) (host.Record, error) {
	path, isPath := sitePath(word)
	sites, broken := s.store().AllSites()
	var ids []string
	for _, r := range sites {
		if isPath && r.Path == path || !isPath && r.ID() == word {
			return r, nil
		}
		ids = append(ids, r.ID())
	}
	if broken != nil {
		return host.Record{}, broken
	}
	hint := "ecounit host list shows all sites"
	if near := tomlfile.Nearest(word, ids); near != "" {
		hint = "did you mean " + near + "?"
	}
	return host.Record{}, &noSuchSite{word, hint}
}

// sitePath is the path in "/wiki", "/wiki/" or "https://eco.example.ac.uk/wiki/page".
func sitePath(word string) (path string, isPath bool) {
	if address, err := url.Parse(word); err == nil && address.Host != "" {
		word = address.Path
	}
	if !strings.HasPrefix(word, "/") {
		return "", false
	}
	first, _, _ := strings.Cut(word[1:], "/")
	return "/" + first, true
}

// unreadable reports whether there is a record of that ID that says nothing.
func (s *hosting) unreadable(id string) bool {
	if id == "" || strings.ContainsRune(id, '/') {
		return false
	}
	_, err := s.store().Site(id)
	return err != nil && !errors.Is(err, os.ErrNotExist)
}

// noSuchSite is a site that nobody has.
type noSuchSite struct{ word, hint string }

func (e *noSuchSite) Error() string { return fmt.Sprintf("there is no site %q", e.word) }

func (e *noSuchSite) Hint() string { return e.hint }
