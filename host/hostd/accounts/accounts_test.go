package accounts

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// getent is a directory of users that answers by a script.
func getent(t *testing.T, script string) Directory {
	t.Helper()
	path := filepath.Join(t.TempDir(), "getent")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return Directory{Getent: path, Switch: "/nonexistent"}
}

const campus = `case "$1 $3" in
"passwd 1000"|"passwd alice") echo "alice:x:1000:100:Alice:/home/alice:/bin/sh";;
"passwd 1001") printf '%s\n' 'CAMPUS\bob smith:*:1001:100::/:/bin/false';;
"passwd 1002") echo "carol:x:1000:100::/:/bin/sh";;
"passwd caro") echo "carol:x:1000:100::/:/bin/sh";;
"passwd 1003") echo "garbage";;
"passwd 1004") echo "server down" >&2; exit 3;;
"passwd 1005") sleep 10;;
"group users") echo "users:x:100:";;
"group staff") echo "staff:x:50:dave";;
"group domain users") echo "domain users:x:513:";;
"group broken") exit 1;;
"initgroups alice") echo "alice                 50 513 27";;
*) exit 2;;
esac
`

func TestByUID(t *testing.T) {
	d := getent(t, campus)
	for uid, want := range map[int]Account{
		1000: {"alice", 1000, 100},
		1001: {`CAMPUS\bob smith`, 1001, 100},
	} {
		if got, err := d.ByUID(t.Context(), uid); got != want || err != nil {
			t.Errorf("%d: %v, %v", uid, got, err)
		}
	}
	if _, err := d.ByUID(t.Context(), 4242); !errors.Is(err, ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
}

// A directory that cannot be asked must not look as if the user were gone.
func TestFailedLookupIsNotUnknown(t *testing.T) {
	d := getent(t, campus)
	d.Limit = 300 * time.Millisecond
	for uid, want := range map[int]string{1002: "the answer is about 1000", 1003: "garbage", 1004: "server down", 1005: "does not answer"} {
		_, err := d.ByUID(t.Context(), uid)
		if err == nil || errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %q", uid, err, want)
		}
	}
	d.Getent = "/nonexistent"
	if _, err := d.ByUID(t.Context(), 1000); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("without getent: %v", err)
	}
}

func TestByName(t *testing.T) {
	d := getent(t, campus)
	if got, err := d.ByName(t.Context(), "alice"); got.UID != 1000 || err != nil {
		t.Errorf("alice: %v, %v", got, err)
	}
	// Numbers would be looked up as such, and a name is what it is.
	for _, name := range []string{"", "1000", "a:b", "a\nb", "caro", strings.Repeat("x", 300)} {
		if got, err := d.ByName(t.Context(), name); err == nil {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestGroupsOf(t *testing.T) {
	d := getent(t, campus)
	alice := Account{"alice", 1000, 100}
	got, err := d.GroupsOf(t.Context(), alice, []string{"nothing", "users", "staff", "domain users", "100", "--help"})
	if strings.Join(got, ",") != "users,staff,domain users" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := d.GroupsOf(t.Context(), alice, nil); got != nil || err != nil {
		t.Errorf("of none: %q, %v", got, err)
	}
	if _, err := d.GroupsOf(t.Context(), alice, []string{"broken"}); err == nil {
		t.Error("a group that could not be looked up is no reason to say no")
	}
	if got, err := d.GroupsOf(t.Context(), alice, []string{"broken", "users"}); len(got) != 1 || err != nil {
		t.Errorf("beside one that could not be looked up: %q, %v", got, err)
	}
}

// getent says the same of who is gone and of whom a directory service could not
// be asked about. Only who is gone for sure is unknown.
func TestWhoIsUnknownForSure(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "nss")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for text, sure := range map[string]bool{
		"":                                     true,
		"group: files ldap\n":                  true,
		"passwd: files systemd\n":              true,
		"passwd:files # sss\n":                 true,
		"passwd: compat\n":                     true,
		"passwd: compat\npasswd_compat: nis\n": false,
		"passwd: files sss\n":                  true, // which listens
		"passwd: files [SUCCESS=return !UNAVAIL=continue] systemd\n": true,
		"passwd: files [NOTFOUND=return] ldap\n":                     false,
		"passwd: files ldap\n":                                       false,
		" passwd :\tfiles\twinbind\n":                                false,
	} {
		d := getent(t, campus)
		d.SSSD = socket
		d.Switch = filepath.Join(t.TempDir(), "nsswitch.conf")
		if err := os.WriteFile(d.Switch, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ByUID(t.Context(), 4242); err == nil || errors.Is(err, ErrUnknown) != sure {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := d.ByUID(t.Context(), 1000); got.Name != "alice" || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if d.SSSD += "x"; strings.Contains(text, "files sss") {
			if _, err := d.ByUID(t.Context(), 4242); err == nil || errors.Is(err, ErrUnknown) {
				t.Errorf("%q, and SSSD does not run: %v", text, err)
			}
		}
	}
}

func TestRealDirectory(t *testing.T) {
	if _, err := os.Stat("/usr/bin/getent"); err != nil {
		t.Skip(err)
	}
	var d Directory
	if got, err := d.ByUID(t.Context(), 0); got.Name != "root" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := d.ByName(t.Context(), "nobody-has-this-name"); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if got, err := d.GroupsOf(t.Context(), Account{"root", 0, 0}, []string{"root"}); len(got) != 1 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
