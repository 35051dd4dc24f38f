//go:build machine

package e2e

import (
	"strings"
	"syscall"
	"time"

	"ecounit/test/machine"
)

func runModule(alice *user) {
	f := alice.foreground("site", "--module", "other:app")
	url, _ := f.url()
	alice.host.Contains(alice.Sh("curl -s "+url), "another module")
	f.interrupt(0)
	alice.host.Contains(alice.answers("site"), "hello")
	alice.Fails(2, []string{"run", "files", "--module", "other:app"}, "--module is for apps with wsgi or asgi")
}

func runProcess(alice *user) {
	f := alice.foreground("site", "-p", "worker")
	for begin := time.Now(); !strings.Contains(f.said.String(), "working in /home/alice/site\n"); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			alice.host.t.Fatal(f.said)
		}
	}
	f.interrupt(130)
	alice.Fails(2, []string{"run", "site", "--process", "cleaner"}, `site has no process "cleaner"`, "its processes are web, worker")
}

func runPort(alice *user) {
	f := alice.foreground("site", "--port", "18123")
	if _, port := f.url(); port != "18123" {
		alice.host.t.Errorf("the port is %s", port)
	}
	alice.Fails(1, []string{"run", "files", "--port", "18123"}, "cannot listen on port 18123", "address already in use", "without --port")
	f.interrupt(0)
	f = alice.foreground("files", "--port", "18123")
	f.url()
	f.interrupt(0)
}

func runMistakes(alice *user) {
	alice.Fails(1, []string{"run", "site", "--port", "80"}, "cannot listen on port 80", "permission denied")
	for _, port := range []string{"-1", "70000", "http"} {
		r := alice.Run("run", "site", "--port="+port)
		if r.Code == 0 || !strings.Contains(r.Stderr, port) || strings.Contains(r.Stderr, "%!") || strings.Contains(r.Stderr, "<nil>") {
			alice.host.t.Errorf("port %s: exit %d %s", port, r.Code, r.Stderr)
		}
	}
	alice.Fails(4, []string{"run", "nobody"}, `there is no app "nobody"`)
	alice.host.Contains(alice.OK("run", "site", "--dry-run"), "cd /home/alice/site", "/usr/bin/python3 -m gunicorn")
}

// runNotEnabled: run is how one tries an app first. It leaves no trace.
func runNotEnabled(alice *user) {
	alice.hello("trial", "on trial", "workers = 1")
	f := alice.foreground("./trial")
	url, _ := f.url()
	alice.host.Contains(alice.Sh("curl -s "+url), "on trial")
	f.interrupt(0)
	if left := alice.Sh("find .config .local -name '*trial*'"); left != "" {
		alice.host.t.Errorf("left behind: %s", left)
	}
	alice.says("/home/alice/trial", "x")
	alice.Sh("echo '1/0' >> trial/app.py")
	alice.Fails(3, []string{"run", "./trial"}, "ZeroDivisionError")
}

func execs(alice *user) {
	h := alice.host
	words := func(script string) []string { return []string{"exec", "site", "--", "sh", "-c", script} }
	h.Contains(alice.OK(words("pwd; echo $SCRIPT_NAME; echo $PATH")...), "/home/alice/site\n/alice_site\n/home/alice/.local/bin:/usr/local/bin:/usr/bin:/bin\n")
	alice.Fails(7, words("exit 7"))
	alice.Fails(128+int(syscall.SIGTERM), words("kill -TERM $$"))
	if r, err := alice.Stdin(strings.NewReader("into it\n")).Exec(h.t.Context(), "ecounit", "exec", "site", "--", "tr", "a-z", "A-Z"); err != nil || r.Stdout != "INTO IT\n" {
		h.t.Errorf("stdin: %+v %v", r, err)
	}
	if r, err := alice.Dir("/home/alice/site").Exec(h.t.Context(), "ecounit", "exec", "--", "python3", "-c", "import app; print(app.index())"); err != nil || r.Stdout != "hello\n" {
		h.t.Errorf("in its folder: %+v %v", r, err)
	}
	if r := alice.Run("exec", "site", "--", "printf", "%s|", "a b", "--json", "-n", "$HOME", "--", "ü", ""); r.Stdout != "a b|--json|-n|$HOME|--|ü||" {
		h.t.Errorf("arguments: %+v", r)
	}
	alice.Fails(1, []string{"exec", "site", "--", "nosuchprogram"}, "there is no program nosuchprogram in /home/alice/.local/bin:")
	alice.Fails(1, []string{"exec", "site", "--", "./app.py"}, "cannot run /home/alice/site/app.py: permission denied")
	alice.Fails(2, []string{"exec", "site", "ls"}, "exec needs -- in front of the command")
	alice.Fails(2, []string{"exec", "site", "--"}, "exec needs a command after --")
	alice.Fails(2, []string{"exec"}, "exec needs -- in front of the command")
	alice.Fails(4, []string{"exec", "nobody", "--", "ls"}, `there is no app "nobody"`)

	sleeping, err := alice.Start(h.t.Context(), "ecounit", "exec", "site", "--", "sh", "-c", `trap "echo asked; exit 5" TERM; echo up; while :; do sleep 0.05; done`)
	h.Must(err)
	for !strings.Contains(sleeping.Output(), "up") {
		time.Sleep(10 * time.Millisecond)
	}
	h.Must(sleeping.Signal(syscall.SIGTERM))
	if r, err := sleeping.Wait(); err != nil || r.Code != 5 || r.Stdout != "up\nasked\n" {
		h.t.Errorf("signals: %+v %v", r, err)
	}
	alice.venv()
}

// venv: the programs of the app's own environment come first.
func (u *user) venv() {
	u.Sh("python3 -m venv --system-site-packages --without-pip site/.venv")
	r := u.Run("exec", "site", "--", "python", "-c", "import sys; print(sys.prefix)")
	if want := (machine.Result{Stdout: "/home/alice/site/.venv\n"}); r != want {
		u.host.t.Errorf("python is that of %+v", r)
	}
	u.host.Contains(u.OK("exec", "site", "--", "sh", "-c", "echo $PATH $VIRTUAL_ENV"), "/home/alice/site/.venv/bin:/home/alice/.local/bin:", " /home/alice/site/.venv\n")
	u.Sh("rm -r site/.venv")
}
