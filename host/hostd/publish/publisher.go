package publish

import (
	"context"
	"os"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/disk"
	"ecounit/plan"
)

// Server is the running web server.
type Server interface {
	// Test has the configuration on disk checked. mistakes is what the web
	// server says against it, and "" when it is in order; an error means that
	// the test could not be made.
	Test(ctx context.Context) (mistakes string, err error)
	// Reload has the configuration on disk loaded, without losing a request.
	Reload(ctx context.Context) error
	// Running says whether the web server runs.
	Running(ctx context.Context) (bool, error)
	// Probe waits until the web server answers with a generation, several times
	// in a row.
	Probe(ctx context.Context, generation uint64) error
	// Modules are those that the configuration on disk loads.
	Modules(ctx context.Context) ([]string, error)
	// Processes is how many processes serve requests, old generations included.
	Processes(ctx context.Context) (int, error)
}

// Wanted is what is to be served.
type Wanted struct {
	Sites       []plan.Site // registry.Desired
	Keep        []string    // IDs whose includes are left as they are: registry.Broken
	Out         []string    // IDs that an administrator wants off: they wait for less than others
	ServerLimit int         // of the policy: how many processes the web server may have; 0 is not known
}

// Publisher publishes into one web server. One publication runs at a time,
// in all processes together.
type Publisher struct {
	store  host.Store
	web    host.Apache
	server Server
	owner  int         // of every folder
	system disk.System // what changes the disk
	now    func() time.Time
}

// New returns a publisher that keeps its journal in store.
func New(store host.Store, web host.Apache, server Server) *Publisher {
	return &Publisher{store, web, server, os.Geteuid(), disk.Kernel{}, time.Now}
}

// Publish brings disk and web server in line with what is wanted. When they
// are, it asks nothing of the web server but whether it runs.
func (p *Publisher) Publish(ctx context.Context, wanted Wanted) (Result, error) {
	unlock, err := p.lock(ctx)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	w, err := p.open()
	if err != nil {
		return Result{}, badSetup(err)
	}
	defer w.close()
	if err := w.recover(); err != nil {
		return Result{}, err
	}
	s, err := w.survey(wanted)
	if err != nil {
		return Result{}, err
	}
	if !s.settled() {
		p.refuseLacking(ctx, s)
	}
	if s.settled() {
		if err := w.saveManifest(s.oursNext); err != nil {
			return Result{}, err
		}
		return p.standing(ctx, s), nil
	}
	return p.transact(ctx, w, s)
}

// pending says whether Publish would start a transaction.
func (p *Publisher) pending(wanted Wanted) bool {
	w, err := p.open()
	if err != nil {
		return true
	}
	defer w.close()
	s, err := w.survey(wanted)
	return err != nil || !s.settled()
}
