package hostd

import (
	"context"

	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
)

// setPassword lets somebody in to a site of the caller's. The hash reaches no
// log.
func (s *service) setPassword(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var app, name, hash string
	if err := call.Store(&app, &name, &hash); err != nil || len(app) > maxWord || len(name) > maxWord || len(hash) > maxWord {
		return nil, invalid("the app, the name or the hash cannot be read")
	}
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	changed, err := s.registry.SetPassword(u.Caller, app, name, hash)
	if err != nil {
		return nil, err
	}
	if record, found := s.registry.Own(u.Caller, app); changed && found {
		s.note(entry(audit.SetPassword, who, record))
	}
	return nil, nil
}

// passwordNames lists who has a password for the caller's app.
func (s *service) passwordNames(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var app string
	if err := call.Store(&app); err != nil || len(app) > maxWord {
		return nil, invalid("the name of the app cannot be read")
	}
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	names, err := s.registry.PasswordNames(u.Caller, app)
	if err != nil {
		return nil, err
	}
	return []any{append([]string{}, names...)}, nil
}
