package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/units"
)

// descriptorPath finds the ecounit.toml that the user means, as an absolute
// path. The name of an app that is enabled comes before a folder of that name:
// what stop and disable do must not depend on where one stands.
func (c *command) descriptorPath(h *home, app string) (string, error) {
	if isName(app) {
		if to, err := os.Readlink(h.places.AppLink(app)); err == nil {
			return to, nil
		}
	}
	path, isPath := detect.Find(app, c.workdir)
	if !isPath {
		return "", c.missing(h, app)
	}
	return path, nil
}

// isName reports whether an app can be called so.
func isName(text string) bool { return descriptor.FormsOf("name")[0].Pattern.MatchString(text) }

// missing says that there is no such app, and which ones there are.
func (c *command) missing(h *home, app string) error {
	names, err := h.apps()
	if err != nil {
		return err
	}
	hint := "ecounit list shows your apps; in the folder of a new one type: ecounit enable"
	if near := descriptor.Nearest(app, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if info, err := os.Stat(filepath.Join(c.workdir, app)); err == nil && info.IsDir() {
		hint = fmt.Sprintf("%s is a folder without an ecounit.toml; ecounit init %s writes one", app, terminal.ShellWords(app))
	}
	return &noSuchApp{app, hint}
}

// apps are the names of all apps that are enabled, sorted.
func (h *home) apps() ([]string, error) {
	files, err := h.places.AllUnitFiles()
	return h.appsOf(files), err
}

// appsOf adds the apps whose units are gone to those that have some. An app
// that was half disabled counts: it takes another disable to be rid of it.
func (h *home) appsOf(files map[string][]units.File) []string {
	names := slices.AppendSeq(h.places.Unfinished(), maps.Keys(files))
	entries, _ := os.ReadDir(h.places.AppsDir())
	for _, e := range entries {
		name, isApp := strings.CutSuffix(e.Name(), ".toml")
		if isApp && isName(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// appName finds the name of an app that is enabled.
func (c *command) appName(h *home, app string) (string, error) {
	enabled, err := h.apps()
	if err != nil {
		return "", err
	}
	if slices.Contains(enabled, app) {
		return app, nil
	}
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
	if d.Name == "" {
		return "", hint.With(fmt.Errorf("cannot find the name of the app in %s", c.shown(path)), "ecounit check %s", terminal.ShellWords(c.shown(path)))
	}
	if slices.Contains(enabled, d.Name) {
		return d.Name, h.isFrom(path, d.Name)
	}
	hint := "it is not enabled; type: ecounit enable"
	if app != "" {
		hint += " " + terminal.ShellWords(app)
	}
	return "", &noSuchApp{d.Name, hint}
}

// isFrom refuses to take a copy of a folder for the app that is enabled from
// the folder itself. One that was moved is the app still.
func (h *home) isFrom(path, name string) error {
	if other := h.otherFolder(name, path); other != "" {
		return hint.With(fmt.Errorf("%s is enabled from %s, and not from %s", name, other, path),
			"to mean that app, type its name; to make this folder an app of its own, change the name in its %s", descriptor.FileName)
	}
	return nil
}

// shown is a path as the user would type it.
func (c *command) shown(path string) string {
	if rel, err := filepath.Rel(c.workdir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
