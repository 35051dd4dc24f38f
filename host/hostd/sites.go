package hostd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"ecounit/host"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/registry"
)

// maxWord is longer than any argument of an honest call, so that what is checked
// against patterns and noted is never large. Of a host.Request, registry.Bounded
// knows.
const maxWord = 256

// publishSite records what the caller wants and has it published.
func (s *service) publishSite(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var request host.Request
	if err := call.Store(&request); err != nil {
		return nil, invalid("the request cannot be read: %v", err)
	}
	if err := registry.Bounded(request); err != nil {
		return nil, err
	}
	u, err := s.publisher(ctx, who)
	if err != nil {
		return nil, err
	}
	details := map[string]string{"user": u.Account, "app": request.App, "path": request.Path}
	if err := s.authorize(ctx, who, host.PublishAction, details); err != nil {
		return nil, err
	}
	if err := s.listens(ctx, u, request.Port); err != nil {
		return nil, err
	}
	terms, err := s.terms(u)
	if err != nil {
		return nil, err
	}
	record, changed, err := s.registry.Claim(ctx, u.Caller, request, terms)
	if err != nil {
		return nil, err
	}
	if changed {
		s.note(entry(audit.Publish, who, record))
	}
	answer, err := s.answer(ctx, record)
	return []any{answer}, err
}

func invalid(format string, args ...any) error {
	return &host.Error{Kind: host.Invalid, Message: fmt.Sprintf(format, args...)}
}

// listens makes sure that it is the caller who listens on a port: visitors are
// sent to whoever does.
func (s *service) listens(ctx context.Context, u user, port uint16) error {
	if port == 0 {
		return nil
	}
	uid, listening, err := s.web.Listener(ctx, int(port))
	switch {
	case err != nil:
		return err
	case !listening:
		return &host.Error{
			Kind: host.Refused, Message: fmt.Sprintf("nothing listens on 127.0.0.1:%d", port),
			Fix: "start the app first, then publish it",
		}
	case uid != u.UID:
		return &host.Error{
			Kind: host.Taken, Message: fmt.Sprintf("port %d is in use by %s", port, s.nameOf(ctx, uid)),
			Fix: "choose another port",
		}
	}
	return nil
}

// nameOf is an account for a message.
func (s *service) nameOf(ctx context.Context, uid int) string {
	if a, err := s.accounts.ByUID(ctx, uid); err == nil {
		return a.Name
	}
	return fmt.Sprintf("uid %d", uid)
}

// terms are what the registry judges a claim by.
func (s *service) terms(u user) (registry.Terms, error) {
	terms := registry.Terms{
		Policy: u.rules, Accounts: present{s.accounts},
		Claims: registry.Claims{Config: s.web.Apache.Claims(""), ByHand: map[string]string{}},
		HasLogin: func(name string) bool {
			info, err := os.Stat(s.web.Apache.AuthFile(name))
			return err == nil && info.Mode().IsRegular()
		},
	}
	byHand, err := publish.ByHand(s.store, s.web.Apache)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return terms, err
	}
	for _, site := range byHand {
		terms.Claims.ByHand[site.Path] = site.ID()
	}
	return terms, nil
}

// answer has a site published, if it is to be, and says how it stands.
func (s *service) answer(ctx context.Context, record host.Record) (host.Answer, error) {
	answer := host.Answer{State: string(record.State), Reason: record.Reason}
	if rules, err := s.policy(); err == nil {
		answer.URL = rules.SiteURL(record.Path)
	}
	// Also of a site that waits: what was approved before may be narrower now,
	// and a claim may have dropped the site of somebody who is gone.
	result, err := s.publish(ctx)
	if err != nil {
		return answer, err
	}
	if record.State != host.Approved {
		return answer, nil
	}
	outcome := result.Sites[record.ID()]
	answer.Live, answer.Reason = outcome.Live, outcome.Problem
	if !answer.Live && answer.Reason == "" {
		answer.Reason = result.Waits
	}
	return answer, nil
}

// withdraw takes a site of the caller's off the web server.
func (s *service) withdraw(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var app string
	var release bool
	if err := call.Store(&app, &release); err != nil || len(app) > maxWord {
		return nil, invalid("the name of the app cannot be read")
	}
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	record, changed, err := s.registry.Withdraw(u.Caller, app, release)
	if err != nil {
		return nil, err
	}
	if changed {
		note := entry(audit.Withdraw, who, record)
		if note.Details = string(host.Reserved); release {
			note.Details = "released"
		}
		s.note(note)
	}
	return nil, s.takenOff(ctx, record)
}

// entry notes what happened to a record.
func entry(action audit.Action, who caller, record host.Record) audit.Entry {
	return audit.Entry{
		Action: action, User: record.Account, UID: record.UID, Site: record.ID(), Path: record.Path, Caller: who.uid,
		Details: string(record.State),
	}
}
