package publish

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/plan"
)

// compare finds what is to be written and removed.
func (s *survey) compare(version apache.Version) {
	wanted := map[string]bool{}
	for _, site := range s.wanted.Sites {
		wanted[site.ID()] = true
	}
	held := s.staying(wanted)
	for _, site := range s.wanted.Sites {
		if !slices.Contains(s.wanted.Keep, site.ID()) {
			s.compareSite(site, held, version)
		}
	}
	slices.SortFunc(s.changes, func(a, b change) int { return strings.Compare(a.name, b.name) })
	s.oursNext = s.oursNext.with()
}

// staying goes through the includes that no site is wanted for: ours go, the
// others stay, and hold their addresses.
func (s *survey) staying(wanted map[string]bool) addresses {
	held := addresses{map[string]string{}, map[int]string{}}
	for _, name := range slices.Sorted(maps.Keys(s.there)) {
		id, old := idOf(name), s.there[name]
		kept := slices.Contains(s.wanted.Keep, id)
		switch {
		case kept && s.ours.has(name):
			s.oursNext = append(s.oursNext, name)
		case kept:
		case wanted[id]:
			continue
		case s.ours.has(name):
			s.changes = append(s.changes, change{name: name, before: old.text})
			continue
		default:
			s.byHand = append(s.byHand, id)
			s.find(host.SeverityWarning, fmt.Sprintf("the site %s was installed by hand", id),
				fmt.Sprintf("it is taken over when %s enables %s again", old.site.Owner, old.site.App))
		}
		held.add(old.site)
	}
	return held
}

func (s *survey) compareSite(site plan.Site, held addresses, version apache.Version) {
	name := apache.FileName(site.Owner, site.App)
	if why := s.foreign[name]; why != "" {
		s.problems[site.ID()] = why
		return
	}
	old, exists := s.there[name]
	c := change{name: name, before: old.text, fallback: exists && sameAddress(old.site, site)}
	file, err := apache.Render(site, version)
	if why := held.problem(site); why != "" {
		s.problems[site.ID()] = why
	} else if err != nil {
		s.problems[site.ID()] = oneLine(err.Error())
		if c.fallback {
			c.after = c.before
			held.add(site)
		}
	} else {
		c.after = file.Content
		held.add(site)
	}
	if c.after != nil {
		s.oursNext = append(s.oursNext, name)
	}
	if !bytes.Equal(c.before, c.after) || c.after != nil && !old.safe {
		s.changes = append(s.changes, c)
	}
}

// addresses are what is given to one site only, with the ID of who has it.
type addresses struct {
	paths map[string]string
	ports map[int]string
}

func (a addresses) add(site plan.Site) {
	a.paths[site.Path] = site.ID()
	if site.Port != 0 {
		a.ports[site.Port] = site.ID()
	}
}

// problem is the last line of defence: the registry sees to it that no two
// sites meet, but it does not know of what was installed by hand.
func (a addresses) problem(site plan.Site) string {
	if id := a.paths[site.Path]; id != "" {
		return fmt.Sprintf("the path %s is served for %s", site.Path, id)
	}
	if id := a.ports[site.Port]; id != "" {
		return fmt.Sprintf("the port %d is served for %s", site.Port, id)
	}
	return ""
}
