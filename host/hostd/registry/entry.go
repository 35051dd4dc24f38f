package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"ecounit/host"
	"ecounit/plan"
)

// entry is a record with what only the registry needs to know.
type entry struct {
	host.Record
	// Before is the form that was approved before a change that waits, or before
	// the site was withdrawn. The first is still served, and the second needs no
	// other approval when the app comes back as it was. It holds its path and
	// its port as the record does.
	Before *plan.Site `json:"before,omitempty"`
}

// approved is the form that was let through last, or nil.
func (e entry) approved() *plan.Site {
	if e.State == host.Approved {
		return &e.Site
	}
	return e.Before
}

// served is the form that is to be on the web server, or nil.
func (e entry) served() *plan.Site {
	if e.State == host.Approved || e.State == host.Pending {
		return e.approved()
	}
	return nil
}

// holdsPath says whether nobody else can have this path.
func (e entry) holdsPath(path string) bool {
	return e.Path == path || e.Before != nil && e.Before.Path == path
}

// holdsPort says whether nobody else can have this port; 0 is none.
func (e entry) holdsPort(port int) bool {
	return port != 0 && (e.Port == port || e.Before != nil && e.Before.Port == port)
}

// meets says whether two entries hold the same thing.
func (e entry) meets(other entry) bool {
	if e.holdsPath(other.Path) || e.holdsPort(other.Port) {
		return true
	}
	return other.Before != nil && (e.holdsPath(other.Before.Path) || e.holdsPort(other.Before.Port))
}

// equal says whether nothing would be written.
func (e entry) equal(other entry) bool {
	sameBefore := (e.Before == nil) == (other.Before == nil) && (e.Before == nil || e.Before.Equal(*other.Before))
	return sameBefore && e.Site.Equal(other.Site) && e.Account == other.Account && e.UID == other.UID &&
		e.State == other.State && e.Reason == other.Reason && e.Problem == other.Problem && e.Leaving == other.Leaving && e.Since.Equal(other.Since)
}

// check refuses a record that this package did not write.
func (e entry) check(id string) error {
	switch {
	case e.ID() != id:
		return fmt.Errorf("it is about %q", e.ID())
	case !plainAccount(e.Account) || e.UID < 0:
		return errors.New("it does not say whose it is")
	case e.Leaving && e.served() != nil:
		return errors.New("it is to be served, and is given up")
	case !slices.Contains([]host.State{host.Reserved, host.Pending, host.Approved, host.Rejected}, e.State):
		return fmt.Errorf("its state is %q", e.State)
	}
	if err := e.Validate(); err != nil || e.Before == nil {
		return err
	}
	if e.Before.ID() != id {
		return fmt.Errorf("what was approved is %q", e.Before.ID())
	}
	return e.Before.Validate()
}

const maxAccount = 256

// plainAccount says whether the name of an account can be put into messages.
func plainAccount(name string) bool {
	return name != "" && len(name) <= maxAccount &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar })
}

// save writes a record. What is in memory afterwards is what is on the disk,
// also when that went wrong.
func (r *Registry) save(e entry) error {
	err := r.replace(r.siteFiles, filepath.Base(r.store.SiteFile(e.ID())), e)
	if err == nil {
		r.entries[e.ID()] = e
		return nil
	}
	r.readSite(e.ID())
	return failed("cannot record the site %s: %v", e.ID(), err)
}

// drop forgets a site and its passwords. The passwords go first: whoever gets
// the name next must not inherit them.
func (r *Registry) drop(id string) error {
	if err := r.removePasswords(id); err != nil {
		return err
	}
	err := r.siteFiles.Remove(filepath.Base(r.store.SiteFile(id)))
	if err == nil {
		err = r.siteFiles.Sync()
	}
	r.readSite(id)
	if err != nil {
		return failed("cannot forget the site %s: %v", id, err)
	}
	return nil
}

// readSite brings the memory in line with one file.
func (r *Registry) readSite(id string) {
	delete(r.entries, id)
	delete(r.badSites, id)
	var e entry
	err := r.read(r.siteFiles, filepath.Base(r.store.SiteFile(id)), &e)
	if err == nil {
		err = e.check(id)
	}
	switch {
	case err == nil:
		r.entries[id] = e
	case !errors.Is(err, fs.ErrNotExist):
		r.badSites[id] = err.Error()
	}
}
