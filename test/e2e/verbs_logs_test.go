//go:build machine

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"ecounit/test/machine"
)

// hostileOutput prints what could do something to a terminal, or to a reader
// that takes it for text.
const hostileOutput = `
import sys, time
out = sys.stdout.buffer
out.write(b"title \x1b]0;pwned\x07 end\n")
out.write(b"clear \x1b[2J\x1b[H\x1b[31mred\x1b[0m end\n")
out.write(b"one byte \xc2\x9b2J end\n")
out.write(b"invalid \xff\xfe\x80 end\n")
out.write(b"nul a\x00b end\n")
out.write(b"over\rwritten\x08\x7f end\n")
out.write("bidi \u202egnp.exe\u2066 end\n".encode())
out.write("gr\u00fc\u00dfe \U0001f600 end\n".encode())
out.write(b"long " + b"x" * 200000 + b" end\n")
out.write(b"the last of it\n")
out.flush()
if len(sys.argv) > 1:
    sys.exit(int(sys.argv[1]))
time.sleep(10000)
`

func TestLogs(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("talk", "hello", "workers = 1",
		"[process.echo]", `command = ["tail", "-n", "+1", "-f", "lines"]`,
		"[process.worker]", `command = ["sh", "-c", "echo working; exec sleep 10000"]`, "instances = 2",
		"[process.hostile]", `command = "python3 hostile.py"`,
		"[process.quiet]", `command = "sleep 10000"`)
	alice.Write(dir+"/hostile.py", hostileOutput)
	alice.Write(dir+"/lines", "")
	alice.OK("enable", "./talk")
	alice.Sh("printf 'one\ntwo\nthree\n' >> talk/lines && until ecounit logs talk -p echo | grep -q three; do :; done")
	for _, step := range []struct {
		name string
		test func(*user)
	}{
		{"lines", logsLines},
		{"since", logsSince},
		{"processes", logsProcesses},
		{"json", logsJSON},
		{"hostile", logsHostile},
		{"hostile failures", logsHostileFailures},
		{"nothing there", logsNothingThere},
		{"follow", logsFollow},
		{"follow into a pipe", logsFollowIntoPipe},
		{"forgotten", logsForgotten},
		{"volatile", logsVolatile},
	} {
		t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
	}
}

// printed is what logs prints on stdout, line by line.
func (u *user) printed(words ...string) []string {
	u.host.t.Helper()
	r := u.Run(append([]string{"logs"}, words...)...)
	if r.Code != 0 || r.Stderr != "" {
		u.host.t.Fatalf("logs %q: exit %d %s%s", words, r.Code, r.Stdout, r.Stderr)
	}
	return slices.Collect(strings.Lines(r.Stdout))
}

func logsLines(alice *user) {
	t := alice.host.t
	for n, want := range map[int][]string{0: nil, 1: {"three"}, 2: {"two", "three"}, 3: {"one", "two", "three"}} {
		got := alice.printed("talk", "-p", "echo", "-n", fmt.Sprint(n))
		if len(got) != len(want) {
			t.Errorf("-n %d: %q", n, got)
			continue
		}
		for i, line := range got {
			if !strings.HasSuffix(line, "echo  "+want[i]+"\n") {
				t.Errorf("-n %d: %q, want %q", n, line, want[i])
			}
		}
	}
	alice.Fails(2, []string{"logs", "talk", "-n", "many"}, "many")
	if r, err := alice.Dir("/home/alice/talk").Exec(t.Context(), "ecounit", "logs", "-n", "1", "-p", "echo"); err != nil || !strings.HasSuffix(r.Stdout, "three\n") {
		t.Errorf("in its folder: %+v %v", r, err)
	}
}

func logsSince(alice *user) {
	t := alice.host.t
	if got := alice.printed("talk", "-p", "echo", "--since", "1 hour ago"); len(got) < 3 || !strings.HasSuffix(got[len(got)-1], "three\n") {
		t.Errorf("since an hour ago: %q", got)
	}
	if got := alice.printed("talk", "--since", "1 hour ago", "-n", "1", "-p", "echo"); len(got) != 1 || !strings.HasSuffix(got[0], "three\n") {
		t.Errorf("the last since an hour ago: %q", got)
	}
	if got := alice.printed("talk", "--since", "+1h"); len(got) != 0 {
		t.Errorf("since the future: %q", got)
	}
	alice.Fails(1, []string{"logs", "talk", "--since", "teatime"}, `"teatime" is not a time`, "1 hour ago")
}

