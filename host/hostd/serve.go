package hostd

import (
	"context"
	"fmt"
	"sync"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/jobs"
	"ecounit/host/hostd/pgorders"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/registry"
	"ecounit/host/hostd/webserver"
)

const (
	// idle is how long the service stays after the last call.
	idle = 20 * time.Second

	// retryTimer asks again for sites that wait, so that nothing has to stay in
	// memory for them.
	retryTimer = "ecounit-retry.timer"
)

// refusalNotes keeps a flood of refused calls from filling the journal.
var refusalNotes = admission.Limits{Burst: 5, Every: 10 * time.Second, UnderWay: 1000, All: 1000}

// serve runs the service until nobody has called for a while, or until it is
// told to end.
func (p program) serve(ctx context.Context) error {
	s, err := p.newService()
	if err != nil {
		return err
	}
	defer s.close()

	// A publication that has begun is finished, whatever ends the service.
	publishing, finish := context.WithCancel(context.WithoutCancel(ctx))
	var working sync.WaitGroup
	if s.queue != nil {
		working.Go(func() { s.queue.Run(publishing) })
		// What was under way when the service was killed, and what was recorded
		// and not published.
		working.Go(func() {
			defer close(s.begun)
			_, _ = s.queue.Publish(publishing) // published is told
		})
	}
	err = s.answerCalls(ctx)
	finish()
	working.Wait()
	if s.waits() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if timerErr := s.jobs.Again(ctx, retryTimer); timerErr != nil {
			fmt.Fprintln(s.log, timerErr)
		}
	}
	return err
}

func (p program) newService() (*service, error) {
	s := &service{
		store: p.store, rules: policyfile.New(p.policyFile), jobs: jobs.New(outputDir), log: p.errs,
		gate: admission.New(admission.Default, time.Now), refusals: admission.New(refusalNotes, time.Now),
		databaseGate: admission.New(databaseCalls, time.Now),
		begun:        make(chan struct{}), lastCall: time.Now(),
	}
	s.desk = pgorders.Desk{Jobs: s.jobs}
	var err error
	if s.audit, err = audit.Open(audit.JournalSocket); err != nil {
		return nil, err
	}
	if s.registry, err = registry.Open(p.store); err != nil {
		s.audit.Close()
		return nil, err
	}
	web, found := host.FindApache("")
	s.web = webserver.Server{Apache: web, Jobs: s.jobs}
	if found {
		s.queue = publish.NewQueue(publish.New(p.store, web, s.web), s.wanted, s.published)
	}
	return s, nil
}

func (s *service) close() {
	s.registry.Close()
	s.audit.Close()
	s.jobs.Close()
}

// answerCalls is on the bus until it is time to end, and returns when every
// call that came was answered.
func (s *service) answerCalls(ctx context.Context) error {
	calls := context.WithoutCancel(ctx)
	conn, err := bus.Connect(calls, bus.SystemBus)
	if err != nil {
		return err
	}
	defer conn.Close()
	s.bus = conn
	conn.Offer(s.object())
	if err := conn.Own(); err != nil {
		return err
	}
	if err := s.waitForTheEnd(ctx, conn); err != nil {
		return err
	}
	ending, cancel := context.WithTimeout(calls, callTime)
	defer cancel()
	return conn.Disown(ending)
}

func (s *service) waitForTheEnd(ctx context.Context, conn *bus.Conn) error {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-conn.Lost():
			return fmt.Errorf("cannot go on: the connection to the system bus was lost")
		case <-every.C:
			if !conn.Busy() && s.isIdle() {
				return nil
			}
		}
	}
}

func (s *service) isIdle() bool {
	if s.queue != nil && s.queue.Busy() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.lastCall) > idle
}

func (s *service) waits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.Retry || s.lastError != nil
}
