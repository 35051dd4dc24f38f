//go:build machine

package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// tail asks right after a process died, many times.
func (h host) tail() {
	for _, kind := range []struct{ name, script string }{
		{"short", "echo boom >&2; exit 1"},
		{"long", "seq 200; echo boom >&2; exit 1"},
		{"python", "exec python3 -c 'print(\"x\", flush=True); raise SystemExit(\"boom\")'"},
	} {
		const rounds = 15
		lost, slowest := 0, time.Duration(0)
		for i := range rounds {
			unit := fmt.Sprintf("%s%d.service", kind.name, i)
			entries, a := h.ask("bob", request{
				Do:    "tail",
				Query: Query{Units: []string{unit}, Lines: 5},
				Run:   append(systemdRun(unit), "sh", "-c", kind.script),
			})
			if len(entries) == 0 || entries[len(entries)-1].Message != "boom" {
				lost++
				h.t.Logf("%s: %+v %+v", unit, entries, a)
			}
			slowest = max(slowest, a.Took)
		}
		h.t.Logf("%s: the last line lost %d times in %d, at most %s", kind.name, lost, rounds, slowest)
		if lost > 0 {
			h.t.Errorf("%s: the last line lost %d times in %d", kind.name, lost, rounds)
		}
	}
	entries, a := h.ask("bob", request{
		Do: "tail", Query: Query{Units: []string{"gone.service"}, Lines: 5},
		Run: append(systemdRun("gone.service"), "-p", "WorkingDirectory=/nonexistent", "true"),
	})
	// Where among systemd's own lines the cause stands depends on which of
	// them the journal could attribute to the unit.
	if !slices.ContainsFunc(entries, func(e Entry) bool { return strings.Contains(e.Message, "directory") }) {
		h.t.Errorf("a unit that prints nothing: %+v %+v", entries, a)
	}
}

func (h host) follow() {
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	text, _ := json.Marshal(request{Do: "read", Query: Query{Units: []string{"live.service"}, Follow: true}})
	in, out := io.Pipe()
	reader, err := h.As("bob").WithManager().Env("ECOUNIT_JOURNAL="+string(text)).Stdout(out, nil).Start(ctx, binary)
	if err != nil {
		h.t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	time.Sleep(300 * time.Millisecond)
	begin := time.Now()
	unit := append(systemdRun("live.service"), "sh", "-c", "sleep 0.2; echo tick; sleep 1")
	if _, err := h.As("bob").WithManager().Start(ctx, unit...); err != nil {
		h.t.Fatal(err)
	}
	for line := range lines {
		if strings.Contains(line, `"tick"`) {
			h.t.Logf("a line came after %s, 0.2 s of them asleep", time.Since(begin))
			break
		}
	}
	if ctx.Err() != nil {
		h.t.Error("no line came")
	}
	// Killed, the reader cannot end its journalctl, which has to notice.
	_ = reader.Signal(os.Kill)
	go func() { _, _ = io.Copy(io.Discard, in) }()
	for range 50 {
		left, err := h.Exec(ctx, "pgrep", "-u", "bob", "journalctl")
		if err != nil {
			h.t.Fatal(err)
		}
		if left.Code == 1 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.t.Error("journalctl still runs")
}
