package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/host"
	"ecounit/host/hostd/disk"
)

// suffix is that of host.Store's files.
const suffix = ".json"

func (r *Registry) read(folder *disk.Folder, name string, into any) error {
	file, err := folder.Read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(file.Text, into); err != nil {
		return fmt.Errorf("cannot read it: %w", err)
	}
	return nil
}

func (r *Registry) replace(folder *disk.Folder, name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return folder.Replace(name, append(text, '\n'), 0o644)
}

// recordNames are the records in a folder, after what a crash left is gone.
// Whatever has the name of a record counts, so that a name is never free by
// mistake.
func recordNames(folder *disk.Folder) ([]string, error) {
	if err := folder.Sweep(func(string) bool { return false }); err != nil {
		return nil, err
	}
	entries, err := folder.List()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, isRecord := strings.CutSuffix(e.Name(), suffix); isRecord && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names, nil
}

func (r *Registry) readSites() error {
	ids, err := recordNames(r.siteFiles)
	for _, id := range ids {
		r.readSite(id)
	}
	return err
}

func (r *Registry) readGrants() error {
	names, err := recordNames(r.grantFiles)
	for _, name := range names {
		r.readGrant("/" + name)
	}
	return err
}

func (r *Registry) readGrant(path string) {
	delete(r.grants, path)
	delete(r.badGrants, path)
	var g host.Grant
	err := r.read(r.grantFiles, filepath.Base(r.store.GrantFile(path)), &g)
	if err == nil && (g.Path != path || !plainAccount(g.Account) || g.UID < 0) {
		err = fmt.Errorf("it is about the path %q of %q", g.Path, g.Account)
	}
	switch {
	case err == nil:
		r.grants[path] = g
	case !errors.Is(err, fs.ErrNotExist):
		r.badGrants[path] = err.Error()
	}
}

// Broken are the IDs of the records that cannot be read, sorted. Nobody gets
// their names meanwhile, and their includes are to be left as they are.
func (r *Registry) Broken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.badSites))
}

// Findings are what is wrong with the files of the registry.
func (r *Registry) Findings() []host.Finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []host.Finding
	add := func(hint, format string, args ...any) {
		found = append(found, host.Finding{Severity: host.SeverityError, What: oneLine(fmt.Sprintf(format, args...)), Hint: hint})
	}
	for _, id := range slices.Sorted(maps.Keys(r.badSites)) {
		add("repair or remove it; its path stays taken until then", "the record %q is not in order: %s", r.store.SiteFile(id), r.badSites[id])
	}
	for _, path := range slices.Sorted(maps.Keys(r.badGrants)) {
		add("repair or remove it", "the grant %q is not in order: %s", r.store.GrantFile(path), r.badGrants[path])
	}
	if r.badPassword != "" {
		add("your administrator sets it up with: ecounit host setup", "%s", r.badPassword)
	}
	sites := r.sorted()
	for i, a := range sites {
		for _, b := range sites[i+1:] {
			if a.meets(b) {
				add("evict one of them: ecounit host evict "+b.ID(), "%s and %s hold the same path or port", a.ID(), b.ID())
			}
		}
	}
	return found
}
