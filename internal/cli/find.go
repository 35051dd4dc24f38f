package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/units"
)

// isPath tells the path of a descriptor or a folder from the name of an app.
func isPath(word string) bool {
	return strings.ContainsRune(word, '/') || strings.HasSuffix(word, ".toml") || word == "." || word == ".."
}

// descriptorPath finds the ecounit.toml that the user means, as an absolute path.
func (c *command) descriptorPath(h *host, app string) (string, error) {
	if app != "" && !isPath(app) {
		path, err := os.Readlink(h.places.AppLink(app))
		if errors.Is(err, fs.ErrNotExist) {
			return "", c.missing(h, app)
		}
		if err != nil {
			return "", fmt.Errorf("cannot read %s: %w", h.places.AppLink(app), err)
		}
		return path, nil
	}
	path := app
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.workdir, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, descriptor.FileName)
	}
	return path, nil
}

// missing says that there is no such app, and which ones there are.
func (c *command) missing(h *host, app string) error {
	names := h.apps()
	hint := "ecounit list shows your apps; in the folder of a new one type: ecounit enable"
	if near := descriptor.Nearest(app, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if _, err := os.Stat(filepath.Join(c.workdir, app, descriptor.FileName)); err == nil {
		hint = "for the folder type ./" + app
	}
	return &noSuchApp{app, hint}
}

// apps are the names of all apps that are enabled, sorted.
func (h *host) apps() []string {
	files, _ := h.places.AllUnitFiles()
	return h.appsOf(files)
}

// appsOf adds the apps whose units are gone to those that have some.
func (h *host) appsOf(files map[string][]units.File) []string {
	names := slices.Collect(maps.Keys(files))
	entries, _ := os.ReadDir(h.places.AppsDir())
	for _, e := range entries {
		if name, isApp := strings.CutSuffix(e.Name(), ".toml"); isApp {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// appName finds the name of an app that is enabled.
func (c *command) appName(h *host, app string) (string, error) {
	name := app
	if app == "" || isPath(app) {
		path, err := c.descriptorPath(h, app)
		if err != nil {
			return "", err
		}
		text, err := detect.ReadDescriptor(path)
		if err != nil {
			return "", err
		}
		// A mistake elsewhere in the file must not keep one from stopping the app.
		d, _ := descriptor.Parse(path, text)
		if name = d.Name; name == "" {
			return "", withHint(fmt.Errorf("cannot find the name of the app in %s", c.shown(path)), "ecounit check %s", c.shown(path))
		}
	}
	if !slices.Contains(h.apps(), name) {
		return "", c.missing(h, name)
	}
	return name, nil
}

// shown is a path as the user would type it.
func (c *command) shown(path string) string {
	if rel, err := filepath.Rel(c.workdir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}
