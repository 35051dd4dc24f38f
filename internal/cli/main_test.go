package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ecounit/internal/terminal"
)

// testUID is an ordinary user of whom /etc/passwd knows nothing, so that the
// home directory is what HOME says.
const testUID = 4711

// notTestUser is why the tests do not run as that user, or nil.
var notTestUser error

// TestMain runs all tests as one and the same ordinary user, whoever started
// them: in a user namespace, where root has no rights either.
func TestMain(m *testing.M) {
	commands := map[string]func(){
		"ecounit": func() {
			os.Exit(mainAt(context.Background(), testPlace(os.Getenv("HOST")), os.Args, terminal.System()))
		},
		"asroot":   func() { os.Exit(as(0, os.Args[1:])) },
		"terminal": func() { os.Exit(onTerminal(os.Args[1:])) },
	}
	if commands[filepath.Base(os.Args[0])] == nil && os.Geteuid() != testUID {
		if code := as(testUID, append([]string{"/proc/self/exe"}, os.Args[1:]...)); notTestUser == nil {
			os.Exit(code)
		}
	}
	testscript.Main(m, commands)
}

// as runs a program in a user namespace where the user has that id.
func as(id int, argv []string) int {
	runtime.LockOSThread() // Pdeathsig is about the thread
	program := exec.Command(argv[0], argv[1:]...)
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	program.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: id, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: id, HostID: os.Getegid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	err := program.Run()
	if exited := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exited) {
		notTestUser = err
		return 1
	}
	return program.ProcessState.ExitCode()
}

func TestScript(t *testing.T) {
	if notTestUser != nil {
		t.Skipf("this host lets nobody make a user namespace: %v", notTestUser)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		UpdateScripts:      os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("HOST", filepath.Join(env.WorkDir, "host")) // what is read of the host service
			env.Setenv("USER", "alice")
			env.Setenv("TZ", "UTC")
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else it is a second for each command
			env.Setenv("PATH", filepath.Join(env.WorkDir, "bin")+":"+env.Getenv("PATH"))
			return os.MkdirAll(home, 0o700)
		},
		Condition: func(name string) (bool, error) {
			_, err := os.ReadDir("/root")
			return name == "root" && err == nil, nil // root itself started the tests
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits CODE PROGRAM [ARGUMENT...] runs a program that has to exit like that,
// within seconds.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT...]")
	}
	err = ts.Exec("timeout", append([]string{"--foreground", "30"}, args[1:]...)...)
	got := 0
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) {
		got = exited.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}
