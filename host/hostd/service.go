package hostd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/jobs"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/registry"
	"ecounit/host/hostd/webserver"
	"ecounit/host/policy"
)

// How long a call may take: longer where a password may have to be typed.
const (
	callTime   = 90 * time.Second
	typingTime = 3 * time.Minute
)

// service is what the methods work with.
type service struct {
	store    host.Store
	rules    *policyfile.File
	registry *registry.Registry
	queue    *publish.Queue // nil without Apache
	web      webserver.Server
	accounts accounts.Directory
	jobs     *jobs.Runner
	desk     desk
	bus      identity
	gate     *admission.Gate
	// databaseGate is a second one, for calls about databases.
	databaseGate *admission.Gate
	audit        *audit.Log
	refusals     *admission.Gate // of notes about them
	log          io.Writer

	begun chan struct{} // closed when the publication at the start is over

	mu        sync.Mutex
	lastCall  time.Time
	last      publish.Result // of the queue
	lastError error
	limit     int // server_limit of the last policy without mistakes
}

// identity says who calls and what they may do.
type identity interface {
	UID(ctx context.Context, sender string) (int, error)
	Authorize(ctx context.Context, sender, action string, details map[string]string, interactive bool) (bus.Decision, error)
	HasPolkit(ctx context.Context) bool
}

// caller is who called a method.
type caller struct {
	uid         int
	sender      string
	interactive bool
}

func (c caller) isRoot() bool { return c.uid == 0 }

// handle answers a call of any method.
func (s *service) handle(ctx context.Context, call bus.Call) ([]any, error) {
	defer s.touch()
	uid, err := s.bus.UID(ctx, call.Sender)
	if err != nil {
		return nil, &host.Error{Kind: host.Denied, Message: err.Error()}
	}
	who := caller{uid, call.Sender, call.Interactive}
	done, err := s.gate.Enter(uid)
	if err != nil {
		return nil, s.refused(who, call.Method, &host.Error{
			Kind: host.TooMany, Message: "too many calls of yours to the host service", Fix: "wait some seconds, then try again",
		})
	}
	defer done()
	limit := callTime
	if call.Interactive {
		limit = typingTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for _, m := range methods {
		if m.Name == call.Method {
			results, err := m.answer(s, ctx, who, call)
			if err != nil {
				return nil, s.refused(who, call.Method, err)
			}
			return results, nil
		}
	}
	return nil, errors.New("no such method") // the bus has looked
}

func (s *service) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastCall = time.Now()
}

// refused notes an error and gives it the form in which it goes over the bus.
func (s *service) refused(who caller, method string, err error) error {
	err = refusal(err)
	var e *host.Error
	if !errors.As(err, &e) || e.Kind == host.Served { // which was noted as done
		return err
	}
	done, tooMany := s.refusals.Enter(who.uid)
	if tooMany != nil {
		return err
	}
	done()
	s.note(audit.Entry{Action: audit.Refuse, Caller: who.uid, Details: method + ": " + e.Message})
	return err
}

// refusal makes a *host.Error of what any part returns.
func refusal(err error) error {
	var already *host.Error
	var byPolicy *policy.Refusal
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &byPolicy):
		return &host.Error{Kind: host.Refused, Message: byPolicy.Error(), Fix: byPolicy.Hint()}
	case errors.Is(err, context.DeadlineExceeded):
		return &host.Error{Kind: host.Failed, Message: "the host service took too long: " + err.Error(), Fix: "try again"}
	}
	return &host.Error{Kind: host.Failed, Message: err.Error()}
}

// note writes into the audit, or into the service's own output when that fails.
func (s *service) note(e audit.Entry) {
	if err := s.audit.Write(e); err != nil {
		fmt.Fprintln(s.log, err)
	}
}

// policy reads the policy, and tells the journal once about each mistake.
func (s *service) policy() (policy.Policy, error) {
	rules, first, err := s.rules.Read()
	if err == nil {
		s.mu.Lock()
		s.limit = rules.ServerLimit
		s.mu.Unlock()
		return rules, nil
	}
	var detailed *policyfile.Unusable
	if first && errors.As(err, &detailed) {
		fmt.Fprintf(s.log, "%v: %v\n", detailed, detailed.Reason)
	}
	return policy.Policy{}, err
}

// wanted is asked by the queue. What is published stays as it is while the
// policy has a mistake.
func (s *service) wanted() publish.Wanted {
	_, err := s.policy()
	s.mu.Lock()
	limit := s.limit
	s.mu.Unlock()
	if err != nil && limit == 0 {
		limit = policy.Default().ServerLimit
	}
	w := publish.Wanted{Sites: s.registry.Desired(), Keep: s.registry.Broken(), ServerLimit: limit}
	for _, record := range s.registry.Sites() {
		if record.State == host.Rejected {
			w.Out = append(w.Out, record.ID())
		}
	}
	return w
}

// published is told what became of each publication.
func (s *service) published(result publish.Result, err error) {
	s.mu.Lock()
	s.last, s.lastError = result, err
	s.mu.Unlock()
	if err != nil {
		fmt.Fprintf(s.log, "cannot publish: %v\n", err)
	}
	for _, id := range slices.Sorted(maps.Keys(result.Sites)) {
		if err := s.registry.SetProblem(id, result.Sites[id].Problem); err != nil {
			fmt.Fprintln(s.log, err)
		}
	}
	if err != nil {
		return // nothing is known of the others
	}
	for _, record := range s.registry.Sites() {
		if _, wanted := result.Sites[record.ID()]; wanted {
			continue
		}
		if err := s.registry.Unserved(record.ID(), s.still(result, record.ID())); err != nil {
			fmt.Fprintln(s.log, err)
		}
	}
}

// publish brings the web server in line, together with whoever else asks.
func (s *service) publish(ctx context.Context) (publish.Result, error) {
	if s.queue == nil {
		return publish.Result{}, errNoApache
	}
	return s.queue.Publish(ctx)
}
