package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/internal/imports"
	"ecounit/internal/terminal"
	"ecounit/migrate"
	"ecounit/report"
)

// importApache is for descriptors that exist. They are not written again: what
// is to be added is printed.
func (c *command) importApache(_ context.Context, files []string, flags *cli.Context) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	apps := c.existing(h)
	var before []descriptor.Descriptor
	for _, a := range apps {
		before = append(before, copyOf(a.Descriptor))
	}
	var all report.Report
	for _, file := range files {
		one, err := c.reader(h).Apache(file, apps)
		if err != nil {
			return err
		}
		all.Merge(one)
	}
	additions := []imports.Addition{}
	for i, a := range apps {
		lines, err := imports.LinesToAdd(&before[i], a.Descriptor)
		if err != nil {
			return err
		}
		if lines != "" {
			additions = append(additions, imports.Addition{Name: a.Descriptor.Name, File: a.File, Lines: lines})
		}
	}
	if flags.Bool("json") {
		if err := c.JSON(importDocument{terminal.JSONVersion, len(additions) == 0, []importedApp{}, additions, countLines(all), all.Entries()}); err != nil {
			return err
		}
	} else {
		c.verdicts(all)
		for i, a := range additions {
			if i > 0 {
				c.Data([]byte("\n"))
			}
			c.Data(fmt.Appendf(nil, "# --- for %s\n%s", terminal.Printable(c.shown(a.File)), a.Lines))
		}
	}
	return c.afterApache(apps, additions, countLines(all), flags.Bool("accept-losses"))
}

func (c *command) afterApache(apps []*migrate.App, additions []imports.Addition, n lineCounts, accepted bool) error {
	switch {
	case len(apps) == 0:
		return hint.With(fmt.Errorf("there is no app of yours to give a path to"),
			"ecounit import supervisor FILE --apache FILE takes over programs and their paths in one go")
	case len(additions) > 0:
		return hint.With(fmt.Errorf("nothing was changed: %s lines that it does not have yet", plural(len(additions), "descriptor needs", "descriptors need")),
			"put the lines into %s, then type: ecounit check %s", c.shown(additions[0].File), terminal.ShellWords(c.asTyped(additions[0].File)))
	case n.Lost > 0 && !accepted:
		return hint.With(fmt.Errorf("%s no equivalent", plural(n.Lost, "line has", "lines have")), "--accept-losses says that you have read it")
	}
	return nil
}

// copyOf keeps what apacheconf may change.
func copyOf(d *descriptor.Descriptor) descriptor.Descriptor {
	before := *d
	if d.Web != nil {
		web := *d.Web
		web.AllowFrom = slices.Clone(web.AllowFrom)
		before.Web = &web
	}
	before.Process = maps.Clone(d.Process)
	return before
}

// mostFolders bounds the folders of a home directory that are looked into.
const mostFolders = 2000

// existing are the apps that the user has: those that are enabled, and those
// whose descriptors lie where import puts them. What has mistakes is left out.
func (c *command) existing(h *home) []*migrate.App {
	var files []string
	add := func(file string) {
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	enabled, _ := h.apps()
	for _, name := range enabled {
		if linked, err := os.Readlink(h.places.AppLink(name)); err == nil {
			add(linked)
		}
	}
	names := h.Names(h.User.Home)
	folders := []string{c.workdir, filepath.Join(h.User.Home, "ecounit")}
	for _, name := range names[:min(len(names), mostFolders)] {
		folder := filepath.Join(h.User.Home, name)
		if _, err := os.Lstat(filepath.Join(folder, descriptor.FileName)); err == nil {
			folders = append(folders, folder)
		}
	}
	for _, folder := range folders {
		for _, name := range h.Names(folder) {
			if strings.HasSuffix(name, ".toml") {
				add(filepath.Join(folder, name))
			}
		}
	}
	var apps []*migrate.App
	for _, file := range files {
		text, err := detect.ReadDescriptor(file)
		if err != nil {
			continue
		}
		d, r := descriptor.Parse(file, text)
		isOurs := filepath.Base(file) == descriptor.FileName || filepath.Base(file) == d.Name+".toml"
		if r.HasErrors() || !isOurs && !slices.Contains(enabled, d.Name) {
			continue
		}
		a := &migrate.App{Descriptor: d, File: file, Directory: filepath.Dir(file)}
		if d.Web != nil {
			a.Port = d.Web.Listen.Port
		}
		if unitFiles, err := h.places.UnitFiles(d.Name); a.Port == 0 && err == nil && slices.Contains(enabled, d.Name) {
			a.Port = h.portOf(d.Name, unitFiles)
		}
		apps = append(apps, a)
	}
	return apps
}
