package hostd

import (
	"context"
	"errors"
	"fmt"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
)

// approve has a site served. Under a policy with a mistake nothing is granted,
// not even by hand.
func (s *service) approve(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	id, err := s.siteArgument(ctx, who, call)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy(); err != nil {
		return nil, err
	}
	record, changed, err := s.registry.Approve(id)
	if err != nil {
		return nil, err
	}
	if changed {
		s.note(entry(audit.Approve, who, record))
	}
	answer, err := s.answer(ctx, record)
	return []any{answer}, err
}

// siteArgument is the one argument of a method for administrators.
func (s *service) siteArgument(ctx context.Context, who caller, call bus.Call) (id string, err error) {
	if err := call.Store(&id); err != nil || len(id) > maxWord {
		return "", invalid("the site cannot be read")
	}
	return id, s.administrator(ctx, who, map[string]string{"method": call.Method, "site": id})
}

// reject takes a site off the web server, and tells its owner why.
func (s *service) reject(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var id, reason string
	if err := call.Store(&id, &reason); err != nil || len(id) > maxWord || len(reason) > 4*maxWord {
		return nil, invalid("the site or the reason cannot be read")
	}
	if err := s.administrator(ctx, who, map[string]string{"method": call.Method, "site": id}); err != nil {
		return nil, err
	}
	record, changed, err := s.registry.Reject(id, reason)
	if err != nil {
		return nil, err
	}
	if changed {
		s.note(entry(audit.Reject, who, record))
	}
	return nil, s.takenOff(ctx, record)
}

// evict forgets a site, so that its path is free as soon as it is not served.
func (s *service) evict(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	id, err := s.siteArgument(ctx, who, call)
	if err != nil {
		return nil, err
	}
	record, changed, err := s.registry.Evict(id)
	if err != nil {
		return nil, err
	}
	if changed {
		s.note(entry(audit.Evict, who, record))
	}
	return nil, s.takenOff(ctx, record)
}

// grant gives an account a path outside of its own, or takes it back.
func (s *service) grant(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var account, path string
	var give bool
	if err := call.Store(&account, &path, &give); err != nil || len(account) > maxWord || len(path) > maxWord {
		return nil, invalid("the account or the path cannot be read")
	}
	if err := s.administrator(ctx, who, map[string]string{"method": call.Method, "user": account, "path": path}); err != nil {
		return nil, err
	}
	rules, err := s.policy()
	if err != nil && give {
		return nil, err
	}
	action, uid := audit.Revoke, 0
	if give {
		action = audit.Grant
		a, err := s.accounts.ByName(ctx, account)
		if errors.Is(err, accounts.ErrUnknown) {
			return nil, &host.Error{Kind: host.Refused, Message: fmt.Sprintf("there is no account %q on this host", account)}
		}
		if err != nil {
			return nil, err
		}
		uid = a.UID
		if uid == 0 {
			return nil, &host.Error{Kind: host.Refused, Message: "apps belong to ordinary users, and root publishes none", Fix: "grant it to the user whose app it is"}
		}
	}
	changed, err := s.registry.Grant(account, uid, path, give, rules)
	if changed {
		s.note(audit.Entry{Action: action, User: account, UID: uid, Path: path, Caller: who.uid})
	}
	return nil, err
}
