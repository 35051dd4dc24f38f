package hostd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/sockets"
	"ecounit/host/policy"
)

// check looks for what keeps sites from being served. It changes nothing.
func check(s *service, ctx context.Context, who caller, call bus.Call) ([]any, error) {
	if err := s.administrator(ctx, who, map[string]string{"method": call.Method}); err != nil {
		return nil, err
	}
	var found []host.Finding
	for _, look := range []func(context.Context) []host.Finding{
		s.checkPolicy, s.checkPolkit, s.checkApache, s.checkSockets, s.checkDatabases, s.checkSites,
	} {
		found = append(found, look(ctx)...)
	}
	return []any{nonNil(found)}, nil
}

func well(format string, args ...any) host.Finding {
	return host.Finding{Severity: isWell, What: fmt.Sprintf(format, args...)}
}

func warning(hint, format string, args ...any) host.Finding {
	return host.Finding{Severity: isWarning, What: fmt.Sprintf(format, args...), Hint: hint}
}

func failure(hint, format string, args ...any) host.Finding {
	return host.Finding{Severity: isError, What: fmt.Sprintf(format, args...), Hint: hint}
}

func (s *service) checkPolicy(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil {
		return []host.Finding{s.policyFinding(err)}
	}
	found := []host.Finding{well("policy: %s", s.rules.Path())}
	if rules.BaseURL == "" {
		found = append(found, warning(`write base_url = "https://…" into `+s.rules.Path(), "policy: no base_url, so users are told paths instead of addresses"))
	}
	return append(found, s.outsiders(ctx)...)
}

// policyFinding says what administrators may know of a policy's mistakes.
func (s *service) policyFinding(err error) host.Finding {
	var detailed *policyfile.Unusable
	if errors.As(err, &detailed) {
		return failure(detailed.Told.Fix, "policy: %v: %v", detailed, detailed.Reason)
	}
	return failure("", "policy: %v", err)
}

// outsiders are users with sites whom the policy no longer lets publish.
func (s *service) outsiders(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil || len(rules.Groups) == 0 {
		return nil
	}
	var found []host.Finding
	seen := map[int]bool{}
	for _, record := range s.registry.Sites() {
		if record.State != host.Approved || seen[record.UID] {
			continue
		}
		seen[record.UID] = true
		account, err := s.accounts.ByUID(ctx, record.UID)
		if err != nil {
			continue // Departed says so
		}
		groups, err := s.accounts.GroupsOf(ctx, account, rules.Groups)
		if err == nil && rules.AllowsUser(groups) != nil {
			found = append(found, warning("ecounit host show "+account.Name,
				"%s may not publish any more, by the groups of the policy, and still has sites", account.Name))
		}
	}
	return found
}

func (s *service) checkPolkit(ctx context.Context) []host.Finding {
	if s.bus.HasPolkit(ctx) {
		return []host.Finding{well("polkit: there")}
	}
	return []host.Finding{failure("install polkit (polkitd on Debian)", "polkit: not running, so that nobody may publish")}
}

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
	hint := "load them below /etc/httpd/conf.modules.d"
	if s.web.Apache.Dir == "/etc/apache2" {
		hint = "a2enmod " + strings.Join(missing, " ")
	}
	return []host.Finding{failure(hint, "apache: lacks the modules %s", strings.Join(missing, ", "))}
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
		if s.web.Apache.Dir == "/etc/apache2" {
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
	return []host.Finding{warning("raise ServerLimit in Apache's configuration, and server_limit in "+s.rules.Path(),
		"apache: %d of %d processes, most likely held by open websockets: publishing waits", n, rules.ServerLimit)}
}

func (s *service) checkSockets(context.Context) []host.Finding {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return []host.Finding{failure("", "sockets: %v", err)}
	}
	if open := sockets.FollowsLinks(socketDir, string(mounts)); len(open) > 0 {
		return []host.Finding{warning("use a kernel of at least 5.10",
			"sockets: this kernel has no nosymfollow, so a user can have Apache pass visitors on to another user's socket")}
	}
	return []host.Finding{well("sockets: below %s, where no link is followed", socketDir)}
}

func (s *service) checkSites(ctx context.Context) []host.Finding {
	found := s.registry.Findings()
	for _, record := range s.registry.Sites() {
		switch {
		case record.State == host.Pending:
			found = append(found, warning("ecounit host approve "+record.ID(), "%s waits for an administrator", record.ID()))
		case record.Problem != "":
			found = append(found, failure("ecounit host show "+record.ID(), "%s is not served: %s", record.ID(), record.Problem))
		}
		if _, err := s.accounts.ByUID(ctx, record.UID); errors.Is(err, accounts.ErrUnknown) {
			found = append(found, warning("ecounit host reconcile", "%s belongs to %s, who is gone", record.ID(), record.Account))
		}
	}
	return found
}
