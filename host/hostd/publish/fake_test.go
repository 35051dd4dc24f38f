package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/disk/disktest"
	"ecounit/plan"
)

// fakeServer is a web server that reads a folder as Apache does, and can be
// told to fail.
type fakeServer struct {
	folder string

	mu        sync.Mutex
	stopped   bool
	broken    string                       // the administrator's own mistake
	refuses   func(name, text string) bool // of includes
	lacks     string                       // a module
	processes int
	failures  map[string]error // by call
	calls     []string
	probed    []uint64
	running   map[string]string // what it has loaded
}

func (f *fakeServer) call(name string) error {
	f.calls = append(f.calls, name)
	return f.failures[name]
}

func (f *fakeServer) Test(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.call("test"); err != nil {
		return "", err
	}
	return f.mistakes(), nil
}

func (f *fakeServer) mistakes() string {
	if f.broken != "" {
		return f.broken
	}
	files := f.files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if f.refuses != nil && f.refuses(name, files[name]) {
			return "AH00526: Syntax error on line 1 of " + name + ":\nInvalid command\n"
		}
	}
	return ""
}

// Reload loads the files; with a mistake in them it ends, as Apache does.
func (f *fakeServer) Reload(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.call("reload"); err != nil {
		return err
	}
	if f.mistakes() != "" {
		f.stopped = true
		return errors.New("the web server ended")
	}
	f.running = f.files()
	return nil
}

func (f *fakeServer) Running(context.Context) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.stopped, f.call("running")
}

func (f *fakeServer) Probe(_ context.Context, generation uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probed = append(f.probed, generation)
	if err := f.call("probe"); err != nil {
		return err
	}
	if got, _ := apache.ParseGeneration([]byte(f.running[apache.GenerationName])); got != generation {
		return fmt.Errorf("the web server answers with %d, not with %d", got, generation)
	}
	return nil
}

func (f *fakeServer) Processes(context.Context) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.processes, f.call("processes")
}

func (f *fakeServer) Modules(context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mistakes() != "" {
		return nil, errors.New("it cannot say")
	}
	return slices.DeleteFunc([]string{"alias", "headers", "proxy", "proxy_http", "setenvif"}, func(name string) bool { return name == f.lacks }), nil
}

// files are what the pattern *.conf finds, which skips hidden files.
func (f *fakeServer) files() map[string]string {
	files := map[string]string{}
	found, _ := filepath.Glob(filepath.Join(f.folder, "*.conf"))
	for _, path := range found {
		info, err := os.Lstat(path)
		if name := filepath.Base(path); err == nil && info.Mode().IsRegular() && !strings.HasPrefix(name, ".") {
			text, _ := os.ReadFile(path)
			files[name] = string(text)
		}
	}
	return files
}

// bench is a host without sites.
type bench struct {
	*testing.T
	*Publisher
	fake  *fakeServer
	limit int // of processes

	sites   []plan.Site // for changes
	changed int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	root := t.TempDir()
	web := host.Apache{Dir: filepath.Join(root, "httpd"), Version: apache.Version{Major: 2, Minor: 4, Patch: 62}}
	store := host.Store{Dir: filepath.Join(root, "state")}
	for _, dir := range []string{web.IncludeDir(), store.Dir} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	fake := &fakeServer{folder: web.IncludeDir(), failures: map[string]error{}, running: map[string]string{}}
	b := &bench{T: t, Publisher: New(store, web, fake), fake: fake, limit: 16}
	b.system = disktest.Fast{}
	return b
}

func (b *bench) publish(sites ...plan.Site) Result {
	b.Helper()
	result, err := b.Publish(b.Context(), Wanted{Sites: sites, ServerLimit: b.limit})
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// live expects these sites, and no others, to be live and loaded.
func (b *bench) live(result Result, ids ...string) {
	b.Helper()
	var live []string
	for id, o := range result.Sites {
		if o.Live {
			live = append(live, id)
		}
		if o.Live && o.Problem != "" {
			b.Errorf("%s is live, with the problem %q", id, o.Problem)
		}
		if o.Live && b.fake.running[id+".conf"] == "" {
			b.Errorf("%s is said to be live", id)
		}
	}
	slices.Sort(live)
	if !slices.Equal(live, ids) {
		b.Errorf("live are %v, not %v; %+v", live, ids, result)
	}
}

// did forgets the calls, and returns them.
func (b *bench) did() string {
	calls := strings.Join(b.fake.calls, " ")
	b.fake.calls = nil
	return calls
}

func (b *bench) expectCalls(want string) {
	b.Helper()
	if got := b.did(); got != want {
		b.Errorf("asked of the web server: %q, want %q", got, want)
	}
}

// everything is all files in a folder with what is in them, hidden ones too.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			files[entry.Name()] = entry.Type().String()
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

func (b *bench) includes() map[string]string { return everything(b.T, b.web.IncludeDir()) }

// tidy expects nothing but includes, the list of them and the lock.
func (b *bench) tidy() {
	b.Helper()
	for name := range b.includes() {
		if strings.HasPrefix(name, ".") {
			b.Errorf("left over: %s", name)
		}
	}
	for name := range everything(b.T, b.store.Dir) {
		if name != lockName && name != manifestName {
			b.Errorf("left over: %s", name)
		}
	}
}

func (b *bench) write(name, text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(b.web.IncludeDir(), name), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func site(app string, port int) plan.Site {
	return plan.Site{Owner: "alice", App: app, Path: "/alice_" + app, Port: port, Prefix: plan.PrefixKeep, Timeout: time.Minute}
}

// madeByUs is the line by which an include is known.
func madeByUs(t *testing.T) string {
	t.Helper()
	line, _, _ := strings.Cut(rendered(t, site("a", 8001)), "\n")
	return line + "\n"
}

func rendered(t *testing.T, s plan.Site) string {
	t.Helper()
	file, err := apache.Render(s, apache.Version{Major: 2, Minor: 4, Patch: 62})
	if err != nil {
		t.Fatal(err)
	}
	return string(file.Content)
}
