package inside

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Sides take turns, and the first round does not count.
func TestTimeAlternates(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	log := filepath.Join(t.TempDir(), "log")
	side := func(name string) Side {
		return Side{
			Command: Command{User: "root", Dir: "/", Argv: []string{"sh", "-c", "echo run " + name + " >> " + log}},
			Before:  "echo before " + name + " >> " + log,
		}
	}
	took, err := Time(t.Context(), Race{Rounds: 2, Sides: []Side{side("a"), side("b")}})
	if err != nil || len(took) != 2 || len(took[0]) != 2 || took[1][1] <= 0 {
		t.Fatalf("got %v, %v", took, err)
	}
	text, err := os.ReadFile(log)
	if want := strings.Repeat("before a\nrun a\nbefore b\nrun b\n", 3); err != nil || string(text) != want {
		t.Errorf("%v:\n%s", err, text)
	}
	failing := Side{Command: Command{User: "root", Dir: "/", Argv: []string{"sh", "-c", "echo no >&2; exit 3"}}}
	if _, err := Time(t.Context(), Race{Rounds: 1, Sides: []Side{failing}}); err == nil || !strings.Contains(err.Error(), "exit status 3: no") {
		t.Errorf("got %v", err)
	}
}

func TestRateRefusesFailures(t *testing.T) {
	var failing atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if failing.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	race := Rivals{URLs: []string{server.URL, server.URL}, Rounds: 2, Each: 20 * time.Millisecond, Workers: 2}
	rates, err := Rate(t.Context(), race)
	if err != nil || len(rates) != 2 || len(rates[0]) != 2 || rates[0][0] <= 0 {
		t.Errorf("got %v, %v", rates, err)
	}
	failing.Store(true)
	if _, err := Rate(t.Context(), race); err == nil || !strings.Contains(err.Error(), "status 503") {
		t.Errorf("got %v", err)
	}
}

func TestProcessesSeesOthers(t *testing.T) {
	all, err := Processes(context.Background(), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.PID == os.Getppid() {
			if p.RSS == 0 || p.Command == "" || !filepath.IsAbs(p.Program) {
				t.Errorf("got %+v", p)
			}
			return
		}
	}
	t.Errorf("this test's parent is not among %d processes", len(all))
}
