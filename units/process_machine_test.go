//go:build machine

package units_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecounit/units"
)

// dump writes what the shell got, into the directory it was started in.
const dump = `cat /proc/$$/cmdline >cmdline && cat /proc/$$/environ >environ`

// run is a unit of hostile values that is started. What its files hold is
// read back from them.
type run struct{ values }

// drawRun puts all files of a run into a directory of its own.
func drawRun(r hostile, i int, refused *int) run {
	v := run{values: draw(r, i, refused)}
	program := accepted(refused, r.path, func(p string) bool {
		return r.takes(func(s *units.Section) { s.Exec("ExecStart", "/x"+p) }) && len(p) < 1000
	})
	v.argv = append([]string{"/bin" + program, "-c", dump}, v.argv[1:]...)
	v.directory, v.envFile = "/cwd"+v.directory, "/env"+v.envFile
	return v
}

// certainRuns are there in every test: each piece and each byte as a word of
// its own, and every end that a path can have.
func certainRuns(r hostile) []run {
	var all []run
	plain := func() *run {
		all = append(all, run{values{argv: []string{"/bin/p", "-c", dump}, directory: "/cwd/d", envFile: "/env/e", description: "x"}})
		return &all[len(all)-1]
	}
	words := [][]string{pieces, nil}
	for _, piece := range pieces {
		words = append(words, []string{" " + piece, piece + " ", "a" + piece, piece + "b", piece + piece})
	}
	for b := range 256 {
		words[1] = append(words[1], string(rune(b)), string([]byte{byte(b)}))
	}
	words = append(words, []string{strings.Repeat("%", 1<<17-200), strings.Repeat("x", 1<<17-1)})
	for _, list := range words {
		v := plain()
		for i, word := range list {
			if r.takes(func(s *units.Section) { s.Exec("ExecStart", "/x", word) }) {
				v.argv = append(v.argv, word)
			}
			if name := fmt.Sprintf("V%04d", i); r.takes(func(s *units.Section) { s.Environment(name, word) }) {
				v.variables = append(v.variables, name+"="+word)
			}
		}
	}
	for _, end := range append([]string{" ", `\`, `\\`, `\ `, ` \`, `\\ `, "...", ".. ", "\u00a0", "\u3000"}, pieces...) {
		if strings.Contains(end, "/") || strings.Trim(end, ".") == "" {
			continue
		}
		v := plain()
		for at, set := range map[*string]func(*units.Section, string){
			&v.argv[0]:   func(s *units.Section, p string) { s.Exec("ExecStart", p) },
			&v.directory: func(s *units.Section, p string) { s.Path("WorkingDirectory", p) },
			&v.envFile:   func(s *units.Section, p string) { s.Path("EnvironmentFile", p) },
		} {
			if r.takes(func(s *units.Section) { set(s, *at+end) }) {
				*at += end
			}
		}
	}
	return all
}

// write makes the unit and the files it needs below a copy of the home.
func (v run) write(t *testing.T, home string) {
	t.Helper()
	u := v.unit()
	u.Section("Service").Duration("TimeoutStopSec", units.Infinity).Bytes("MemoryMax", 1<<40)
	writeUnit(t, home, u, "app", v.directory)
	inHome := func(path string) string { return strings.TrimPrefix(path, "/home/bob/") }
	writeFile(t, home, inHome(v.envFile), []byte("V=file of "+v.name+"\n"))
	writeFile(t, home, inHome(v.directory+"/.keep"), nil)
	program := home + "/" + inHome(v.argv[0])
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/bin/sh", program); err != nil {
		t.Fatal(err)
	}
}

func TestProcessReceives(t *testing.T) {
	onEachSystemd(t, func(h host, r hostile) {
		home := h.t.TempDir()
		refused := 0
		all := certainRuns(r)
		for i := range runs {
			all = append(all, drawRun(r, i, &refused))
		}
		start := []string{"systemctl", "--user", "start", "--"}
		for i := range all {
			v := &all[i]
			v.name = fmt.Sprintf("r%d.service", i)
			v.writable, v.wants, v.timeout, v.quota = nil, nil, units.Infinity, 100
			for _, path := range []*string{&v.argv[0], &v.directory, &v.envFile} {
				*path = fmt.Sprintf("/home/bob/run/%d%s", i, *path)
			}
			v.write(h.t, home)
			start = append(start, v.name)
		}
		h.load(home)
		h.output(start...)
		files := h.files("/home/bob/run")
		for _, v := range all {
			h.received(v, files)
		}
		h.t.Logf("%d units ran; %d values refused before", len(all), refused)
	})
}

// received compares what a process left with what it was to get.
func (h host) received(v run, files map[string]string) {
	h.t.Helper()
	words := func(file string) []string { return strings.Split(strings.TrimSuffix(files[file], "\x00"), "\x00") }
	h.equal(v.name+" argv", words(v.directory+"/cmdline"), v.argv)
	variables := slices.DeleteFunc(words(v.directory+"/environ"), func(s string) bool { return !strings.HasPrefix(s, "V") })
	slices.Sort(variables)
	h.equal(v.name+" environment", variables, slices.Sorted(slices.Values(append([]string{"V=file of " + v.name}, v.variables...))))
}
