//go:build machine

package watch

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"ecounit/test/load"
	"ecounit/test/machine"
	"ecounit/test/scene"
)

// TestMain: by default as many tests run at a time as there are processors, and
// these do nothing but wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// tests are apps and what is tried with them. Essential ones are tried with
// every systemd.
var tests = []struct {
	name              string
	essential         bool
	before            string // a shell command
	folder, code, app string
	try               func(*app)
}{
	{"files and folders", true, "true", "files", wsgiCode, wsgi + "[process.worker]\ncommand = \"sleep infinity\"\n[watch]\npaths = [\"app.py\", \"tmp/restart.txt\", \"pages\"]", files},
	{"a broken wsgi app", true, "true", "wsgi", wsgiCode, wsgi + watchCode, broken},
	{"a broken asgi app", true, "true", "asgi", asgiCode, asgi + watchCode, broken},
	{"a broken command", false, "true", "command", serverCode, "[web]\ncommand = \"python3 app.py\"\n" + watchCode, brokenCommand},
	{"the last change counts", true, "true", "last", wsgiCode, wsgi + watchVersion, lastChange},
	{"the strict sandbox", true, "true", "strict", wsgiCode, wsgi + "[sandbox]\nlevel = \"strict\"\n" + watchVersion, strict},
	{"an app that is stopped", false, "true", "halt", wsgiCode, wsgi + watchVersion, stopped},
	{"gunicorn that preloads", false, "mkdir preload && echo 'preload_app = True' > preload/gunicorn.conf.py", "preload", wsgiCode, wsgi + watchVersion, preloads},
	{"git", false, "git init -q repo && cd repo && printf 1 > version && git add . && git commit -qm one", "repo", wsgiCode, wsgi + "[watch]\ngit = true", commits},
	{"a worktree of git", false, "git init -q main-tree && cd main-tree && git commit -q --allow-empty -m one && git worktree add -q -b side ../side-tree", "side-tree", wsgiCode, wsgi + "[watch]\ngit = true", worktree},
}

const (
	watchCode    = "[watch]\npaths = [\"app.py\"]\n"
	watchVersion = "[watch]\npaths = [\"version\"]\n"
)

// TestWatch: most of it is waiting, so all apps change at the same time. All
// are enabled before: while systemd reads its units again, it sees no change.
func TestWatch(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Bullseye, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			t.Parallel()
			options, all := machine.Options{Suite: suite}, suite == machine.Bookworm
			if all {
				git, err := machine.Packages(t.Context(), suite, "git")
				if err != nil {
					t.Fatal(err)
				}
				options.Layers = []string{git}
			}
			h := scene.NewWith(t, options)
			alice := h.User("alice")
			h.Must(h.Linger(t.Context(), "alice"))
			if all {
				alice.Sh("git config --global user.name Alice; git config --global user.email alice@example.org; git config --global init.defaultBranch main")
			}
			apps := map[string]*app{}
			for _, test := range tests {
				if all || test.essential {
					apps[test.name] = enabled(alice, test.before, test.folder, test.code, test.app)
				}
			}
			t.Run("all", func(t *testing.T) {
				for _, test := range tests {
					if a, made := apps[test.name]; made {
						t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
							t.Parallel()
							test.try(a.in(t))
						})
					}
				}
			})
			alice.OK("disable", "files")
			if left := alice.Sh("systemctl --user list-units --all --no-legend 'files*'"); left != "" {
				t.Errorf("left behind: %s", left)
			}
			if all { // apart, for it slows down the rest
				t.Run("load", func(t *testing.T) { underLoad(alice.In(t)) })
				t.Run("page", func(t *testing.T) { thePage(alice.In(t)) })
			}
		})
	}
}

