package detect

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

func TestGit(t *testing.T) {
	const (
		app   = "/home/alice/tasks"
		clone = app + "/.git/"
	)
	onBranch := map[string]string{clone + "HEAD": "ref: refs/heads/main\n", clone + "logs/HEAD": "x\n", clone + "refs/heads/main": "x\n"}
	with := func(more map[string]string) map[string]string { return all(onBranch, more) }
	for name, test := range map[string]struct {
		files   map[string]string
		folder  string
		want    []string
		problem string
	}{
		"a clone":                  {files: onBranch, want: []string{clone + "logs/HEAD"}},
		"a folder in it":           {files: with(map[string]string{app + "/a/b/": ""}), folder: app + "/a/b", want: []string{clone + "logs/HEAD"}},
		"a link to it":             {files: with(map[string]string{"/srv/now": "-> " + app}), folder: "/srv/now", want: []string{clone + "logs/HEAD"}},
		"nothing committed yet":    {files: map[string]string{clone + "HEAD": "ref: refs/heads/main\n"}, want: []string{clone + "logs/HEAD"}},
		"no logs":                  {files: map[string]string{clone + "HEAD": "ref: refs/heads/a/b\n", clone + "refs/heads/a/b": "x\n"}, want: []string{clone + "HEAD", clone + "logs/HEAD", clone + "packed-refs", clone + "refs/heads", clone + "refs/heads/a"}},
		"no logs, on no branch":    {files: map[string]string{clone + "HEAD": "0123\n"}, want: []string{clone + "HEAD", clone + "logs/HEAD", clone + "packed-refs", clone + "refs/heads"}},
		"no logs, packed":          {files: map[string]string{clone + "HEAD": "ref: refs/heads/main\n", clone + "packed-refs": "x\n"}, want: []string{clone + "HEAD", clone + "logs/HEAD", clone + "packed-refs", clone + "refs/heads", clone + "refs/heads"}},
		"a branch out of the tree": {files: map[string]string{clone + "HEAD": "ref: ../../../bob\n", clone + "packed-refs": "x\n"}, want: []string{clone + "HEAD", clone + "logs/HEAD", clone + "packed-refs", clone + "refs/heads"}},
		"refs in tables":           {files: with(map[string]string{clone + "reftable/": ""}), want: []string{clone + "reftable/tables.list", clone + "reftable/tables.list"}},
		"a worktree": {
			files: map[string]string{
				app + "/.git":                                     "gitdir: /home/alice/main/.git/worktrees/tasks\n",
				"/home/alice/main/.git/HEAD":                      "ref: refs/heads/main\n",
				"/home/alice/main/.git/refs/heads/me":             "x\n",
				"/home/alice/main/.git/worktrees/tasks/HEAD":      "ref: refs/heads/me\n",
				"/home/alice/main/.git/worktrees/tasks/commondir": "../..\n",
				"/home/alice/main/.git/worktrees/tasks/logs/HEAD": "x\n",
			},
			want: []string{"/home/alice/main/.git/worktrees/tasks/logs/HEAD"},
		},
		"a worktree without logs": {
			files: map[string]string{
				app + "/.git":                                     "gitdir: ../main/.git/worktrees/tasks\n",
				"/home/alice/main/.git/refs/heads/me":             "x\n",
				"/home/alice/main/.git/worktrees/tasks/HEAD":      "ref: refs/heads/me\n",
				"/home/alice/main/.git/worktrees/tasks/commondir": "../..\n",
			},
			want: []string{
				"/home/alice/main/.git/packed-refs", "/home/alice/main/.git/refs/heads", "/home/alice/main/.git/refs/heads",
				"/home/alice/main/.git/worktrees/tasks/HEAD", "/home/alice/main/.git/worktrees/tasks/logs/HEAD",
			},
		},
		"a submodule":                {files: map[string]string{app + "/.git": "gitdir: ../.git/modules/tasks\n", "/home/alice/.git/modules/tasks/HEAD": "ref: refs/heads/main\n"}, want: []string{"/home/alice/.git/modules/tasks/logs/HEAD"}},
		"no repository":              {files: map[string]string{app + "/": ""}, problem: app + " is not in a git repository"},
		"above the home":             {files: map[string]string{app + "/": "", "/home/.git/HEAD": "x\n", "/.git/HEAD": "x\n"}, problem: app + " is not in a git repository"},
		"outside of the home":        {files: map[string]string{"/srv/app/": "", "/srv/.git/HEAD": "ref: refs/heads/main\n"}, folder: "/srv/app", want: []string{"/srv/.git/logs/HEAD"}},
		"an empty folder .git":       {files: map[string]string{clone: ""}, problem: app + " is not in a git repository"},
		"a file that leads nowhere":  {files: map[string]string{app + "/.git": "gitdir: /gone\n"}, problem: app + "/.git leads to no git repository"},
		"a file of something else":   {files: map[string]string{app + "/.git": "\x00\x01"}, problem: app + "/.git leads to no git repository"},
		"a file with a control code": {files: map[string]string{app + "/.git": "gitdir: /a\x1b[31m\n"}, problem: app + "/.git leads to no git repository"},
	} {
		t.Run(name, func(t *testing.T) {
			m := fake(t, test.files)
			m.User.UID = os.Getuid()
			if test.folder == "" {
				test.folder = app
			}
			got := m.git(test.folder)
			slices.Sort(got.Files)
			if !slices.Equal(got.Files, test.want) || got.Problem != test.problem || (got.Hint == "") != (test.problem == "") {
				t.Errorf("got %q, %q\nwant %q, %q", got.Files, got.Problem, test.want, test.problem)
			}
		})
	}
}

