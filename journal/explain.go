package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Reason is why a journal cannot be read.
type Reason string

// The reasons, as they are written in JSON.
const (
	NoProgram  Reason = "no-program"  // journalctl is not installed
	Volatile   Reason = "volatile"    // kept in memory, where each user has none
	SystemUser Reason = "system-user" // a user id that journald counts among the system's
	Forbidden  Reason = "forbidden"   // the files are there, and closed
	NotKept    Reason = "not-kept"    // nothing is stored
)

// Unreadable is a journal that this user cannot read.
type Unreadable struct {
	Reason Reason
	text   string
	hint   string
}

func (e *Unreadable) Error() string { return "cannot read the journal: " + e.text }

// Hint says who can change it, and how.
func (e *Unreadable) Hint() string { return e.hint }

const (
	// makePersistent is what systemd-journald.service(8) says; without the
	// second command the group systemd-journal is locked out, and from
	// systemd 257 on a restart in place of the third changes nothing.
	makePersistent = "mkdir -p /var/log/journal && systemd-tmpfiles --create --prefix /var/log/journal && journalctl --flush"
	joinGroup      = "an administrator adds you to the group systemd-journal"
)

func noProgram() *Unreadable {
	return &Unreadable{NoProgram, "journalctl is not installed", "an administrator installs the package systemd"}
}

// Explain says as an *Unreadable why the user cannot read what units of theirs
// print now, or nil. A user of whom nothing was written yet gets nil too.
func (j Journal) Explain() error {
	if _, err := exec.LookPath(j.Program); err != nil {
		return noProgram()
	}
	id, err := os.ReadFile(filepath.Join(j.Root, "etc/machine-id"))
	if err != nil {
		return nil // not to be told; journalctl does not need it
	}
	volatile := filepath.Join(j.Root, "run/log/journal", strings.TrimSpace(string(id)))
	persistent := filepath.Join(j.Root, "var/log/journal", strings.TrimSpace(string(id)))
	own := filepath.Join(persistent, fmt.Sprintf("user-%d.journal", j.UID))
	switch {
	// Who may read the system's journal may read everything.
	case opens(filepath.Join(volatile, "system.journal")) == nil,
		!exists(volatile) && opens(filepath.Join(persistent, "system.journal")) == nil:
		return nil
	case exists(volatile):
		return &Unreadable{
			Volatile,
			"it is volatile on this host, and only administrators can read it",
			"an administrator types: " + makePersistent,
		}
	}
	switch err := opens(own); {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return &Unreadable{Forbidden, "permission denied for " + own, joinGroup}
	case !exists(persistent):
		return &Unreadable{
			NotKept, "this host keeps none",
			"an administrator sets Storage=persistent in /etc/systemd/journald.conf",
		}
	case systemsOwn(j.UID):
		return &Unreadable{
			SystemUser,
			fmt.Sprintf("systemd counts the user id %d among the system's, whose journal only administrators can read", j.UID), joinGroup,
		}
	}
	return nil
}

// systemsOwn reports whether journald stores what the user's units print in
// the system's journal (uid_for_system_journal() in its source): system users,
// dynamic users and nobody; systemd 257 does so with the ids of containers too
// (252 does not), which directories like Active Directory give to people.
func systemsOwn(uid int) bool {
	switch {
	case uid < 1000, uid >= 61184 && uid <= 65519, uid == 65534:
		return true
	}
	return uid >= 524288 && uid <= 1879048191 || uid >= 2147352576 && uid <= 2147418111
}

func opens(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return file.Close()
}

// exists is true also for what can be seen and not entered.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
