// Package sockets makes the folder for a user's sockets: a small file system of
// the user's own, so that nobody can fill another's, and a hard link from one
// to another is impossible. It belongs to the user, has the group of the web
// server, and is closed to everybody else.
//
// It must not know who may have one. Making one takes the right to mount.
package sockets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mode lets the web server's group in, and gives sockets this group.
const mode = 0o2750

// There is room for a socket for each app of the largest quota, and for no data
// worth storing.
const options = "size=64k,nr_inodes=2k,mode=2750,uid=%d,gid=%d"

// Folder is a user's folder. Parent is root's and no link.
type Folder struct {
	Parent string // host.SocketDir's
	UID    int
	GID    int // of the web server
}

// Path is where the folder is.
func (f Folder) Path() string { return filepath.Join(f.Parent, strconv.Itoa(f.UID)) }

// Right reports whether the folder is there as it has to be.
func (f Folder) Right() bool {
	var parent, dir unix.Stat_t
	if unix.Lstat(f.Parent, &parent) != nil || unix.Lstat(f.Path(), &dir) != nil {
		return false
	}
	return dir.Dev != parent.Dev && f.right(dir)
}

func (f Folder) right(s unix.Stat_t) bool {
	return s.Mode == unix.S_IFDIR|mode && int(s.Uid) == f.UID && int(s.Gid) == f.GID
}

// Make makes the folder, or puts right what is there. What listens in it goes
// on listening.
func (f Folder) Make() error {
	if f.UID <= 0 || f.GID <= 0 {
		return fmt.Errorf("cannot make a folder for sockets of uid %d and gid %d", f.UID, f.GID)
	}
	if err := f.make(); err != nil {
		return fmt.Errorf("cannot make %s: %w", f.Path(), err)
	}
	return nil
}

func (f Folder) make() error {
	parent, err := openParent(f.Parent)
	if err != nil {
		return err
	}
	defer unix.Close(parent)
	name := strconv.Itoa(f.UID)
	if err := unix.Mkdirat(parent, name, 0o700); err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	mounted, err := isMounted(parent, name)
	if err != nil {
		return err
	}
	if !mounted {
		// The parent is root's alone: nobody can put something else there.
		flags := uintptr(unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOSYMFOLLOW)
		if err := unix.Mount("ecounit", f.Path(), "tmpfs", flags, fmt.Sprintf(options, f.UID, f.GID)); err != nil {
			return fmt.Errorf("cannot mount: %w", err)
		}
	}
	return f.mend(parent, name)
}

// mend puts owner and mode right, which a user may have changed, and the group,
// which an administrator may have.
func (f Folder) mend(parent int, name string) error {
	dir, err := unix.Openat(parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	var s unix.Stat_t
	if err := unix.Fstat(dir, &s); err != nil || f.right(s) {
		return err
	}
	if err := unix.Fchown(dir, f.UID, f.GID); err != nil {
		return err
	}
	return unix.Fchmod(dir, mode)
}

// openParent makes the folder of all folders, which is root's.
func openParent(path string) (int, error) {
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return -1, err
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil {
		unix.Close(fd)
		return -1, err
	}
	if int(s.Uid) != os.Geteuid() || s.Mode&0o022 != 0 {
		unix.Close(fd)
		return -1, fmt.Errorf("%s is not root's alone", path)
	}
	return fd, nil
}

func isMounted(parent int, name string) (bool, error) {
	var above, below unix.Stat_t
	if err := unix.Fstat(parent, &above); err != nil {
		return false, err
	}
	if err := unix.Fstatat(parent, name, &below, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return false, err
	}
	if below.Mode&unix.S_IFMT != unix.S_IFDIR {
		return false, errors.New("it is not a folder")
	}
	return above.Dev != below.Dev, nil
}

// FollowsLinks lists the folders below parent on which links are followed,
// because the kernel is older than 5.10, out of /proc/self/mountinfo.
func FollowsLinks(parent, mountinfo string) []string {
	var open []string
	for line := range strings.Lines(mountinfo) {
		fields := strings.Fields(line) // proc_pid_mountinfo(5)
		if len(fields) < 6 || filepath.Dir(fields[4]) != parent {
			continue
		}
		if !strings.Contains(","+fields[5]+",", ",nosymfollow,") {
			open = append(open, fields[4])
		}
	}
	return open
}
