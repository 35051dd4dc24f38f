package hostd

import (
	"context"
	"errors"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
)

// reconcile drops what belongs to users who are gone, shuts their roles out of
// the Postgres server, holds every site to the policy, and has the web server
// serve the rest.
func (s *service) reconcile(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	if err := s.administrator(ctx, who, map[string]string{"method": call.Method}); err != nil {
		return nil, err
	}
	found := s.registry.Findings()
	more, err := s.dropDeparted(ctx, who)
	if err != nil {
		return nil, err
	}
	found = append(append(found, more...), s.tighten(ctx)...)
	result, err := s.publish(ctx)
	// Also where there is no web server, and no site waits for Postgres.
	found = append(found, s.shutOutDeparted(ctx, who)...)
	if err != nil {
		return nil, err
	}
	found = append(found, result.Findings...)
	if result.Waits != "" {
		hint := ""
		if result.Crowded {
			hint = s.restart()
		}
		found = append(found, host.Finding{Severity: host.SeverityWarning, What: result.Waits, Hint: hint})
	}
	return []any{nonNil(found)}, nil
}

// dropDeparted drops what belongs to users who are gone.
func (s *service) dropDeparted(ctx context.Context, who caller) ([]host.Finding, error) {
	if gone, all := s.missing(ctx); tooMany(gone, all) {
		return []host.Finding{failure("getent passwd; ecounit host evict",
			"%d of %d users with sites are gone at once: is the directory service in order? Nothing of theirs is dropped", gone, all)}, nil
	}
	dropped, found, err := s.registry.Departed(ctx, present{s.accounts})
	for _, record := range dropped {
		s.note(entry(audit.Depart, who, record))
		found = append(found, well("%s went with the account %s", record.ID(), record.Account))
	}
	return found, err
}

// tooMany is what no administrator does in a day, and a directory that lost its
// data does.
func tooMany(gone, all int) bool { return gone >= 5 && gone*2 > all }

// missing counts the users with sites whom nobody knows any more.
func (s *service) missing(ctx context.Context) (gone, all int) {
	seen := map[int]bool{}
	for _, record := range s.registry.Sites() {
		if seen[record.UID] {
			continue
		}
		seen[record.UID] = true
		all++
		if _, err := s.accounts.ByUID(ctx, record.UID); errors.Is(err, accounts.ErrUnknown) {
			gone++
		}
	}
	return gone, all
}

// tighten holds every record to the policy as it is now.
func (s *service) tighten(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil {
		return []host.Finding{s.policyFinding(err)}
	}
	found, err := s.registry.Tighten(rules)
	if err != nil {
		found = append(found, host.Finding{Severity: host.SeverityError, What: err.Error()})
	}
	return append(found, s.outsiders(ctx)...)
}

// nonNil is an empty array on the bus, too.
func nonNil(found []host.Finding) []host.Finding { return append([]host.Finding{}, found...) }
