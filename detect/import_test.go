package detect

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ecounit/plan"
)

func TestReadImportSaysWhyItCannotRead(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := errors.Join(
		os.WriteFile(at("good"), []byte("[supervisord]\n"), 0o600),
		os.WriteFile(at("large"), make([]byte, maxImport+1), 0o600),
		unix.Mkfifo(at("fifo"), 0o600),
		os.Symlink("circle", at("circle")),
	); err != nil {
		t.Fatal(err)
	}
	var m Machine
	if text, err := m.ReadImport(at("good")); err != nil || string(text) != "[supervisord]\n" {
		t.Error(string(text), err)
	}
	for path, want := range map[string]string{
		at("large"):   "it is larger than 1024 KiB, so it is not what is imported here",
		at("fifo"):    "it is a FIFO",
		at("circle"):  "its symbolic links lead in a circle",
		at("nowhere"): "it does not exist",
		folder:        "it is a directory",
		"/dev/zero":   "it is a device",
	} {
		_, err := m.ReadImport(path)
		if said := (*Error)(nil); !errors.As(err, &said) || said.Message != "cannot read "+path+": "+want {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestReadStreamHasAnEnd(t *testing.T) {
	if text, err := ReadStream("it", strings.NewReader("30 4 * * * a\n")); err != nil || string(text) != "30 4 * * * a\n" {
		t.Error(string(text), err)
	}
	zero, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer zero.Close()
	if _, err := ReadStream("it", zero); err == nil || !strings.Contains(err.Error(), "cannot read it: it is larger") {
		t.Error(err)
	}
}

func TestHasSendmail(t *testing.T) {
	m := Machine{Root: t.TempDir()}
	path := filepath.Join(m.Root, plan.Sendmail)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		mode os.FileMode // 0: there is none
		want bool
	}{{0, false}, {0o644, false}, {0o755, true}} {
		if test.mode != 0 {
			if err := errors.Join(os.WriteFile(path, []byte("\x7fELF\x00"), 0o600), os.Chmod(path, test.mode)); err != nil {
				t.Fatal(err)
			}
		}
		if got := m.HasSendmail(); got != test.want {
			t.Errorf("%v: %v", test.mode, got)
		}
	}
}

func TestHasCronie(t *testing.T) {
	for file, want := range map[string]bool{"usr/sbin/crond": true, "usr/bin/crond": true, "usr/sbin/cron": false} {
		root := t.TempDir()
		path := filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o755)); err != nil {
			t.Fatal(err)
		}
		if got := (Machine{Root: root}).HasCronie(); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}
