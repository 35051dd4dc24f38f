package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/descriptor"
	"ecounit/migrate"
)

// newDescriptorsIn are apps called one and two, in folders that are there.
func newDescriptorsIn(t *testing.T, folder string) newDescriptors {
	t.Helper()
	var all newDescriptors
	for _, name := range []string{"one", "two"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, name, descriptor.FileName)
		app := &migrate.App{Descriptor: &descriptor.Descriptor{Name: name}, File: file}
		all = append(all, &newDescriptor{app: app, text: []byte(name), mode: 0o600, state: notThere})
	}
	return all
}

func TestImportWritesAllOrNothing(t *testing.T) {
	for what, spoil := range map[string]func(folder string) error{
		"a file comes to be there": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "two/ecounit.toml"), []byte("mine"), 0o600)
		},
		"a link comes to be there": func(folder string) error {
			return os.Symlink(filepath.Join(folder, "victim"), filepath.Join(folder, "two/ecounit.toml"))
		},
		"the folder is gone": func(folder string) error {
			return errors.Join(os.Remove(filepath.Join(folder, "two")), os.WriteFile(filepath.Join(folder, "two"), nil, 0o600))
		},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			all := newDescriptorsIn(t, folder)
			if err := spoil(folder); err != nil {
				t.Fatal(err)
			}
			err := all.write(&command{workdir: folder})
			if err == nil || !strings.HasPrefix(err.Error(), "nothing was written: cannot write two/ecounit.toml: ") {
				t.Error(err)
			}
			left, err := filepath.Glob(folder + "/*/.ecounit-*")
			if err != nil || len(left) > 0 {
				t.Error(left, err)
			}
			for _, name := range []string{"one/ecounit.toml", "victim"} {
				if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestImportRemovesTheFolderThatItMade(t *testing.T) {
	folder := t.TempDir()
	all := newDescriptorsIn(t, folder)
	made := filepath.Join(folder, "made")
	all[0].app.File = filepath.Join(made, "one.toml")
	if err := os.WriteFile(all[1].app.File, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := all.write(&command{workdir: folder}); err == nil {
		t.Error("it was written")
	}
	if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestDescriptorsWithSecretsAreForTheirOwner(t *testing.T) {
	for what, c := range map[string]struct {
		d    descriptor.Descriptor
		want bool
	}{
		"nothing":            {descriptor.Descriptor{Env: map[string]string{"STUDY": "12"}}, false},
		"a password":         {descriptor.Descriptor{Env: map[string]string{"DB_PASSWORD": "x"}}, true},
		"a job's":            {descriptor.Descriptor{Job: map[string]descriptor.Job{"a": {Env: map[string]string{"API_KEY": "x"}}}}, true},
		"in a command":       {descriptor.Descriptor{Process: map[string]descriptor.Process{"a": {Command: descriptor.Command{"celery", "-b", "redis://a:secret@localhost"}}}}, true},
		"in an option":       {descriptor.Descriptor{Process: map[string]descriptor.Process{"a": {Command: descriptor.Command{"jupyter", "--ServerApp.token=x"}}}}, true},
		"in that of the web": {descriptor.Descriptor{Web: &descriptor.Web{Command: descriptor.Command{"x", "postgres://a:secret@localhost/a"}}}, true},
	} {
		if got := hasSecrets(&c.d); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestLossesAreAcceptedByTheSameCommand(t *testing.T) {
	for want, words := range map[string][]string{
		"ecounit import crontab - --accept-losses":            {"import", "crontab", "-"},
		"ecounit import supervisor --accept-losses -- -x.ini": {"import", "supervisor", "--", "-x.ini"},
		"ecounit import supervisor 'a b' --accept-losses":     {"import", "supervisor", "a b"},
	} {
		if got := (&command{words: words}).accepting(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