// Whoever owns the repository can move its HEAD, and so restart the app.
func TestGitOfSomebodyElse(t *testing.T) {
	m := fake(t, map[string]string{"/srv/app/": "", "/srv/.git/HEAD": "ref: refs/heads/main\n"})
	if os.Getuid() != 0 {
		return // nobody else can give files away
	}
	chown := func(uid int, paths ...string) {
		for _, path := range paths {
			if err := os.Lchown(filepath.Join(m.Root, path), uid, uid); err != nil {
				t.Fatal(err)
			}
		}
	}
	chown(1000, "/srv", "/srv/app")
	chown(1002, "/srv/.git")
	if got := m.git("/srv/app"); !strings.Contains(got.Problem, "belongs to user bob") || len(got.Files) > 0 {
		t.Errorf("a repository of bob's around a folder of alice's: %+v", got)
	}
	chown(1002, "/srv")
	if got := m.git("/srv/app"); got.Problem != "" {
		t.Errorf("a project that is all bob's: %+v", got)
	}
}

// TestGitMovesWhatIsWatched asks git itself which files change.
func TestGitMovesWhatIsWatched(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("git is needed to build ecounit, and for this test:", err)
	}
	home := t.TempDir()
	m := Machine{User: plan.User{UID: os.Getuid(), Home: home}}
	run := func(folder string, words ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{
			"-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false", "-c", "gc.auto=0",
		}, words...)...)
		cmd.Env = append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(words, " "), err, out)
		}
	}
	for _, logs := range []string{"true", "false"} {
		origin, clone, tree := filepath.Join(home, "origin"+logs), filepath.Join(home, "clone"+logs), filepath.Join(home, "tree"+logs)
		run(home, "init", "-q", origin)
		run(origin, "commit", "-q", "--allow-empty", "-m", "one")
		run(home, "clone", "-q", origin, clone)
		run(clone, "config", "core.logAllRefUpdates", logs)
		if logs == "false" {
			if err := os.RemoveAll(filepath.Join(clone, ".git/logs")); err != nil {
				t.Fatal(err)
			}
		}
		run(clone, "worktree", "add", "-q", "-b", "side", tree)
		run(clone, "branch", "other", "HEAD")
		for _, step := range []struct {
			folder string
			words  []string
		}{
			{clone, []string{"commit", "-q", "--allow-empty", "-m", "two"}},
			{clone, []string{"commit", "-q", "--amend", "--allow-empty", "-m", "three"}},
			{clone, []string{"checkout", "-q", "other"}},
			{clone, []string{"checkout", "-q", "--detach"}},
			{clone, []string{"checkout", "-q", "main"}},
			{clone, []string{"reset", "-q", "--hard", "HEAD~1"}},
			{origin, nil},
			{clone, []string{"pull", "-q", "--ff-only"}},
			{clone, []string{"merge", "-q", "--no-ff", "-m", "four", "side"}},
			{tree, []string{"commit", "-q", "--allow-empty", "-m", "five"}},
			{tree, []string{"rebase", "-q", "main"}},
			{tree, []string{"checkout", "-q", "other"}},
		} {
			if step.words == nil {
				run(origin, "commit", "-q", "--allow-empty", "-m", "more")
				continue
			}
			if step.words[0] == "merge" {
				run(tree, "commit", "-q", "--allow-empty", "-m", "aside")
			}
			files := m.git(step.folder).Files
			before := stamps(t, files)
			time.Sleep(10 * time.Millisecond) // the grain of the times of files
			run(step.folder, step.words...)
			if after := stamps(t, files); slices.Equal(before, after) {
				t.Errorf("logs %s, git %s: none of %q changed", logs, strings.Join(step.words, " "), files)
			}
		}
	}
}

func stamps(t *testing.T, files []string) []string {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("nothing is watched")
	}
	var all []string
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			all = append(all, info.ModTime().String())
		} else {
			all = append(all, "none")
		}
	}
	return all
}

func TestWatched(t *testing.T) {
	m := fake(t, map[string]string{"/home/alice/app/file": "", "/home/alice/app/link": "-> gone/away"})
	for path, problem := range map[string]string{
		"/home/alice/app/file":            "",
		"/home/alice/app":                 "",
		"/home/alice/app/tmp/restart.txt": "",
		"/home/alice/app/link":            "",
		"/home/alice/app/file/below/it":   "cannot watch /home/alice/app/file/below/it: a part of its path is not a directory",
		"/" + strings.Repeat("x", 300):    "cannot watch /" + strings.Repeat("x", 300) + ": its name is too long",
	} {
		if got := m.watched(path); got.Problem != problem || got.Path != path {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

func TestGunicornThatPreloads(t *testing.T) {
	for conf, want := range map[string]bool{
		"preload_app = True\n": true, "workers = 2\n  preload_app=True # fast\n": true,
		"preload_app = False\n": false, "# preload_app = True\n": false, "": false,
	} {
		m := fake(t, map[string]string{"/home/alice/app/gunicorn.conf.py": conf})
		if got := m.preloads(plan.Needs{Python: &plan.PythonNeed{Modules: wsgi}}, "/home/alice/app"); got != want {
			t.Errorf("%q: %v", conf, got)
		}
	}
	m := fake(t, map[string]string{"/home/alice/app/.env": "GUNICORN_CMD_ARGS=--preload --threads 4\n"})
	if !m.preloads(plan.Needs{EnvFiles: []string{".env"}, Python: &plan.PythonNeed{Modules: wsgi}}, "/home/alice/app") {
		t.Error("an env file has it preload")
	}
	if m.preloads(plan.Needs{EnvFiles: []string{".env"}}, "/home/alice/app") {
		t.Error("there is no gunicorn")
	}
}
