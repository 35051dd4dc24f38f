package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ecounit/apply"
	"ecounit/dbusctl"
)

// fakeReloader changes a file while it reads its units.
type fakeReloader struct {
	apply.Manager
	file  string
	state string
	begun []string
}

func (f *fakeReloader) Reload(context.Context) error {
	return os.WriteFile(f.file, []byte("new"), 0o600)
}

func (f *fakeReloader) UnitsMatching(_ context.Context, names ...string) ([]dbusctl.Unit, error) {
	return []dbusctl.Unit{{Name: names[0], ActiveState: f.state}}, nil
}

func (f *fakeReloader) Begin(_ context.Context, name string) error {
	f.begun = append(f.begun, name)
	return nil
}

func TestReloadMissesNoChange(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		state string
		want  []string
	}{
		{"active", []string{"changed-watch.service"}},
		{"inactive", nil},
	} {
		f := &fakeReloader{file: filepath.Join(dir, test.state), state: test.state}
		n := noticing{f, func() map[string][]string {
			return map[string][]string{"changed": {f.file}, "other": {filepath.Join(dir, "other")}}
		}}
		if err := n.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(f.begun, test.want) {
			t.Errorf("%s: %q was started, not %q", test.state, f.begun, test.want)
		}
	}
}
