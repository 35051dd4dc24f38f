package apply

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecounit/plan"
	"ecounit/units"
)

// host is a home directory with a manager that can be told to fail.
type testHost struct {
	*Machine
	manager *fakeManager
	status  *atomic.Int32 // what the app answers
	t       *testing.T
}

func newHost(t *testing.T) *testHost {
	t.Helper()
	status := &atomic.Int32{}
	status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	places := Places{Home: t.TempDir()}
	manager := &fakeManager{places: places, running: map[string]bool{}, loaded: map[string]string{}}
	return &testHost{
		t: t, manager: manager, status: status,
		Machine: &Machine{
			Places: places, Login: manager, Manager: manager,
			StaysUp:  10 * time.Millisecond,
			Progress: func(Step, Outcome) {},
			Logs:     func(context.Context, string, time.Time) []string { return []string{"boom"} },
			Web:      &plan.Web{Site: plan.Site{Port: number}, Health: "/", StartTimeout: 2 * time.Second},
		},
	}
}

// version is the app as one version of its descriptor wants it.
func (h *testHost) version(text string, services ...string) State {
	s := State{Linger: true, Enabled: true, Running: []string{"a.target"}}
	s.Units = []units.File{{Name: "a.target", Content: units.Stamp("a", "/d", "a.target", []byte("[Unit]\n"))}}
	for _, name := range services {
		s.Units = append(s.Units, units.File{Name: name, Content: units.Stamp("a", "/d", name, []byte("[Service]\nExecStart=/bin/"+text+"\n"))})
		s.Running = append(s.Running, name)
	}
	s.Running = union(s.Running, nil)
	sortUnits(s.Units)
	s.Records = []Record{
		{Path: h.AppLink("a"), Link: "/d"},
		{Path: h.PlanFile("a"), Content: []byte(text)},
	}
	return s
}

func (h *testHost) observe() State {
	h.t.Helper()
	s, err := h.Observe(context.Background(), "a", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *testHost) bring(to State) error {
	h.t.Helper()
	change := Change{App: "a", UnitDir: h.UnitDir(), From: h.observe(), To: to}
	previous, err := h.Interrupted("a")
	if err != nil {
		h.t.Fatal(err)
	}
	change.Previous, change.Interrupted = previous, previous != nil
	return h.Run(context.Background(), change)
}

// leftovers are all files in the home besides those of the state.
func (h *testHost) leftovers(s State) []string {
	h.t.Helper()
	known := map[string]bool{h.lockFile(): true, h.EnabledLink("a"): s.Enabled}
	for _, f := range s.Units {
		known[filepath.Join(h.UnitDir(), f.Name)] = true
	}
	for _, r := range s.Records {
		known[r.Path] = true
	}
	var left []string
	err := filepath.WalkDir(h.Home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[path] {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return left
}

func (h *testHost) mustBe(want State) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.observe()); diff != "" {
		h.t.Errorf("the machine is not in the state wanted (-want +got):\n%s", diff)
	}
	if left := h.leftovers(want); len(left) > 0 {
		h.t.Errorf("left behind: %v", left)
	}
	for _, f := range want.Units {
		if got := h.manager.loaded[f.Name]; got != string(f.Content) {
			h.t.Errorf("systemd has loaded another %s", f.Name)
		}
	}
}

func TestEnableChangeAndDisable(t *testing.T) {
	h := newHost(t)
	first, second := h.version("one", "a.service"), h.version("two", "a.service", "a-w.service")
	for _, to := range []State{first, second, second, first, {Linger: true}, first, {}} {
		if err := h.bring(to); err != nil {
			t.Fatal(err)
		}
		h.mustBe(to)
	}
}

func TestApplyingTwiceDoesNothing(t *testing.T) {
	h := newHost(t)
	if err := h.bring(h.version("one", "a.service")); err != nil {
		t.Fatal(err)
	}
	before := h.manager.changes
	if err := h.bring(h.version("one", "a.service")); err != nil {
		t.Fatal(err)
	}
	if h.manager.changes != before {
		t.Error("the second time asked systemd for a change")
	}
}

// TestEveryFailureLeavesThePreviousVersion lets each call that changes
// something fail in turn, for a first enable, a second version and a disable.
func TestEveryFailureLeavesThePreviousVersion(t *testing.T) {
	eachCall(t, func(t *testing.T, h *testHost, from, to State, call int) bool {
		h.manager.failAt = h.manager.changes + call
		err := h.bring(to)
		h.manager.failAt = 0
		if err == nil {
			h.mustBe(to)
			return false
		}
		if !errors.Is(err, errInjected) {
			t.Errorf("the error hides its cause: %v", err)
		}
		var failure *Failure
		if errors.As(err, &failure) && failure.Back != nil {
			t.Errorf("cannot go back: %v", failure.Back)
		}
		h.mustBe(from)
		return true
	})
}

// TestKilledAtAnyStepTheNextRunRepairs ends the run, without any of its
// clean-up, at each call in turn.
func TestKilledAtAnyStepTheNextRunRepairs(t *testing.T) {
	eachCall(t, func(t *testing.T, h *testHost, _, to State, call int) bool {
		h.manager.killAt = h.manager.changes + call
		killed := killedDuring(func() {
			if err := h.bring(to); err != nil {
				t.Fatal(err)
			}
		})
		h.manager.killAt = 0
		if err := h.bring(to); err != nil {
			t.Fatalf("the next run: %v", err)
		}
		h.mustBe(to)
		return killed
	})
}

// TestKilledAndThenUnhealthyGoesBackToTheVersionBefore: the half-made state
// must not be taken for something to go back to.
func TestKilledAndThenUnhealthyGoesBackToTheVersionBefore(t *testing.T) {
	eachCall(t, func(t *testing.T, h *testHost, from, to State, call int) bool {
		if len(to.Units) == 0 {
			return call < enoughCalls // after a disable there is nobody to ask
		}
		h.manager.killAt = h.manager.changes + call
		killed := killedDuring(func() { _ = h.bring(to) })
		h.manager.killAt = 0
		if !killed {
			return false
		}
		h.status.Store(http.StatusInternalServerError)
		err := h.bring(to)
		if err == nil {
			t.Fatal("an unhealthy version was accepted")
		}
		h.mustBe(from)
		return true
	})
}

// enoughCalls is what the shortest change makes.
const enoughCalls = 4

// eachCall runs a check for call 1, 2, 3 … of each kind of change until it
// says that there are no more calls.
func eachCall(t *testing.T, check func(t *testing.T, h *testHost, from, to State, call int) bool) {
	changes := []struct {
		name     string
		from, to func(*testHost) State
	}{
		{"first enable", func(*testHost) State { return State{} }, func(h *testHost) State { return h.version("one", "a.service") }},
		{"second version", func(h *testHost) State { return h.version("one", "a.service", "a-old.service") }, func(h *testHost) State { return h.version("two", "a.service", "a-new.service") }},
		{"disable", func(h *testHost) State { return h.version("one", "a.service") }, func(*testHost) State { return State{} }},
	}
	for _, c := range changes {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			for call := 1; call < 40; call++ {
				h := newHost(t)
				from := c.from(h)
				if err := h.bring(from); err != nil {
					t.Fatal(err)
				}
				if !check(t, h, from, c.to(h), call) {
					if call < enoughCalls {
						t.Errorf("only %d calls were tried", call)
					}
					return
				}
			}
			t.Error("there is no end of calls")
		})
	}
}

