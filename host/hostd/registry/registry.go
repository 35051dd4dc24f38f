package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/disk"
	"ecounit/host/policy"
	"ecounit/plan"
)

// Registry is all sites and grants of the host. It is safe for use by several
// goroutines, and one process at a time has a store open.
type Registry struct {
	store  host.Store
	owner  int         // of every folder
	system disk.System // what changes the disk
	now    func() time.Time

	mu          sync.Mutex
	siteFiles   *disk.Folder
	grantFiles  *disk.Folder
	entries     map[string]entry      // by ID
	grants      map[string]host.Grant // by path
	badSites    map[string]string     // by ID: why the record cannot be read
	badGrants   map[string]string     // by path
	badPassword string                // why the folder of passwords cannot be used
}

// Caller is who asks, as the bus, the directory of users and the policy say.
type Caller struct {
	UID     int
	Account string // the name in the system
	Label   string // what stands for it in paths: policy.Label
}

// Terms are what a claim is judged by.
type Terms struct {
	Policy   policy.Policy
	Accounts Accounts
	Claims   Claims
	HasLogin func(name string) bool // whether the administrator made this way to log in
}

// Accounts looks users up where the host has them.
type Accounts interface {
	// ByUID returns the account that has a uid now. An error means that it is
	// not known whether there is one.
	ByUID(ctx context.Context, uid int) (account string, exists bool, err error)
}

// Claims are the paths that something else than the registry uses.
type Claims struct {
	Config map[string]string // path to the administrator's file that uses it (apache.Claims)
	ByHand map[string]string // path to the ID of a site that was installed by hand (publish.ByHand)
}

// Open reads the registry, and removes what a crash left behind. A record that
// cannot be read does not stop the others: see Findings and Broken.
func Open(store host.Store) (*Registry, error) { return open(store, os.Geteuid(), disk.Kernel{}) }

func open(store host.Store, owner int, system disk.System) (*Registry, error) {
	r := &Registry{
		store: store, owner: owner, system: system, now: time.Now,
		entries: map[string]entry{}, grants: map[string]host.Grant{},
		badSites: map[string]string{}, badGrants: map[string]string{},
	}
	err := r.openFolders()
	if err == nil {
		err = r.readSites()
	}
	if err == nil {
		err = r.readGrants()
	}
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("cannot open the registry: %w", err)
	}
	r.sweepPasswords()
	return r, nil
}

func (r *Registry) openFolders() error {
	root, err := disk.Open(r.store.Dir, r.owner, r.system)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range []struct {
		path string
		open **disk.Folder
	}{{r.store.Sites(), &r.siteFiles}, {r.store.Grants(), &r.grantFiles}} {
		if err := root.MakeFolder(filepath.Base(f.path), 0o755); err != nil {
			return err
		}
		if *f.open, err = disk.Open(f.path, r.owner, r.system); err != nil {
			return err
		}
	}
	return nil
}

// Close gives the store back.
func (r *Registry) Close() error {
	var errs []error
	for _, f := range []*disk.Folder{r.siteFiles, r.grantFiles} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// Own is the record of a caller's app.
func (r *Registry) Own(caller Caller, app string) (host.Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.own(caller, app)
	return e.Record, found
}

// Sites are all records, sorted by ID.
func (r *Registry) Sites() []host.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	var records []host.Record
	for _, e := range r.sorted() {
		records = append(records, e.Record)
	}
	return records
}

// Desired is what the web server is to serve, sorted by ID: the approved
// sites, and of a site with a change that waits, the form approved before.
func (r *Registry) Desired() []plan.Site {
	r.mu.Lock()
	defer r.mu.Unlock()
	var sites []plan.Site
	for _, e := range r.sorted() {
		if served := e.served(); served != nil {
			sites = append(sites, *served)
		}
	}
	return sites
}

// sorted are the entries by ID, so that nothing depends on chance.
func (r *Registry) sorted() []entry {
	sorted := make([]entry, 0, len(r.entries))
	for _, id := range slices.Sorted(maps.Keys(r.entries)) {
		sorted = append(sorted, r.entries[id])
	}
	return sorted
}
