package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ecounit/internal/imports"
	"ecounit/migrate"
)

// readApps is what was read, under names that can be used.
type readApps struct {
	migrate.Result
	notes []string // on apps that are called otherwise
}

// reader reads what ran the user's programs so far.
func (c *command) reader(h *home) imports.Reader {
	return imports.Reader{Machine: h.Machine, Workdir: c.workdir, In: c.In}
}

// readNamed reads twice where names are taken: the first time tells where the
// apps go, for one that is enabled from there is the same app.
func (c *command) readNamed(h *home, read func(imports.Reader) (migrate.Result, error)) (readApps, error) {
	before, err := read(c.reader(h))
	if err != nil {
		return readApps{}, err
	}
	own := ownFiles(before.Apps)
	taken := func(name string) bool { return h.holder(name, own) != "" }
	if !slices.ContainsFunc(before.Apps, func(a *migrate.App) bool { return taken(a.Descriptor.Name) }) {
		return readApps{Result: before}, nil
	}
	reader := c.reader(h)
	reader.Taken = taken
	after, err := read(reader)
	if err != nil {
		return readApps{}, err
	}
	in := readApps{Result: after}
	for i, a := range after.Apps {
		if old, now := before.Apps[i].Descriptor.Name, a.Descriptor.Name; old != now {
			in.notes = append(in.notes, fmt.Sprintf("%s is called %s: %s has the name %s", old, now, h.holder(old, own), old))
		}
	}
	return in, nil
}

// ownFiles are the descriptors that are about to be written, and where they
// would be under other names.
type ownFiles []*migrate.App

func (own ownFiles) has(name, file string) bool {
	return slices.ContainsFunc(own, func(a *migrate.App) bool {
		return a.File == file || filepath.Join(filepath.Dir(a.File), name+".toml") == file
	})
}

// holder is who has a name already, or "".
func (h *home) holder(name string, own ownFiles) string {
	if linked, err := os.Readlink(h.places.AppLink(name)); err == nil && !own.has(name, linked) {
		return linked
	}
	for _, holder := range h.places.Holders(name, []string{name + ".target", name + ".service", name + ".socket"}) {
		return holder.Path
	}
	return ""
}
