package cli

import (
	"context"
	"path/filepath"
	"time"

	"ecounit/host"
	"ecounit/host/policy"
	"ecounit/internal/webserver"
)

// place is where the files of the host service are, and how it is reached.
// Tests put a folder and a service of their own there.
type place struct {
	root string // what stands before every path; "" for this machine
	dial func(ctx context.Context) (service, error)
	run  func(ctx context.Context, argv ...string) (said string, err error) // a program of the system's
}

var thisPlace = place{dial: dialHost, run: runAsRoot}

func dialHost(ctx context.Context) (service, error) {
	client, err := host.Connect(ctx)
	if err != nil {
		return nil, err // not a *host.Client that is nil
	}
	return client, nil
}

// policyFile is there once an administrator has set the host service up.
func (p place) policyFile() string { return filepath.Join(p.root, policy.Path) }

// webServer is the host's Apache.
func (p place) webServer() webserver.Server { return webserver.Find(p.root) }

// store is the registry of the host service.
func (p place) store() host.Store {
	return host.Store{Dir: filepath.Join(p.root, host.DefaultStore.Dir)}
}

// serviceTimeout is longer than the service's own, which lets people type a
// password that polkit asks for.
const serviceTimeout = 4 * time.Minute

// ask calls the host service.
func (p place) ask(ctx context.Context, question func(context.Context, service) error) error {
	limited, cancel := context.WithTimeout(ctx, serviceTimeout)
	defer cancel()
	client, err := p.dial(limited)
	if err != nil {
		return err
	}
	defer client.Close()
	return question(limited, client)
}

// service is what the command asks of the host service; *host.Client is it.
type service interface {
	Prepare(ctx context.Context) (dir string, err error)
	Publish(ctx context.Context, r host.Request) (host.Answer, error)
	Withdraw(ctx context.Context, app string, release bool) error
	SetPassword(ctx context.Context, app, name, hash string) error
	PasswordNames(ctx context.Context, app string) ([]string, error)

	MakeDatabase(ctx context.Context, name string) (host.Database, error)
	UnmakeDatabase(ctx context.Context, name string, madeRole, madeDatabase uint32) error

	Approve(ctx context.Context, id string) (host.Answer, error)
	Reject(ctx context.Context, id, reason string) error
	Evict(ctx context.Context, id string) error
	Grant(ctx context.Context, account, path string, give bool) error
	Databases(ctx context.Context, account string) ([]host.DatabaseUse, error)
	RevokeDatabases(ctx context.Context, account string, undo bool) error
	LimitDatabases(ctx context.Context, account string, connections uint32) error
	Reconcile(ctx context.Context) ([]host.Finding, error)
	Check(ctx context.Context) ([]host.Finding, error)
	Close()
}
