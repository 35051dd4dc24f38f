package conf

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecounit/migrate/supervisor/conf/conftest"
)

const python = "/usr/bin/python3" // Debian's: that is what its supervisor is for

var environment = map[string]string{"STUDY": "12", "HOME": "/root", "PATH": "/usr/bin:/bin"}

// supervisor is its own parser, which reads one folder after the other.
type supervisor struct {
	folders io.Writer
	answers *bufio.Reader
	host    string
}

func startSupervisor(t testing.TB) *supervisor {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import supervisor.options").CombinedOutput(); err != nil {
		t.Skipf("there is no supervisor for %s: %s", python, out)
	}
	cmd := exec.Command(python, "testdata/reference.py")
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &supervisor{in, bufio.NewReader(out), host}
}

func (s *supervisor) read(t testing.TB, folder string) dumped {
	t.Helper()
	if _, err := io.WriteString(s.folders, folder+"\n"); err != nil {
		t.Fatal(err)
	}
	line, err := s.answers.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var d dumped
	if err := json.Unmarshal(line, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// compare has both read the configuration in a folder.
func (s *supervisor) compare(t testing.TB, folder string) (isTaken bool) {
	t.Helper()
	want := s.read(t, folder)
	config, mistakes := Read(s.input(folder))
	switch refused := want.Refused != ""; {
	case refused != (len(mistakes) > 0):
		t.Errorf("%s: supervisor says %q, we say %v", folder, want.Refused, mistakes)
	case !refused:
		if diff := cmp.Diff(want, dump(config), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-supervisor +ours):\n%s", folder, diff)
		}
		return true
	}
	return false
}

func (s *supervisor) input(folder string) Input {
	return Input{
		File: filepath.Join(folder, "supervisord.conf"), Files: disk(), Environment: environment, Host: s.host, Home: environment["HOME"],
	}
}

// Texts that only a fuzzer writes, and of which nothing is claimed: format
// strings that put all of supervisor's variables into a value (read as mistakes
// here), and so many processes that Python would need minutes.
var (
	strange = regexp.MustCompile(`%[#0 +-]*[0-9.*]*[hlL]?[a-zA-Z]|\)[#0 +-]*[0-9.*]*[hlL]?[rac-ce-gE-G]|\)[#0 +-]*[0-9.]*[*]|\)[#0 +.-]*[0-9]{4}`)
	many    = regexp.MustCompile(`(?i)numprocs(_start)?[ \t]*[=:][^\n]*[0-9_]{4}`)
)

// FuzzAsSupervisor is TestAsSupervisor on whatever the fuzzer makes of such
// files.
func FuzzAsSupervisor(f *testing.F) {
	for seed := range uint64(100) {
		files := conftest.Files(seed)
		f.Add(files["supervisord.conf"], files["conf.d/a.conf"])
	}
	s, folder := startSupervisor(f), f.TempDir()
	f.Fuzz(func(t *testing.T, main, other string) {
		if text := strings.ReplaceAll(main+"\n"+other, "%%", ""); strange.MatchString(text) || many.MatchString(text) {
			return
		}
		write(t, filepath.Join(folder, "supervisord.conf"), main)
		write(t, filepath.Join(folder, "conf.d/a.conf"), other)
		if s.staysIn(folder) {
			s.compare(t, folder)
		}
	})
}

// staysIn reports whether a configuration includes nothing of the machine's
// own: a device, say, that has no end.
func (s *supervisor) staysIn(folder string) bool {
	in, stays := s.input(folder), true
	names := in.Files.Names
	in.Files.Names = func(name string) []string {
		isAbove := name == "/" || strings.HasPrefix(folder+"/", name+"/")
		if stays = stays && (isAbove || strings.HasPrefix(name, folder+"/")); !stays {
			return nil
		}
		return names(name)
	}
	Read(in)
	return stays
}
