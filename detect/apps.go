package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// App is an app of a user.
type App struct {
	Name       string
	Descriptor string // absolute path
	Problem    string // why the descriptor cannot be used, or ""
}

// AppLink is where an app's descriptor is linked to by name.
func AppLink(home, name string) string { return filepath.Join(appLinks(home), name+".toml") }

func appLinks(home string) string { return filepath.Join(home, ".config/ecounit/apps") }

// List returns the apps of a user, sorted by name. Those whose descriptor is
// gone are among them, with a Problem.
func List(home string) ([]App, error) {
	entries, err := os.ReadDir(appLinks(home))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the apps: %w", err)
	}
	var m Machine
	var apps []App
	for _, entry := range entries {
		name, isApp := strings.CutSuffix(entry.Name(), ".toml")
		if !isApp || name == "" {
			continue
		}
		link := AppLink(home, name)
		app := App{Name: name, Descriptor: link}
		if target, err := os.Readlink(link); err == nil {
			app.Descriptor = m.absolute(target, filepath.Dir(link))
		}
		info, err := os.Stat(link)
		if err == nil && !info.Mode().IsRegular() {
			err = &notRegular{info.Mode()}
		}
		if err != nil {
			app.Problem = fmt.Sprintf("cannot read %s: %s", app.Descriptor, m.reason(app.Descriptor, err))
		}
		apps = append(apps, app)
	}
	return apps, nil
}
