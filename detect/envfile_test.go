package detect

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestEnvFile(t *testing.T) {
	m := fake(t, map[string]string{
		"/srv/.env": "A=1\n", "/srv/dir/": "", "/srv/link": "-> .env", "/srv/dangling": "-> gone",
		"/srv/zero": "-> zero", "/srv/export": "A=1\nexport B=2\n",
	})
	m.User.UID = os.Getuid()
	fifo(t, filepath.Join(m.Root, "srv/fifo"))
	sparse(t, filepath.Join(m.Root, "srv/large"), 50<<20)
	for path, want := range map[string]string{
		"/srv/.env":     "",
		"/srv/link":     "",
		"/srv/missing":  "cannot read /srv/missing: it does not exist",
		"/srv/dangling": "cannot read /srv/dangling: it is a link to /srv/gone, which does not exist",
		"/srv/dir":      "cannot read /srv/dir: it is a directory",
		"/srv/fifo":     "cannot read /srv/fifo: it is a FIFO",
		"/srv/zero":     "cannot read /srv/zero: its symbolic links lead in a circle",
		"/srv/large":    "/srv/large is larger than 1024 KiB, so it is not a file of variables",
		"/srv/export":   "/srv/export:2: systemd passes the line over: `export` belongs to shells",
	} {
		soon(t, func() {
			if got := m.envFile(path); got.Problem != want || got.Path != path {
				t.Errorf("got %+v, want %q", got, want)
			}
		})
	}
	if got := m.envFile("/srv/missing"); got.Hint == "" {
		t.Error("no hint for a missing file")
	}
}

func TestEnvFileOfSomebodyElse(t *testing.T) {
	m := fake(t, map[string]string{"/srv/.env": "A=1\n"})
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(m.Root, "srv/.env"), 1002, 1002); err != nil {
			t.Fatal(err)
		}
	}
	m.add(t, map[string]string{"/etc/passwd": "bob:x:1002:1002::/home/bob:/bin/sh\n"})
	got := m.envFile("/srv/.env")
	if os.Getuid() == 0 {
		wants(t, got.Problem, "/srv/.env belongs to user bob (uid 1002), who could change what the app runs with")
	} else {
		wants(t, got.Problem, "/srv/.env belongs to ", "who could change what the app runs with")
	}
}

func TestEnvFileUnreadable(t *testing.T) {
	if !ordinary(t) {
		return
	}
	m := fake(t, map[string]string{"/srv/.env": ""})
	if err := os.Chmod(filepath.Join(m.Root, "srv/.env"), 0); err != nil {
		t.Fatal(err)
	}
	if got := m.envFile("/srv/.env"); got.Problem != "cannot read /srv/.env: permission denied" {
		t.Errorf("got %+v", got)
	}
}

func TestExposed(t *testing.T) {
	gid := os.Getgid()
	const own, shared, unknown = "own", "shared", "unknown"
	for _, test := range []struct {
		name       string
		group      string
		home, file os.FileMode
		linked     bool
		want       string
	}{
		{"private", shared, 0o755, 0o600, false, ""},
		{"readable by all", shared, 0o755, 0o644, false, "everyone"},
		{"readable by others only", shared, 0o755, 0o604, false, "everyone"},
		{"readable by the group", shared, 0o755, 0o640, false, "the group staff"},
		{"readable by an unknown group", unknown, 0o755, 0o640, false, "the group with number GID"},
		{"readable by one's own group", own, 0o755, 0o640, false, ""},
		{"readable by all with one's own group", own, 0o755, 0o644, false, "everyone"},
		{"in a closed home", shared, 0o700, 0o644, false, ""},
		{"in a home that lets through", shared, 0o711, 0o644, false, "everyone"},
		{"in a home for the group", shared, 0o750, 0o644, false, "the group staff"},
		{"in a home for one's own group", own, 0o750, 0o664, false, ""},
		{"in a home that can be listed only", shared, 0o744, 0o644, false, ""},
		{"through a link out of a closed folder", shared, 0o755, 0o644, true, "everyone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := fake(t, map[string]string{"/home/alice/.env": "", "/home/alice/closed/link": "-> ../.env"})
			m.GID = -1
			switch test.group {
			case own:
				m.GID = gid
				m.add(t, map[string]string{"/etc/group": "alice:x:" + strconv.Itoa(gid) + ":\n"})
			case shared:
				m.add(t, map[string]string{"/etc/group": "staff:x:" + strconv.Itoa(gid) + ":alice,bob\n"})
			case unknown:
				m.add(t, map[string]string{"/etc/group": ""})
			}
			for path, mode := range map[string]os.FileMode{"home/alice/closed": 0o700, "home/alice/.env": test.file, "home/alice": test.home, "": 0o755} {
				if err := os.Chmod(filepath.Join(m.Root, path), mode); err != nil {
					t.Fatal(err)
				}
			}
			path := "/home/alice/.env"
			if test.linked {
				path = "/home/alice/closed/link"
			}
			want := strings.ReplaceAll(test.want, "GID", strconv.Itoa(gid))
			if got := m.exposed(path); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