// files: each kind of change is taken up, and each once.
func files(a *app) {
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
}

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
func brokenCommand(a *app) {
	a.answers("1")
	a.change("2", "sed -i '1i import flux_capacitor' app.py")
	a.Host.Soon(20*time.Second, func(context.Context) error {
		if out := a.Run("status", a.name).Stdout; !strings.Contains(out, "did not come up with the change") {
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
func lastChange(a *app) {
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

func strict(a *app) {
	a.answers("1")
	a.change("2", "true")
	a.answers("2")
	a.rests()
	a.says(0, "is in use")
}

func commits(a *app) {
	a.Sh("cd repo && git add . && git commit -qm app")
	a.Sh("git clone -q repo upstream && git -C repo remote add upstream ~/upstream")
	a.rests()
	before := a.taken()
	for i, script := range []string{
		"git commit -qam two",
		"git checkout -q -b side HEAD~1 -f && printf 3 > version && git commit -qam three",
		"git checkout -qf main && printf 4 > version && git commit -qam four",
		"git checkout -qf . && (cd ../upstream && git pull -q && printf 5 > version && git commit -qam five) && git pull -q --ff-only upstream main",
		// Three commits are picked one after the other.
		"git checkout -qf -b top HEAD~1 && for i in 1 2 3; do echo $i > n$i; git add n$i; git commit -qm n$i; done && git checkout -q version && git rebase -q main && printf 6 > version && git commit -qam six",
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

func worktree(a *app) {
	const commit = "git commit -q -m more"
	a.change("2", "git add . && "+commit)
	a.answers("2")
	a.rests()
	a.Sh("cd main-tree && " + commit + " --allow-empty")
	a.change("3", "git checkout -q -b other")
	a.answers("3")
	a.rests()
	if got := a.taken(); got != 2 {
		a.Host.T.Errorf("%d changes were taken up, not 2: those of the other worktree do not count", got)
	}
	a.Write("nogit/app.py", wsgiCode)
	a.Write("nogit/ecounit.toml", "name = \"nogit\"\n[python]\ninterpreter = \"/usr/bin/python3\"\n"+wsgi+"[watch]\ngit = true\n")
	a.Fails(1, []string{"enable", "./nogit"}, "`watch.git`: /home/alice/nogit is not in a git repository", "git init")
}

// underLoad: changes lose no request, where the server reloads and where it
// restarts.
func underLoad(u *scene.User) {
	apps := []*app{
		enabled(u, "true", "wsgi-load", wsgiCode, wsgi+watchVersion),
		enabled(u, "true", "asgi-load", asgiCode, asgi+"workers = 2\n"+watchVersion),
	}
	ctx, stop := context.WithCancel(u.Host.T.Context())
	defer stop()
	type outcome struct {
		load.Result
		err error
	}
	ended := make(chan outcome)
	for _, a := range apps {
		go func() {
			result, err := load.Run(ctx, load.Options{URL: a.page, Workers: 2, Duration: time.Minute, Dial: a.Host.DialContext})
			ended <- outcome{result, err}
		}()
	}
	for version := 2; version < 5; version++ {
		for _, a := range apps {
			a.change(fmt.Sprint(version), "true")
		}
		for _, a := range apps {
			a.answers(fmt.Sprint(version))
			a.rests()
		}
	}
	stop()
	for range apps {
		o := <-ended
		if !errors.Is(o.err, context.Canceled) || o.Failures > 0 || o.Requests < 100 {
			u.Host.T.Errorf("%d of %d requests were lost: %v %v", o.Failures, o.Requests, o.Result, o.err)
		}
	}
}

// thePage: what docs/watch.md says to write and to type works, and so does a
// change of what is watched.
func thePage(u *scene.User) {
	page, err := os.ReadFile("../../docs/watch.md")
	u.Host.Must(err)
	block := func(language string) string {
		_, rest, _ := strings.Cut(string(page), "```"+language+"\n")
		text, _, found := strings.Cut(rest, "```\n")
		if !found {
			u.Host.T.Fatalf("docs/watch.md has no %s", language)
		}
		return text
	}
	u.Sh("python3 -m venv --system-site-packages --without-pip flasktasks/.venv")
	u.Write("flasktasks/version", "1")
	u.Write("flasktasks/wsgi.py", strings.ReplaceAll(wsgiCode, "def app", "def application"))
	u.Write("flasktasks/ecounit.toml", block("toml"))
	u.OK("enable", "./flasktasks")
	a := found(u, "flasktasks", "flasktasks")
	a.change("2", "mkdir tmp && "+block("sh"))
	a.answers("2")
	a.rests()
	u.Sh(`cd flasktasks && sed -i 's|"tmp/restart.txt"|"version"|' ecounit.toml`)
	u.OK("enable", "flasktasks")
	a.change("3", "true")
	a.answers("3")
	a.rests()
	a.says(0, "version; the change")
}

// stopped: a change starts nothing that was stopped, and the watch outlives a
// restart of everything.
func stopped(a *app) {
	a.answers("1")
	a.change("1", "true")
	time.Sleep(300 * time.Millisecond) // it is being waited for more
	a.OK("stop", "halt")
	a.change("2", "true")
	time.Sleep(1500 * time.Millisecond)
	if failed := a.Sh("systemctl --user list-units --failed --no-legend 'halt*'"); failed != "" {
		a.Host.T.Errorf("failed by being stopped: %s", failed)
	}
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

func preloads(a *app) {
	a.change("2", "true")
	a.answers("2")
	a.Fails(1, []string{"reload", "preload"}, "no process of it can take up new code while it runs")
}
