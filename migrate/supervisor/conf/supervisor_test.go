package conf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecounit/migrate/supervisor/conf/conftest"
)

const python = "/usr/bin/python3" // Debian's: that is what its supervisor is for

// TestAsSupervisor compares with supervisor's own parser on thousands of
// configurations: whether it takes them, and every value of every process.
func TestAsSupervisor(t *testing.T) {
	if out, err := exec.Command(python, "-c", "import supervisor.options").CombinedOutput(); err != nil {
		t.Skipf("there is no supervisor for %s: %s", python, out)
	}
	const count = 2000
	folder := t.TempDir()
	for i := range count {
		for name, text := range conftest.Files(uint64(i)) {
			write(t, filepath.Join(folder, fmt.Sprintf("%05d", i), name), text)
		}
	}
	environment := map[string]string{"STUDY": "12", "HOME": "/root", "PATH": "/usr/bin:/bin"}
	cmd := exec.Command(python, "testdata/reference.py", folder)
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	taken, line := 0, bufio.NewScanner(bytes.NewReader(out))
	line.Buffer(nil, 1<<24)
	for i := range count {
		line.Scan()
		var want dumped
		if err := json.Unmarshal(line.Bytes(), &want); err != nil {
			t.Fatal(i, err)
		}
		file := filepath.Join(folder, fmt.Sprintf("%05d", i), "supervisord.conf")
		config, mistakes := Read(Input{File: file, Files: disk(), Environment: environment, Host: host, Home: "/root"})
		switch refused := want.Refused != ""; {
		case refused != (len(mistakes) > 0):
			t.Errorf("%d: supervisor says %q, we say %v", i, want.Refused, mistakes)
		case !refused:
			taken++
			if diff := cmp.Diff(want, dump(config), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%d (-supervisor +ours):\n%s", i, diff)
			}
		}
	}
	t.Logf("%d configurations, of which supervisor takes %d", count, taken)
	if taken < count/4 || taken > count*9/10 {
		t.Errorf("%d of %d are right ones: that proves little", taken, count)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func disk() Files {
	return Files{Read: os.ReadFile, Names: func(folder string) (names []string) {
		entries, _ := os.ReadDir(folder)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}}
}

// dumped is what reference.py prints.
type dumped struct {
	Refused                 string
	Directory, User         string
	Umask, MinFDs, MinProcs int
	Environment             map[string]string
	Groups                  []dumpedGroup
}

type dumpedGroup struct {
	Kind, Name string
	Priority   int
	Processes  []dumpedProcess
}

type dumpedProcess struct {
	Name, Command, Directory, Autorestart, ServerURL                   string
	Umask, Priority, StartSecs, StartRetries, StopSignal, StopWaitSecs int
	Argv                                                               []string
	Autostart, HasUser, StopAsGroup, KillAsGroup, RedirectStderr       bool
	ExitCodes                                                          []int
	Environment                                                        map[string]string
	Stdout, Stderr                                                     Output
}

func dump(c *Config) dumped {
	d := dumped{
		Directory: c.Daemon.Directory, User: c.Daemon.User, Umask: c.Daemon.Umask,
		MinFDs: c.Daemon.MinFDs, MinProcs: c.Daemon.MinProcs, Environment: c.Daemon.Environment,
	}
	for _, g := range c.Groups {
		kind := g.Kind
		if kind == Heterogeneous {
			kind = Programs // supervisor has one class for both
		}
		group := dumpedGroup{Kind: string(kind), Name: g.Name, Priority: g.Priority}
		for _, p := range g.Processes {
			argv, _ := p.Argv()
			group.Processes = append(group.Processes, dumpedProcess{
				p.Name, p.Command, p.Directory, p.Autorestart, p.ServerURL,
				p.Umask, p.Priority, p.StartSecs, p.StartRetries, p.StopSignal, p.StopWaitSecs,
				argv, p.Autostart, p.User != "", p.StopAsGroup, p.KillAsGroup, p.RedirectStderr,
				p.ExitCodes, p.Environment, p.Stdout, p.Stderr,
			})
		}
		d.Groups = append(d.Groups, group)
	}
	return d
}
