package hostd

import (
	"context"
	"fmt"

	"ecounit/host"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
)

const (
	isWell    = "ok"
	isWarning = "warning"
	isError   = "error"
)

// reconcile drops what belongs to users who are gone, holds every site to the
// policy, and has the web server serve the rest.
func reconcile(s *service, ctx context.Context, who caller, call bus.Call) ([]any, error) {
	if err := s.administrator(ctx, who, map[string]string{"method": call.Method}); err != nil {
		return nil, err
	}
	found := s.registry.Findings()
	dropped, more, err := s.registry.Departed(ctx, present{s.accounts})
	found = append(found, more...)
	for _, record := range dropped {
		s.note(entry(audit.Depart, who, record))
		found = append(found, host.Finding{
			Severity: isWell, What: fmt.Sprintf("%s went with the account %s", record.ID(), record.Account),
		})
	}
	if err != nil {
		return nil, err
	}
	found = append(found, s.tighten(ctx)...)
	result, err := s.publish(ctx)
	if err != nil {
		return nil, err
	}
	found = append(found, result.Findings...)
	if result.Waits != "" {
		found = append(found, host.Finding{Severity: isWarning, What: result.Waits})
	}
	return []any{nonNil(found)}, nil
}

// tighten holds every record to the policy as it is now.
func (s *service) tighten(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil {
		return []host.Finding{s.policyFinding(err)}
	}
	found, err := s.registry.Tighten(rules)
	if err != nil {
		found = append(found, host.Finding{Severity: isError, What: err.Error()})
	}
	return append(found, s.outsiders(ctx)...)
}

// nonNil is an empty array on the bus, too.
func nonNil(found []host.Finding) []host.Finding { return append([]host.Finding{}, found...) }
