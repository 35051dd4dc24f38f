package detect

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"ecounit/lazy"
	"ecounit/plan"
)

const cgroupRoot = "/sys/fs/cgroup"

// Systemd is what the disk tells of the user's manager. The Version is left to
// the caller, who asks the manager itself; SystemdOnDisk is for when none
// answers. As long as the manager does not run,
// Controllers are those that could be delegated to it, or nil if nobody knows.
func (m Machine) Systemd() plan.Systemd {
	s := plan.Systemd{
		CgroupV2:       m.isRegular(cgroupRoot + "/cgroup.controllers"),
		UserNamespaces: m.userNamespaces(),
	}
	tree := cgroupRoot
	if hybrid := cgroupRoot + "/unified"; !s.CgroupV2 && m.isDirectory(hybrid) {
		tree = hybrid // systemd has its groups there, and limits elsewhere
	}
	unit := fmt.Sprintf("user.slice/user-%d.slice/user@%d.service/cgroup.controllers", m.User.UID, m.User.UID)
	for _, file := range []string{unit, "cgroup.controllers"} {
		if text, err := m.head(filepath.Join(tree, file), 1<<10); err == nil {
			s.Controllers = append([]string{}, strings.Fields(string(text))...)
			break
		}
	}
	return s
}

// userNamespaces reports whether an ordinary user may make one that is of use.
func (m Machine) userNamespaces() bool {
	most, there := m.number("/proc/sys/user/max_user_namespaces")
	if !there || most == 0 {
		return false
	}
	if allowed, there := m.number("/proc/sys/kernel/unprivileged_userns_clone"); there && allowed == 0 {
		return false // Debian's own switch
	}
	// Ubuntu's switch: they can be made, and have no rights in them.
	restricted, _ := m.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
	return restricted == 0
}

// number reads a kernel setting.
func (m Machine) number(path string) (n int, there bool) {
	text, err := m.head(path, 64)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}

// Debian has libsystemd-shared-252.so, RHEL libsystemd-shared-252-46.el9.so.
var sharedLibrary = lazy.Regexp(`^libsystemd-shared-(\d{1,5})[^/]*\.so$`)

// SystemdOnDisk returns the version of the systemd that is installed, read
// from a file name, or 0.
func (m Machine) SystemdOnDisk() int {
	folders := []string{"/usr/lib/systemd", "/lib/systemd", "/usr/lib64/systemd"}
	for _, lib := range []string{"/usr/lib", "/lib"} {
		for _, multiarch := range m.glob(lib, "*-linux-*") {
			folders = append(folders, filepath.Join(multiarch, "systemd"))
		}
	}
	newest := 0
	for _, folder := range folders {
		for _, name := range m.names(folder) {
			if found := sharedLibrary().FindStringSubmatch(name); found != nil {
				version, _ := strconv.Atoi(found[1])
				newest = max(newest, version)
			}
		}
	}
	return newest
}

// SocketDir is the folder for sockets that the web server can reach, or "". It
// must be the user's, closed to everybody else, and of a group that is not the
// user's: the web server's.
func (m Machine) SocketDir() string {
	path := fmt.Sprintf("/run/ecounit/%d", m.User.UID)
	info, err := m.lstat(path)
	if err != nil || !info.IsDir() || info.Mode()&0o007 != 0 || ownerOf(info) != m.User.UID || groupOf(info) == m.GID {
		return ""
	}
	return path
}