func logsProcesses(alice *user) {
	t := alice.host.t
	seen := map[string]bool{}
	for _, line := range alice.printed("talk", "-n", "1000") {
		process, _, _ := strings.Cut(line[len("2026-11-23 09:00:00 "):], "  ")
		seen[process] = true
	}
	for _, process := range []string{"web", "worker@1", "worker@2", "echo", "hostile", "quiet"} {
		if !seen[process] {
			t.Errorf("nothing of %s among %v", process, seen)
		}
	}
	for process, want := range map[string]int{"worker": 2, "worker@1": 1, "worker@2": 1, "quiet": 0} {
		text := strings.Join(alice.printed("talk", "-p", process), "")
		if got := strings.Count(text, "  working\n"); got != want {
			t.Errorf("%s printed %d times:\n%s", process, got, text)
		}
	}
	alice.Fails(2, []string{"logs", "talk", "-p", "worker@3"}, `talk has no process "worker@3"`, "its processes are echo, hostile, quiet, web, worker")
	alice.Fails(2, []string{"logs", "talk", "-p", "late"}, `talk has no process "late"`)
}

func logsJSON(alice *user) {
	t := alice.host.t
	units, systemd := map[string]string{}, 0
	for _, line := range alice.printed("talk", "--json", "-n", "1000") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || len(entry) != 6 {
			t.Fatalf("%v in %q", err, line)
		}
		at, err := time.Parse(time.RFC3339Nano, entry["time"].(string))
		if err != nil || time.Since(at) > time.Hour {
			t.Errorf("%v: %v", at, err)
		}
		units[entry["process"].(string)] = entry["unit"].(string)
		if entry["systemd"].(bool) {
			systemd++
		} else if entry["pid"].(float64) < 2 {
			t.Errorf("no process id: %q", line)
		}
	}
	for process, unit := range map[string]string{"web": "talk.service", "worker@2": "talk-worker@2.service", "echo": "talk-echo.service"} {
		if units[process] != unit {
			t.Errorf("%s is %q", process, units[process])
		}
	}
	if systemd == 0 {
		t.Error("systemd has said nothing")
	}
}

// harmless fails when a text could do more to a terminal than to print.
func (h *host) harmless(text string) {
	h.t.Helper()
	if !utf8.ValidString(text) {
		h.t.Errorf("not UTF-8: %.2000q", text)
	}
	for i, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			h.t.Fatalf("%q in %q", r, text[max(0, i-40):min(len(text), i+40)])
		}
	}
}

func logsHostile(alice *user) {
	t := alice.host.t
	text := strings.Join(alice.printed("talk", "-p", "hostile", "-n", "1000"), "")
	alice.host.harmless(text)
	alice.host.Contains(text, `title \x1b]0;pwned\x07 end`, `\x1b[2J`, "red end", `one byte \x9b2J end`, `invalid \xff\xfe\x80 end`,
		"nul a", "b end", `over\x0dwritten\x08\x7f end`, `bidi \u202egnp.exe\u2066 end`, "grüße 😀 end", "the last of it")
	if n := strings.Count(text, "x") - strings.Count(text, `\x`); n < 200000 {
		t.Errorf("%d bytes of the long line", n)
	}
	for _, line := range alice.printed("talk", "-p", "hostile", "-n", "1000", "--json") {
		if !json.Valid([]byte(line)) || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return r < ' ' }) {
			t.Errorf("%q", line)
		}
	}
	terminal := alice.Sh("script -qec 'ecounit logs talk -p hostile -n 1000' /dev/null")
	alice.host.Contains(terminal, `title \x1b]0;pwned\x07 end`, `over\x0dwritten\x08\x7f end`)
}

// logsHostileFailures: other commands show the last lines of what failed.
func logsHostileFailures(alice *user) {
	alice.Sh("mkdir -p spit && cp talk/hostile.py spit/")
	alice.descriptor("/home/alice/spit", `name = "spit"`, "[process.it]", `command = "python3 hostile.py 3"`)
	r := alice.Run("enable", "./spit")
	alice.host.harmless(r.Stdout + r.Stderr)
	alice.host.Contains(r.Stderr, "exited with status 3", `title \x1b]0;pwned\x07 end`, "the last of it")
}
