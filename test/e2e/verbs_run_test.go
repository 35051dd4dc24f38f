//go:build machine

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ecounit/test/machine"
)

// foreground is "ecounit run" under way.
type foreground struct {
	*machine.Process
	user *user
	said *words
}

// words is what a command says while it runs.
type words struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// foreground starts "ecounit run" with the arguments. It ends with the test.
func (u *user) foreground(arguments ...string) *foreground {
	u.host.t.Helper()
	said := &words{}
	p, err := u.Stdout(said, said).Start(u.host.t.Context(), append([]string{"ecounit", "run"}, arguments...)...)
	u.host.Must(err)
	u.host.t.Cleanup(func() { p.Stop() })
	return &foreground{p, u, said}
}

var runAddress = regexp.MustCompile(`(?m)^(http://127\.0\.0\.1:(\d+)/\S*)  \(ends with Ctrl-C\)$`)

// url waits until the address is said and answers, and returns it.
func (f *foreground) url() (url, port string) {
	t := f.user.host.t
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(20 * time.Millisecond) {
		found := runAddress.FindStringSubmatch(f.said.String())
		if found == nil {
			continue
		}
		if r, err := f.user.Exec(t.Context(), "curl", "-s", "-o", "/dev/null", "--max-time", "10", found[1]); err == nil && r.Code == 0 {
			return found[1], found[2]
		}
	}
	t.Fatalf("run does not answer:\n%s", f.said)
	return "", ""
}

// interrupt presses Ctrl-C and expects that nothing is left: the process, its
// children, the port. The apps have one worker that has answered: gunicorn
// loses a signal that comes while a worker boots, and waits for it for 30 s.
func (f *foreground) interrupt(codes ...int) {
	t := f.user.host.t
	t.Helper()
	// A terminal sends it to all of its foreground group.
	if err := syscall.Kill(-f.Pid(), syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	select {
	case <-f.Done():
	case <-time.After(10 * time.Second):
		t.Errorf("Ctrl-C does not end it:\n%s", f.said)
	}
	result := f.Stop()
	if !strings.Contains(fmt.Sprint(codes), fmt.Sprint(result.Code)) {
		t.Errorf("exit %d, want one of %v\n%s", result.Code, codes, f.said)
	}
	if err := syscall.Kill(-f.Pid(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("processes are left: %v", err)
	}
}

func TestRunBesideTheEnabledOne(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("site", "hello", "workers = 1", "[process.worker]", `command = ["sh", "-c", "echo working in $PWD; exec sleep 10000"]`, "instances = 2")
	alice.Write(dir+"/other.py", "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'another module']\n")
	alice.OK("enable", "./site")
	alice.OK("enable", alice.app("asgi-chat"))
	alice.OK("enable", alice.app("node-hello"))
	alice.Sh("mkdir files")
	alice.descriptor("/home/alice/files", `name = "files"`, "[web]", `command = "python3 -u -m http.server --bind 127.0.0.1 ${PORT}"`, `prefix = "strip"`)
	alice.OK("enable", "./files")
	for _, step := range []struct {
		name string
		test func(*user)
	}{
		{"wsgi", runWSGI},
		{"asgi", func(u *user) { u.runsBeside("chat", "data-socket=", 0) }},
		{"node", func(u *user) { u.runsBeside("hello", "Hello, world!", 130) }},
		{"command with a port", func(u *user) { u.runsBeside("files", "Directory listing", 0) }},
		{"another module", runModule},
		{"a process", runProcess},
		{"a given port", runPort},
		{"mistakes", runMistakes},
		{"not enabled", runNotEnabled},
		{"exec", execs},
	} {
		t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
	}
}

func runWSGI(alice *user) { alice.runsBeside("site", "hello", 0) }

// runsBeside runs an app in the foreground, compares its environment with that
// of the service, and ends it.
func (u *user) runsBeside(app, page string, code int) {
	h := u.host
	h.t.Helper()
	enabled := u.Sh("systemctl --user show -p MainPID --value " + app + ".service")
	f := u.foreground(app)
	url, port := f.url()
	h.Contains(u.Sh("curl -s "+url), page)
	if strings.Contains(u.Sh("ecounit status --json "+app), ":"+port+`"`) {
		h.t.Errorf("both have the port %s", port)
	}
	own, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", f.Pid()))
	h.Must(err)
	for _, difference := range differences(u.Sh("cat /proc/$(systemctl --user show -p MainPID --value "+app+".service)/environ"), string(own)) {
		h.t.Error(difference)
	}
	f.interrupt(code)
	if again := u.Sh("systemctl --user show -p MainPID --value " + app + ".service"); again != enabled {
		h.t.Errorf("the enabled one was %s and is %s", enabled, again)
	}
	u.Sh("! curl -s --max-time 2 " + url)
	u.OK("status", app)
}

// mayDiffer are the variables in which run and the service differ, and why.
var mayDiffer = map[string]string{
	"INVOCATION_ID": "one run of the unit", "JOURNAL_STREAM": "the terminal is no journal", "SYSTEMD_EXEC_PID": "of the service",
	"NOTIFY_SOCKET": "nobody waits for READY=1", "MANAGERPID": "of the service", "LISTEN_PID": "another process",
	"LISTEN_FDNAMES": "the names of systemd's sockets", "PORT": "another port",
	"MEMORY_PRESSURE_WATCH": "of the cgroup", "MEMORY_PRESSURE_WRITE": "of the cgroup",
}

// differences compares the environment of a service with that of the same
// process in the foreground.
func differences(service, own string) (found []string) {
	a, b := variables(service), variables(own)
	for name := range mayDiffer {
		delete(a, name)
		delete(b, name)
	}
	for name, value := range a {
		if got, there := b[name]; !there || got != value {
			found = append(found, fmt.Sprintf("%s is %q in the service and %q in the foreground", name, value, got))
		}
		delete(b, name)
	}
	for name, value := range b {
		found = append(found, fmt.Sprintf("%s=%q is in the foreground alone", name, value))
	}
	return found
}

// variables takes a process's environment apart.
func variables(environ string) map[string]string {
	all := map[string]string{}
	for _, assignment := range strings.Split(environ, "\x00") {
		if name, value, ok := strings.Cut(assignment, "="); ok {
			all[name] = value
		}
	}
	return all
}
