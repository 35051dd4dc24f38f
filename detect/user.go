package detect

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ecounit/lazy"
)

// account is a line of /etc/passwd, or the first fields of one of /etc/group.
type account struct {
	name, home string
	id, gid    int
	members    string // of a group
}

const maxAccounts = 16 << 20

// getentTime is long enough for a directory server that must be asked, and
// short enough for one that is down.
const getentTime = 2 * time.Second

// account finds a user ("passwd") or a group ("group") by its number. os/user
// cannot do it: without cgo it knows the two files only.
//
// It takes no context. The wait is bounded, most users are in the file, and an
// interrupt from a terminal ends getent by itself.
func (m Machine) account(database string, id int) (account, bool) {
	text, _ := m.head("/etc/"+database, maxAccounts)
	if found, ok := findAccount(string(text), database, id); ok {
		return found, true
	}
	ctx, cancel := context.WithTimeout(context.Background(), getentTime)
	defer cancel()
	getent := exec.CommandContext(ctx, m.real("/usr/bin/getent"), database, strconv.Itoa(id))
	getent.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	getent.WaitDelay = 100 * time.Millisecond // for what it may have started
	text, err := getent.Output()
	if err != nil {
		return account{}, false
	}
	return findAccount(string(text), database, id)
}

func findAccount(text, database string, id int) (account, bool) {
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(fields) < 4 || fields[2] != strconv.Itoa(id) {
			continue
		}
		if database == "group" {
			return account{name: fields[0], id: id, members: fields[3]}, true
		}
		gid, err := strconv.Atoi(fields[3])
		if err == nil && len(fields) >= 6 {
			return account{name: fields[0], id: id, gid: gid, home: fields[5]}, true
		}
	}
	return account{}, false
}

var userName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_.@-]*$`)

// owner finds out who runs this program. What the environment says counts only
// where nothing else is known, and only when the home directory belongs to the
// user: after su or sudo both variables may be somebody else's.
func (m Machine) owner(uid, gid int, name, home string) (account, error) {
	if found, ok := m.account("passwd", uid); ok {
		if !filepath.IsAbs(found.home) {
			return account{}, fmt.Errorf("cannot work for the user %s: no home directory is known", found.name)
		}
		return found, nil
	}
	info, err := m.stat(home)
	if err != nil || !filepath.IsAbs(home) || !info.IsDir() || ownerOf(info) != uid || !userName().MatchString(name) {
		return account{}, fmt.Errorf("cannot find out who uid %d is: neither /etc/passwd nor getent knows it, and HOME is not a folder of that user", uid)
	}
	return account{name: name, home: home, id: uid, gid: gid}, nil
}

// UserWords names a user for people.
func (m Machine) UserWords(uid int) string {
	if found, ok := m.account("passwd", uid); ok {
		return fmt.Sprintf("user %s (uid %d)", found.name, uid)
	}
	return fmt.Sprintf("uid %d", uid)
}

func ownerOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
func groupOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Gid) }
