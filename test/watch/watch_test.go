//go:build machine

package watch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ecounit/test/load"
	"ecounit/test/machine"
	"ecounit/test/scene"
)

// TestWatch: most of it is waiting, so all apps change at the same time.
func TestWatch(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Bullseye, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			options := machine.Options{Suite: suite}
			tests := map[string]func(*scene.User){
				"files and folders":               files,
				"a broken wsgi app":               brokenWSGI,
				"a broken asgi app":               brokenASGI,
				"the last change counts":          lastChange,
				"a process in the strict sandbox": strict,
			}
			if suite == machine.Bookworm {
				layer, err := machine.Packages(t.Context(), suite, "git")
				if err != nil {
					t.Fatal(err)
				}
				options.Layers = []string{layer}
				tests["a broken command"] = brokenCommand
				tests["git"] = commits
				tests["a worktree of git"] = worktree
				tests["wsgi under load"] = wsgiUnderLoad
				tests["asgi under load"] = asgiUnderLoad
				tests["an app that is stopped"] = stopped
				tests["gunicorn that preloads"] = preloads
			}
			h := scene.NewWith(t, options)
			alice := h.User("alice")
			h.Must(h.Linger(t.Context(), "alice"))
			for name, test := range tests {
				t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
					t.Parallel()
					test(alice.In(t))
				})
			}
		})
	}
}

// files: each kind of change is taken up, and each once.
func files(u *scene.User) {
	a := enabled(u, "files", wsgiCode, wsgi, "[process.worker]\ncommand = \"sleep infinity\"", `[watch]
paths = ["app.py", "tmp/restart.txt", "pages"]`)
	a.answers("1")
	a.says(0, "app.py, pages, tmp/restart.txt; no change since the start")
	worker := a.Sh("systemctl --user show -p InvocationID files-worker.service")
	changes := []string{
		"mkdir tmp && touch tmp/restart.txt",
		"touch tmp/restart.txt",
		"echo '# more' >> app.py",
		"cp app.py new.py && mv new.py app.py",
		"mkdir pages && sleep 0.2 && echo > pages/index.html",
		"rm tmp/restart.txt",
		"i=0; while [ $i -lt 1000 ]; do echo $i > tmp/restart.txt; i=$((i+1)); done; for i in $(seq 200); do touch app.py; done",
	}
	for i, script := range changes {
		version := fmt.Sprint(i + 2)
		a.change(version, script)
		a.answers(version)
		a.rests()
		if got := a.taken(); got != i+1 {
			a.Host.T.Fatalf("after %q: %d changes were taken up, not %d", script, got, i+1)
		}
	}
	if worker == a.Sh("systemctl --user show -p InvocationID files-worker.service") {
		a.Host.T.Error("the worker was not restarted")
	}
	a.says(0, "is in use")
	if out := a.OK("enable", "files"); !strings.Contains(out, "nothing to do") {
		a.Host.T.Errorf("an enable afterwards: %s", out)
	}
	a.OK("disable", "files")
	if left := a.Sh("systemctl --user list-units --all --no-legend 'files*'"); left != "" {
		a.Host.T.Errorf("left behind: %s", left)
	}
}

func brokenWSGI(u *scene.User) { broken(enabled(u, "wsgi", wsgiCode, wsgi, "[watch]\npaths = [\"app.py\"]")) }

func brokenASGI(u *scene.User) { broken(enabled(u, "asgi", asgiCode, asgi, "[watch]\npaths = [\"app.py\"]")) }

// broken: the old processes go on, and status says why.
func broken(a *app) {
	a.answers("1")
	unit := a.Sh("systemctl --user show -p MainPID " + a.name + ".service")
	a.change("2", "sed -i '1i import flux_capacitor' app.py")
	a.Host.Soon(20*time.Second, func(context.Context) error {
		if out := a.Run("status", a.name).Stdout; !strings.Contains(out, "does not load") {
			return errors.New(out)
		}
		return nil
	})
	a.says(0, "so the version before it goes on", "ModuleNotFoundError: No module named 'flux_capacitor'")
	a.answers("1")
	if now := a.Sh("systemctl --user show -p MainPID " + a.name + ".service"); now != unit {
		a.Host.T.Errorf("the old process did not go on: %s%s", unit, now)
	}
	a.change("3", "sed -i 1d app.py")
	a.answers("3")
	a.rests()
	a.says(0, "is in use")
}

// brokenCommand: nobody knows before the restart, and status says it after.
func brokenCommand(u *scene.User) {
	a := enabled(u, "command", serverCode, "[web]\ncommand = \"python3 app.py\"\n[watch]\npaths = [\"app.py\"]")
	a.answers("1")
	a.change("2", "sed -i '1i import flux_capacitor' app.py")
	a.Host.Soon(20*time.Second, func(context.Context) error {
		if out := a.Run("status", a.name).Stdout; !strings.Contains(out, "broke the app") {
			return errors.New(out)
		}
		return nil
	})
	a.says(3, "ModuleNotFoundError: No module named 'flux_capacitor'")
	a.change("3", "sed -i 1d app.py")
	a.answers("3")
	a.rests()
	a.says(0, "is in use")
}

// lastChange: whenever the changes come, what is there in the end is served.
func lastChange(u *scene.User) {
	a := enabled(u, "last", wsgiCode, wsgi, "[watch]\npaths = [\"version\"]")
	a.answers("1")
	version := 1
	for round := range 4 {
		for range 12 {
			version++
			a.Write("last/version", fmt.Sprint(version))
			pause := time.Duration(rand.IntN(200)) * time.Millisecond
			if round%2 == 0 { // about when the watch ends
				pause = time.Second + time.Duration(rand.IntN(400))*time.Millisecond
			}
			if version%12 < 4 {
				time.Sleep(pause)
			}
		}
		a.answers(fmt.Sprint(version))
	}
}

