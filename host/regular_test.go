package host

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadRegularWaitsForNobody(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("file"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", path("link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"file": "tex", "link": "tex"} {
		if got, err := ReadRegular(path(name), 3); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"fifo", "."} {
		if _, err := ReadRegular(path(name), 3); err == nil || !strings.Contains(err.Error(), "it is not a regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARecordThatIsAPipeIsAnError(t *testing.T) {
	s := Store{t.TempDir()}
	if err := os.Mkdir(s.Sites(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(s.SiteFile("a_b"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AllSites(); err == nil {
		t.Error("no error")
	}
}