func TestUnhealthyVersionsAreRolledBack(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(h *testHost)
		want  string
	}{
		{"answers 500", func(h *testHost) { h.status.Store(500) }, "a.service answers 500"},
		{"answers 503 for ever", func(h *testHost) { h.status.Store(503) }, "a.service does not answer within 2s"},
		{"crashes", func(h *testHost) { h.manager.crashes = "two" }, "a.service does not stay up: exited with status 3"},
		{"does not listen", func(h *testHost) { h.Web.Site.Port = 1 }, "a.service does not answer within 2s"},
		{"somebody else listens", func(h *testHost) {
			h.Listener = func(int) (int, bool) { return 4711, true }
		}, "4711 listens on it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			from := h.version("one", "a.service")
			if err := h.bring(from); err != nil {
				t.Fatal(err)
			}
			tt.spoil(h)
			err := h.bring(h.version("two", "a.service"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got the error %v, want %q", err, tt.want)
			}
			var failure *Failure
			if !errors.As(err, &failure) || !failure.Previous || failure.Unit != "a.service" || len(failure.Log) == 0 {
				t.Errorf("the failure does not say all: %+v", failure)
			}
			h.mustBe(from)
		})
	}
}

func TestInterruptGoesBack(t *testing.T) {
	h := newHost(t)
	h.status.Store(http.StatusServiceUnavailable)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	err := h.Run(ctx, Change{App: "a", UnitDir: h.UnitDir(), From: h.observe(), To: h.version("one", "a.service")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	h.mustBe(State{})
}

func TestManagerThatDoesNotComeUpTurnsLingeringOffAgain(t *testing.T) {
	h := newHost(t)
	h.Manager = nil
	h.Connect = func(context.Context) (Manager, error) { return nil, errInjected }
	if err := h.bring(h.version("one", "a.service")); !errors.Is(err, errInjected) || strings.Contains(err.Error(), "linger-off") {
		t.Errorf("got %v", err)
	}
	if h.manager.lingers {
		t.Error("lingering stays on")
	}
	h.mustBe(State{})
}

func TestHandEditsAreNoticed(t *testing.T) {
	h := newHost(t)
	if err := h.bring(h.version("one", "a.service")); err != nil {
		t.Fatal(err)
	}
	if edited := h.observe().Edited(); len(edited) != 0 {
		t.Errorf("nothing was edited, got %v", edited)
	}
	path := filepath.Join(h.UnitDir(), "a.service")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "Nice=5\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if edited := h.observe().Edited(); len(edited) != 1 || edited[0] != "a.service" {
		t.Errorf("got %v", edited)
	}
}
