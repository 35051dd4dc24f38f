package plan

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Watch is what counts as a change of the code, and what is done about one.
type Watch struct {
	Paths  []string `json:"paths"`           // absolute, sorted
	Git    []string `json:"git,omitempty"`   // the files of the git repository, absolute, sorted
	Settle []string `json:"settle"`          // the command that waits for the end of the changes
	Check  []string `json:"check,omitempty"` // the command that fails when the new code does not load; none for other servers
	Apply  []string `json:"apply"`           // the command that has the app take up the new code
}

// WatchPaths are the names of the units that notice changes, one for each path.
// In one unit, systemd forgets what it has seen of the others whenever
// something comes into the folder of a path that does not exist.
func (p *Plan) WatchPaths() []string {
	var names []string
	if p.Watch != nil {
		for i := range p.Watch.All() {
			name := WatchPathOf(p.Name)
			if i > 0 {
				name = p.Name + "-watch-" + strconv.Itoa(i+1) + ".path"
			}
			names = append(names, name)
		}
	}
	return names
}

// WatchPathOf is the first of the WatchPaths of the app with that name.
func WatchPathOf(app string) string { return app + "-watch.path" }

// WatchService is the name of the service that the path units start.
func (p *Plan) WatchService() string { return WatchServiceOf(p.Name) }

// WatchServiceOf is the WatchService of the app with that name.
func WatchServiceOf(app string) string { return app + "-watch.service" }

// WatchApply is the name of the service that has the app take up a change.
func (p *Plan) WatchApply() string { return WatchApplyOf(p.Name) }

// WatchApplyOf is the WatchApply of the app with that name.
func WatchApplyOf(app string) string { return app + "-watch-apply.service" }

// WatchFacts are the answer about what is watched.
type WatchFacts struct {
	Paths []File // answers Needs.Watch
	Git   GitFacts
}

// GitFacts are the files of a git repository of which one changes whenever the
// repository moves to another commit.
type GitFacts struct {
	Files   []string // absolute
	Problem string
	Hint    string
}

// All are the paths that are watched.
func (w *Watch) All() []string { return sortedPaths(slices.Concat(w.Paths, w.Git)) }

func sortedPaths(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

func (b *builder) watch() {
	w, facts := b.d.Watch, b.facts.Watch
	if w == nil {
		return
	}
	if len(b.plan.Services) == 0 {
		b.fail("watch", "a job reads its code each time it runs", "[watch] restarts [web] and [process.NAME], and there is neither")
		return
	}
	watch := &Watch{Paths: []string{}, Settle: []string{b.facts.Ecounit, "watch", "settle", b.d.Name}}
	for i, file := range facts.Paths {
		key := fmt.Sprintf("watch.paths[%d]", i)
		if file.Problem != "" {
			b.fail(key, file.Hint, "`watch.paths`: %s", file.Problem)
		}
		if dir := b.plan.Directory; file.Path == dir || strings.HasPrefix(dir, strings.TrimSuffix(file.Path, "/")+"/") {
			b.warn(key, `name the files themselves, or a file that you touch, as in "tmp/restart.txt"`,
				"`watch.paths`: what the app itself writes in %s restarts it, too", file.Path)
		}
		watch.Paths = append(watch.Paths, file.Path)
	}
	if w.Git {
		if facts.Git.Problem != "" {
			b.fail("watch.git", facts.Git.Hint, "`watch.git`: %s", facts.Git.Problem)
		}
		watch.Git = sortedPaths(facts.Git.Files)
	}
	watch.Paths = sortedPaths(watch.Paths)
	if len(watch.All()) == 0 && facts.Git.Problem == "" {
		b.fail("watch.paths", `write paths = ["tmp/restart.txt"], or git = true`, "`watch.paths` is empty")
	}
	watch.Settle = append(watch.Settle, watch.All()...)
	watch.Apply = []string{b.facts.Ecounit, "watch", "apply"}
	for _, s := range b.plan.Services {
		if s.ReloadHUP {
			watch.Apply = append(watch.Apply, "--reload", b.plan.UnitFile(s))
		}
	}
	watch.Apply = slices.Concat(watch.Apply, []string{b.d.Name}, b.plan.AllServices())
	watch.Check = b.check()
	b.plan.Watch = watch
}

// uvicornCheck loads an app the way uvicorn does.
//
//go:embed uvicorn_check.py
var uvicornCheck string

// check loads the app as its server will, and does nothing more.
func (b *builder) check() []string {
	argv := b.plan.Services[0].Argv // the web process, where there is one
	switch {
	case b.d.Web == nil:
	case b.d.Web.WSGI != "":
		app := len(argv) - 1
		return slices.Concat(argv[:app], []string{"--check-config"}, argv[app:])
	case b.d.Web.ASGI != "":
		return slices.Concat([]string{argv[0], "-c", uvicornCheck, withCallable(b.d.Web.ASGI, "app")})
	}
	return nil
}
