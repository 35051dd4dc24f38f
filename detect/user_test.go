package detect

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestOwnerFromPasswd(t *testing.T) {
	m := fake(t, nil)
	got, err := m.owner(1000, 7, "mallory", "/home/mallory")
	if err != nil || got != (account{name: "alice", home: "/home/alice", id: 1000, gid: 1000}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOwnerFromGetent(t *testing.T) {
	m := fake(t, map[string]string{
		"/usr/bin/getent": "#!/bin/sh\ntest \"$1 $2 $HOME\" = 'passwd 5000 ' && echo 'carol:*:5000:6000:Carol:/net/carol:/bin/sh'\n",
	})
	got, err := m.owner(5000, 0, "mallory", "/home/mallory")
	if err != nil || got != (account{name: "carol", home: "/net/carol", id: 5000, gid: 6000}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if words := m.UserWords(5000); words != "user carol (uid 5000)" {
		t.Errorf("got %q", words)
	}
	if words := m.UserWords(5001); words != "uid 5001" {
		t.Errorf("got %q", words)
	}
}

func TestOwnerDoesNotWaitForADirectoryServer(t *testing.T) {
	m := fake(t, map[string]string{"/usr/bin/getent": "#!/bin/sh\nexec sleep 60\n"})
	begin := time.Now()
	if _, err := m.owner(5000, 0, "", ""); err == nil {
		t.Error("want an error")
	}
	if took := time.Since(begin); took > 2*getentTime {
		t.Errorf("it took %s", took)
	}
}

func TestOwnerFromTheEnvironment(t *testing.T) {
	m := fake(t, map[string]string{"/net/dora/": "", "/etc/passwd": "", "/net/file": ""})
	uid := os.Getuid()
	got, err := m.owner(uid, 77, "dora", "/net/dora")
	if err != nil || got != (account{name: "dora", home: "/net/dora", id: uid, gid: 77}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, test := range []struct {
		uid        int
		name, home string
	}{
		{uid + 1, "dora", "/net/dora"}, // after su: somebody else's home
		{uid, "", "/net/dora"},
		{uid, "do ra\n", "/net/dora"},
		{uid, "dora", "/net/file"},
		{uid, "dora", "/net/gone"},
		{uid, "dora", ""},
	} {
		if got, err := m.owner(test.uid, 0, test.name, test.home); err == nil {
			t.Errorf("%+v: want an error, got %+v", test, got)
		} else {
			wants(t, err.Error(), "cannot find out who uid "+strconv.Itoa(test.uid)+" is")
		}
	}
}

func TestOwnerWithoutHome(t *testing.T) {
	m := fake(t, map[string]string{"/etc/passwd": "bare:x:9:9:::\nshort:x:10:10\n"})
	for _, uid := range []int{9, 10} {
		if got, err := m.owner(uid, 0, "", ""); err == nil {
			t.Errorf("want an error, got %+v", got)
		}
	}
}

func TestHere(t *testing.T) {
	t.Setenv("PATH", "/usr/bin:/bin")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("USER", "somebody")
	m, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	if m.User.UID != os.Geteuid() || m.User.Name == "" || !filepath.IsAbs(m.User.Home) || m.Root != "" {
		t.Errorf("got %+v", m)
	}
}
