package conf

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ecounit/migrate/supervisor/conf/conftest"
)

// TestAsSupervisor compares with supervisor's own parser on thousands of
// configurations: whether it takes them, and every value of every process.
func TestAsSupervisor(t *testing.T) {
	const count = 2000
	s, folder, taken := startSupervisor(t), t.TempDir(), 0
	for i := range count {
		here := filepath.Join(folder, fmt.Sprintf("%05d", i))
		for name, text := range conftest.Files(uint64(i)) {
			write(t, filepath.Join(here, name), text)
		}
		if s.compare(t, here) {
			taken++
		}
	}
	t.Logf("%d configurations, of which supervisor takes %d", count, taken)
	if taken < count/4 || taken > count*9/10 {
		t.Errorf("%d of %d are right ones: that proves little", taken, count)
	}
}

func write(t testing.TB, path, text string) {
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
