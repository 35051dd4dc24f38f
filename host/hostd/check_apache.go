package hostd

import (
	"context"
	"slices"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/policy"
)

func (s *service) checkApache(ctx context.Context) []host.Finding {
	if s.queue == nil {
		return []host.Finding{failure(errNoApache.Fix, "apache: %s", errNoApache.Message)}
	}
	found := []host.Finding{well("apache: %s in %s", s.web.Apache.Version, s.web.Apache.Dir)}
	running, err := s.web.Running(ctx)
	switch {
	case err != nil:
		found = append(found, failure("", "apache: %v", err))
	case !running:
		found = append(found, failure("systemctl start "+s.web.Apache.Unit, "apache: %s does not run", s.web.Apache.Unit))
	default:
		found = append(found, well("apache: runs"))
	}
	foreign, blocked := s.checkFolder()
	found = append(found, foreign...)
	if blocked {
		return found // as Apache would be, which reads all of it
	}
	switch mistakes, err := s.web.Test(ctx); {
	case err != nil:
		found = append(found, failure("", "apache: %v", err))
	case mistakes != "":
		found = append(found, failure("apachectl configtest", "apache: its configuration has a mistake: %s", mistakes))
	default:
		found = append(found, well("apache: its configuration is in order"))
	}
	found = append(found, s.checkModules(ctx)...)
	if running {
		found = append(found, s.checkIncluded(ctx)...)
		found = append(found, s.checkProcesses(ctx)...)
	}
	return found
}

func (s *service) checkModules(ctx context.Context) []host.Finding {
	d, err := s.web.Describe(ctx)
	if err != nil {
		return []host.Finding{failure("", "%v", err)}
	}
	var missing []string
	for _, m := range apache.Modules {
		if !m.NeededOn(s.web.Apache.Version) && !slices.ContainsFunc(s.registry.Sites(), func(r host.Record) bool {
			return r.State == host.Approved && m.NeededFor(r.Site, s.web.Apache.Version)
		}) {
			continue
		}
		if !slices.Contains(d.Modules, m.Name) && !slices.Contains(missing, m.Name) {
			missing = append(missing, m.Name)
		}
	}
	if len(missing) == 0 {
		return []host.Finding{well("apache: has the modules it needs")}
	}
	return []host.Finding{failure(s.web.Apache.Enable(missing...), "apache: lacks the modules %s", strings.Join(missing, ", "))}
}

// checkIncluded sees whether Apache reads the folder of includes, by the number
// that one of them has it say.
func (s *service) checkIncluded(ctx context.Context) []host.Finding {
	number, known := s.web.Generation()
	if !known {
		return nil // nothing was published yet
	}
	if err := s.web.Probe(ctx, number); err != nil {
		hint := "see that " + s.web.Apache.Dir + "/conf.d/ecounit.conf is there"
		if s.web.Apache.IsDebian() {
			hint = "a2enconf ecounit && systemctl reload apache2"
		}
		return []host.Finding{failure(hint, "apache: does not answer with what is in %s: %v", s.web.Apache.IncludeDir(), err)}
	}
	return []host.Finding{well("apache: serves what is in %s", s.web.Apache.IncludeDir())}
}

func (s *service) checkProcesses(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil {
		rules = policy.Default()
	}
	n, err := s.web.Processes(ctx)
	if err != nil {
		return []host.Finding{failure("", "apache: %v", err)}
	}
	if n*4 < rules.ServerLimit*3 {
		return []host.Finding{well("apache: %d of %d processes", n, rules.ServerLimit)}
	}
	return []host.Finding{warning(s.restart()+" ends them; for more of them, raise ServerLimit in Apache's configuration, and server_limit in "+s.rules.Path(),
		"apache: %d of %d processes, most likely held by open websockets: publishing waits", n, rules.ServerLimit)}
}