func strict(u *scene.User) {
	a := enabled(u, "strict", wsgiCode, wsgi, "[sandbox]\nlevel = \"strict\"\n[watch]\npaths = [\"version\"]")
	a.answers("1")
	a.change("2", "true")
	a.answers("2")
	a.rests()
	a.says(0, "is in use")
}

const identity = "git config --global user.name Alice && git config --global user.email alice@example.org && git config --global init.defaultBranch main"

func commits(u *scene.User) {
	u.Sh(identity)
	u.Sh("git init -q repo && cd repo && printf 1 > version && git add . && git commit -qm one")
	a := enabled(u, "repo", wsgiCode, wsgi, "[watch]\ngit = true")
	u.Sh("cd repo && git add . && git commit -qm app")
	u.Sh("git clone -q repo upstream && git -C repo remote add upstream ~/upstream")
	a.rests()
	before := a.taken()
	for i, script := range []string{
		"git commit -qam two",
		"git checkout -q -b side HEAD~1 -f && printf 3 > version && git commit -qam three",
		"git checkout -qf main && printf 4 > version && git commit -qam four",
		"git checkout -qf . && (cd ../upstream && git pull -q && printf 5 > version && git commit -qam five) && git pull -q --ff-only upstream main",
		// Three commits are picked one after the other.
		"git checkout -qf -b top HEAD~1 && for i in 1 2 3; do echo $i > n$i; git add n$i; git commit -qm n$i; done && printf 6 > m && git add m && git rebase -q main && printf 6 > version && git commit -qam six",
		"git checkout -qf main && printf 7 > version && git commit -qam seven",
	} {
		version := fmt.Sprint(i + 2)
		a.change(version, script)
		a.answers(version)
		a.rests()
		if got := a.taken() - before; got != i+1 {
			a.Host.T.Fatalf("after %q: %d changes were taken up, not %d", script, got, i+1)
		}
	}
	a.change("8", "git add -A && git status -s && git stash -q -- nothing 2>/dev/null; git diff > /dev/null")
	time.Sleep(1500 * time.Millisecond)
	a.rests()
	if got := a.taken() - before; got != 6 {
		a.Host.T.Errorf("what does not move HEAD was taken up: %d", got)
	}
}

func worktree(u *scene.User) {
	u.Sh("git init -q main-tree && cd main-tree && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && git worktree add -q -b side ../side-tree")
	a := enabled(u, "side-tree", wsgiCode, wsgi, "[watch]\ngit = true")
	const commit = "git -c user.name=a -c user.email=a@b commit -q -m more"
	a.change("2", "git add . && "+commit)
	a.answers("2")
	a.rests()
	u.Sh("cd main-tree && " + commit + " --allow-empty")
	a.change("3", "git checkout -q -b other")
	a.answers("3")
	a.rests()
	if got := a.taken(); got != 2 {
		a.Host.T.Errorf("%d changes were taken up, not 2: those of the other worktree do not count", got)
	}
	u.Write("nogit/app.py", wsgiCode)
	u.Write("nogit/ecounit.toml", "name = \"nogit\"\n[python]\ninterpreter = \"/usr/bin/python3\"\n"+wsgi+"[watch]\ngit = true\n")
	u.Fails(1, []string{"enable", "./nogit"}, "`watch.git`: /home/alice/nogit is not in a git repository", "git init")
}

func wsgiUnderLoad(u *scene.User) {
	underLoad(enabled(u, "wsgi-load", wsgiCode, wsgi, "[watch]\npaths = [\"version\"]"))
}

func asgiUnderLoad(u *scene.User) {
	underLoad(enabled(u, "asgi-load", asgiCode, asgi, "workers = 2\n[watch]\npaths = [\"version\"]"))
}

// underLoad: four changes lose no request.
func underLoad(a *app) {
	a.answers("1")
	ctx, stop := context.WithCancel(a.Host.T.Context())
	defer stop()
	type outcome struct {
		load.Result
		err error
	}
	ended := make(chan outcome)
	go func() {
		result, err := load.Run(ctx, load.Options{URL: a.page, Workers: 4, Duration: time.Minute, Dial: a.Host.DialContext})
		ended <- outcome{result, err}
	}()
	for version := 2; version < 6; version++ {
		a.change(fmt.Sprint(version), "true")
		a.answers(fmt.Sprint(version))
		a.rests()
	}
	stop()
	o := <-ended
	if !errors.Is(o.err, context.Canceled) || o.Failures > 0 || o.Requests < 200 {
		a.Host.T.Errorf("%d of %d requests were lost: %v %v", o.Failures, o.Requests, o.Result, o.err)
	}
}

// stopped: a change starts nothing that was stopped, and the watch outlives a
// restart of everything.
func stopped(u *scene.User) {
	a := enabled(u, "halt", wsgiCode, wsgi, "[watch]\npaths = [\"version\"]")
	a.answers("1")
	a.OK("stop", "halt")
	a.change("2", "true")
	time.Sleep(1500 * time.Millisecond)
	a.says(3, "inactive", "version, stopped")
	a.OK("start", "halt")
	a.answers("2")
	a.Sh("systemctl --user restart halt.target")
	a.change("3", "true")
	a.OK("restart", "halt")
	a.answers("3")
	a.rests()
	a.change("4", "true")
	a.answers("4")
}

func preloads(u *scene.User) {
	u.Write("preload/gunicorn.conf.py", "preload_app = True\n")
	a := enabled(u, "preload", wsgiCode, wsgi, "[watch]\npaths = [\"version\"]")
	a.change("2", "true")
	a.answers("2")
	a.Fails(1, []string{"reload", "preload"}, "no process of it can take up new code while it runs")
}
