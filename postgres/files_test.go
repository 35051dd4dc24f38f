package postgres

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestNewFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	write := func() (*newTarget, error) {
		target, err := newFile(path, "d/x")
		if err == nil {
			_, err = target.WriteString("dump")
		}
		return target, err
	}
	target, err := write()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there before it is complete")
	}
	target.discard()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	first, err := write()
	if err != nil {
		t.Fatal(err)
	}
	second, err := write()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.commit(); err != nil {
		t.Error(err)
	}
	first.discard()
	if err := second.commit(); KindOf(err) != FileExists {
		t.Errorf("overwritten: %v", err)
	}
	second.discard()
	if _, err := write(); KindOf(err) != FileExists {
		t.Errorf("begun over a file: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 || info.Size() != 4 {
		t.Errorf("%v %v", info, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestWhatKilledDumpsLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	left := []string{".d_x.dump.123.new", ".d_x.dump.4.new"}
	others := []string{".d_x.dump.1.dump.2.new", ".d_y.dump.123.new", ".d_x.dump.12a.new", "d_x-2026.dump"}
	for _, name := range append(left, others...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".d_x.dump.5.new"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := newFile(filepath.Join(dir, "first"), "d/x")
	if err != nil {
		t.Fatal(err)
	}
	defer first.discard()
	for _, name := range left {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range append(others, ".d_x.dump.5.new", filepath.Base(first.Name())) {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	second, err := newFile(filepath.Join(dir, "second"), "d/x")
	if err != nil {
		t.Fatal(err)
	}
	defer second.discard()
	if _, err := os.Lstat(first.Name()); err != nil {
		t.Error("a dump that is being written was removed")
	}
	// The lock is also that of the program that writes.
	program := exec.Command("sleep", "300")
	program.Stdout = first.File
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	first.Close()
	removeLeft(dir, ".d_x.dump.")
	if _, err := os.Lstat(first.Name()); err != nil {
		t.Error("a dump that another program still writes was removed")
	}
	_ = program.Process.Kill()
	_ = program.Wait()
	removeLeft(dir, ".d_x.dump.")
	if _, err := os.Lstat(first.Name()); err == nil {
		t.Error("it stays after the program's end")
	}
}

func TestDumpName(t *testing.T) {
	got := DumpName("a/b", time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC))
	if want := "a_b-2026-03-04-050607.dump"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPassFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pgpass")
	s := Server{Host: "h", Port: 5432, User: "u", PassFile: path}
	if err := s.checkPassFile(); err != nil {
		t.Errorf("missing: %v", err)
	}
	if err := os.WriteFile(path, []byte("h:5432:d:u:secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	ownEnvironment(t)
	if c, err := s.config("d"); err != nil || c.Password != "secret" {
		t.Errorf("%v", err)
	}
	if c, err := s.config("other"); err != nil || c.Password != "" {
		t.Errorf("another database: %v", err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := s.config("d"); KindOf(err) != BadSettings || !strings.Contains(hintOf(err), "chmod 600 "+path) {
			t.Errorf("%o: %v", mode, err)
		}
	}
	s.PassFile = dir
	if err := s.checkPassFile(); KindOf(err) != BadSettings {
		t.Errorf("a folder: %v", err)
	}
}

func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	bin := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho '"+text+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	distribution := versionDirs
	t.Cleanup(func() { versionDirs = distribution })
	versionDirs = nil
	p := Programs{Path: []string{"relative", dir}}
	if _, err := p.find(t.Context(), "pg_dump", 15); KindOf(err) != NoProgram || !strings.Contains(hintOf(err), "postgresql-client-15") {
		t.Errorf("none: %v", err)
	}
	bin("pg_dump", "pg_dump (PostgreSQL) 14.9 (Debian 14.9-1)")
	if _, err := p.find(t.Context(), "pg_dump", 15); KindOf(err) != NoProgram || !strings.Contains(err.Error(), "there is 14") {
		t.Errorf("too old: %v", err)
	}
	if found, err := p.find(t.Context(), "pg_dump", 14); err != nil || found[0] != (program{filepath.Join(dir, "pg_dump"), 14}) {
		t.Errorf("%v %v", found, err)
	}
	for _, major := range []string{"16", "15", "9.6"} {
		if err := os.MkdirAll(filepath.Join(dir, "postgresql", major, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		bin("postgresql/"+major+"/bin/pg_dump", "")
	}
	versionDirs = []string{filepath.Join(dir, "postgresql/*/bin")}
	found, err := p.find(t.Context(), "pg_dump", 15)
	if err != nil || len(found) != 2 || found[0].major != 15 || found[1].major != 16 {
		t.Errorf("%v %v", found, err)
	}
	bin("pg_dump", "no version here")
	if got := versionOf(t.Context(), filepath.Join(dir, "pg_dump")); got != 0 {
		t.Errorf("version %d", got)
	}
}

// TestAProgramThatHangsIsNoProgramOfPostgres: folders of PATH may be anything.
func TestAProgramThatHangsIsNoProgramOfPostgres(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script string
		want   int
	}{
		"it hangs":              {"exec sleep 300", 0},
		"what it started hangs": {"sleep 300 &\necho $! > \"$0.pid\"\necho 'psql (PostgreSQL) 16.2'", 16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "psql")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+test.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				text, _ := os.ReadFile(path + ".pid")
				if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			})
			version := make(chan int, 1)
			go func() { version <- versionOf(t.Context(), path) }()
			select {
			case got := <-version:
				if got != test.want {
					t.Errorf("version %d, want %d", got, test.want)
				}
			case <-time.After(time.Minute):
				t.Error("it is still waited for")
			}
		})
	}
}

func hintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint()
	}
	return ""
}

func TestMajorVersion(t *testing.T) {
	for text, want := range map[string]int{"15.6 (Debian 15.6-0+deb12u1)": 15, "17beta1": 17, "9.6.24": 9, "18": 18, "": 0, "x": 0} {
		if got := majorVersion(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestFirstComplaint(t *testing.T) {
	for said, want := range map[string]string{
		"pg_dump: error: query failed: ERROR:  permission denied for table x\npg_dump: detail: Query was: SELECT\n": "permission denied for table x",
		"pg_restore: error: could not execute query: ERROR:  no.\nCommand was: x\n":                                 "no",
		"pg_dump: warning: hm\npg_dump: error: gone":                                                                "gone",
		"strange\nwords": "strange words",
		"":               "file does not exist",
	} {
		if got := firstComplaint(said, os.ErrNotExist); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
