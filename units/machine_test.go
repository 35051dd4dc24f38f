//go:build machine

package units_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecounit/test/machine"
	"ecounit/units"
)

// The tests in this file compare, byte for byte, what was set with what a real
// systemd of each release understood and what a process really got.
//
// What differs between 247, 252 and 257, as far as unit files of ours go:
//   - names in paths of more than 255 bytes: 247 loads them, 252 and 257
//     ignore the setting. Refused for all.
//   - bytes that are not UTF-8 in a command line reach the process on all
//     three, but the property cannot be read: 252 and 257 answer EINVAL, 247
//     is thrown off the bus. Refused for all.
//   - a path whose mount unit would have a name of more than 255 bytes, in
//     WorkingDirectory=, RequiresMountsFor=, PathChanged= or ListenStream=: 247
//     loads nothing of the unit. Refused for versions before 251.
//   - white space at the end of a program's path and of StandardOutput=append:
//     gets lost on 257, on the way to systemd-executor. Refused for all.
//   - WorkingDirectory=~ reads back as "!~" before 257.

// roundTrips is how many units of hostile values are loaded, runs how many of
// such are started.
const (
	roundTrips = 300
	runs       = 40
)

const unitDir = ".config/systemd/user"

// host is a booted machine with one lingering user, bob.
type host struct {
	*machine.Machine
	t   *testing.T
	bob machine.User
}

// onEachSystemd runs a test on every release. ECOUNIT_SEED repeats a run.
func onEachSystemd(t *testing.T, test func(host, hostile)) {
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("ECOUNIT_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			t.Logf("ECOUNIT_SEED=%d", seed)
			h := host{Machine: machine.New(t, suite), t: t}
			if err := h.AddUser(t.Context(), "bob"); err != nil {
				t.Fatal(err)
			}
			if err := h.Linger(t.Context(), "bob"); err != nil {
				t.Fatal(err)
			}
			h.bob = h.As("bob").WithManager()
			test(h, hostile{rand.New(rand.NewPCG(seed, 0)), suite.SystemdVersion()})
		})
	}
}

// load brings units, and other files below the home directory, to the machine.
func (h host) load(home string) {
	h.t.Helper()
	if err := h.CopyDir(h.t.Context(), home, "/home/bob", "bob"); err != nil {
		h.t.Fatal(err)
	}
	h.output("systemctl", "--user", "daemon-reload")
}

// output runs a command of bob's that has to succeed.
func (h host) output(argv ...string) string {
	h.t.Helper()
	out, err := h.bob.Output(h.t.Context(), argv...)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// properties reads the same properties of many units. The result has one JSON
// value a property, as busctl prints it.
func (h host) properties(names []string, kind string, properties ...string) [][]json.RawMessage {
	h.t.Helper()
	const script = `while read -r object; do busctl --user --json=short get-property org.freedesktop.systemd1 \
		"/org/freedesktop/systemd1/unit/$object" "org.freedesktop.systemd1.$@" || exit 1; done`
	var objects strings.Builder
	for _, name := range names {
		objects.WriteString(busLabel(name) + "\n")
	}
	argv := append([]string{"/bin/sh", "-c", script, "sh", kind}, properties...)
	text, err := h.bob.Stdin(strings.NewReader(objects.String())).Output(h.t.Context(), argv...)
	if err != nil {
		h.t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	all := make([][]json.RawMessage, len(names))
	for i, name := range names {
		for range properties {
			var value struct{ Data json.RawMessage }
			if err := decoder.Decode(&value); err != nil {
				h.t.Fatalf("%s: %v", name, err)
			}
			all[i] = append(all[i], value.Data)
		}
	}
	return all
}

// busLabel writes a unit's name as part of an object's path.
func busLabel(name string) string {
	var out strings.Builder
	for i := range len(name) {
		b := name[i]
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' && i > 0 {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, "_%02x", b)
		}
	}
	return out.String()
}

// same compares what systemd understood, in JSON, with what was meant.
func (h host) same(what string, got json.RawMessage, want any) {
	h.t.Helper()
	wanted, err := json.Marshal(want)
	if err != nil {
		h.t.Fatal(err)
	}
	var a, b any
	for text, into := range map[*json.RawMessage]*any{&got: &a, (*json.RawMessage)(&wanted): &b} {
		decoder := json.NewDecoder(bytes.NewReader(*text))
		decoder.UseNumber()
		if err := decoder.Decode(into); err != nil {
			h.t.Fatal(err)
		}
	}
	if diff := cmp.Diff(b, a); diff != "" {
		h.t.Errorf("%s (-set +understood):\n%s", what, diff)
	}
}

// writeUnit writes a unit below a copy of the home directory.
func writeUnit(t *testing.T, home string, u *units.Unit, app, descriptor string) {
	t.Helper()
	body, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, home, path.Join(unitDir, u.Name()), units.Stamp(app, descriptor, u.Name(), body))
}

func writeFile(t *testing.T, home, name string, content []byte) {
	t.Helper()
	file := home + "/" + name
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// files reads a directory of the machine: what each path holds.
func (h host) files(dir string) map[string]string {
	h.t.Helper()
	archive := h.output("tar", "-c", "--absolute-names", dir)
	files := map[string]string{}
	for reader := tar.NewReader(strings.NewReader(archive)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			h.t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			h.t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}

// equal compares lists and shows only the first difference: lists are long.
func (h host) equal(what string, got, want []string) {
	h.t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			h.t.Errorf("%s: number %d: got %.300q, want %.300q", what, i, got[min(i, len(got)):], want[min(i, len(want)):])
			return
		}
	}
}
