package publish

import (
	"context"
	"slices"
	"strings"

	"ecounit/apache"
	"ecounit/host"
)

// refuseLacking takes out of the changes what the web server would load without
// a complaint, and answer every request for it with an error, since it lacks a
// module. Where it cannot say which it has, the test of its configuration says
// why.
func (p *Publisher) refuseLacking(ctx context.Context, s *survey) {
	if !slices.ContainsFunc(s.changes, func(c change) bool { return c.after != nil }) {
		return
	}
	loaded, err := p.server.Modules(ctx)
	if err != nil {
		return
	}
	for _, site := range s.wanted.Sites {
		name := apache.FileName(site.Owner, site.App)
		i := slices.IndexFunc(s.changes, func(c change) bool { return c.name == name && c.after != nil })
		lacking := apache.Lacking(site, p.web.Version, loaded)
		if i < 0 || len(lacking) == 0 {
			continue
		}
		s.problems[site.ID()] = "the web server lacks the modules " + strings.Join(lacking, ", ") +
			"; an administrator types: " + p.web.Enable(lacking...) + " && ecounit host reconcile"
		s.retreat(i)
	}
}

// retreat has a change not take place, as when the web server refuses it.
func (s *survey) retreat(i int) {
	c := &s.changes[i]
	if c.fallback && s.there[c.name].safe {
		s.changes = slices.Delete(s.changes, i, i+1)
		return
	}
	if !c.fallback {
		name := c.name
		s.oursNext = slices.DeleteFunc(s.oursNext, func(n string) bool { return n == name })
	}
	if c.after = nil; c.fallback {
		c.after = c.before
	} else if c.before == nil {
		s.changes = slices.Delete(s.changes, i, i+1)
	}
}

// explained is the first useful line, and what to type where it is about an
// include whose module is not loaded.
func explained(output string, web host.Apache) string {
	said := firstUseful(output)
	_, after, _ := strings.Cut(output, "Invalid command '")
	directive, _, _ := strings.Cut(after, "'")
	module := apache.ModuleOf(directive)
	if module == "" || !strings.Contains(output, web.IncludeDir()+"/") {
		return said
	}
	return "it lacks the module " + module + "; an administrator types: " + web.Enable(module) + " (" + said + ")"
}
