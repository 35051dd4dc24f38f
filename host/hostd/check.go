package hostd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/sockets"
)

// check looks for what keeps sites from being served. It changes nothing.
func (s *service) check(ctx context.Context, who caller, call bus.Call) ([]any, error) {
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
	return host.Finding{Severity: host.SeverityOK, What: fmt.Sprintf(format, args...)}
}

func warning(hint, format string, args ...any) host.Finding {
	return host.Finding{Severity: host.SeverityWarning, What: fmt.Sprintf(format, args...), Hint: hint}
}

func failure(hint, format string, args ...any) host.Finding {
	return host.Finding{Severity: host.SeverityError, What: fmt.Sprintf(format, args...), Hint: hint}
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
	for _, name := range rules.Groups {
		if err := s.accounts.HasGroup(ctx, name); errors.Is(err, accounts.ErrUnknown) {
			found = append(found, warning("mend groups in "+s.rules.Path(), "policy: there is no group %q on this host, so nobody publishes by it", name))
		}
	}
	return append(found, s.outsiders(ctx)...)
}

// policyFinding says what administrators may know of a policy's mistakes.
func (s *service) policyFinding(err error) host.Finding {
	var detailed *policyfile.Unusable
	if errors.As(err, &detailed) {
		return failure(detailed.Mend, "policy: %v: %v", detailed, detailed.Reason)
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
	found := append(s.registry.Findings(), s.lastFindings(ctx)...)
	gone := map[int]bool{} // by uid
	for _, record := range s.registry.Sites() {
		switch {
		case record.State == host.Pending:
			found = append(found, warning("ecounit host approve "+record.ID(), "%s waits for an administrator", record.ID()))
		case record.Problem != "" && (record.Leaving || record.State == host.Rejected || record.State == host.Reserved):
			found = append(found, failure(s.lastFix(), "%s is taken off, and still served: %s", record.ID(), record.Problem))
		case record.Problem != "":
			found = append(found, failure("ecounit host show "+record.ID(), "%s is not served: %s", record.ID(), record.Problem))
		}
		if _, asked := gone[record.UID]; !asked {
			_, err := s.accounts.ByUID(ctx, record.UID)
			gone[record.UID] = errors.Is(err, accounts.ErrUnknown)
		}
		if gone[record.UID] {
			found = append(found, warning("ecounit host reconcile", "%s belongs to %s, who is gone", record.ID(), record.Account))
		}
	}
	return found
}

// lastFindings are those of the last publication: there is one each time the
// service starts.
func (s *service) lastFindings(ctx context.Context) []host.Finding {
	if s.queue == nil {
		return nil
	}
	select {
	case <-s.begun:
	case <-ctx.Done():
		return []host.Finding{failure("", "publishing: it has not finished: %v", context.Cause(ctx))}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := slices.Clone(s.last.Findings)
	switch {
	case s.lastError != nil:
		found = append(found, failure("", "publishing: %v", s.lastError))
	case s.last.Retry:
		hint := "ecounit host reconcile"
		if s.last.Crowded {
			hint = s.restart()
		}
		found = append(found, warning(hint, "publishing waited at the last try: %s", s.last.Waits))
	}
	return found
}

// lastFix is what is to be done so that what waited at the last publication is
// done. A check is under way, so that is not what to type.
func (s *service) lastFix() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.Crowded {
		return s.restart()
	}
	return "mend what stands above, then: ecounit host reconcile"
}
