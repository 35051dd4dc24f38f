package detect

import (
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// exposed says who else can read a file, in words, or "". The file's own mode
// does not matter where a folder above it is closed. Access control lists do
// not need to be read: their mask shows in the bits of the group.
func (m Machine) exposed(path string) string {
	path = m.resolve(path)
	var chain []fs.FileInfo // the file, then the folders above it
	for at := path; ; at = filepath.Dir(at) {
		info, err := m.lstat(at)
		if err != nil {
			return ""
		}
		chain = append(chain, info)
		if at == "/" {
			break
		}
	}
	if open(chain, -1) {
		return "everyone"
	}
	var groups []string
	seen := map[int]bool{}
	for _, info := range chain {
		gid := groupOf(info)
		if !seen[gid] && open(chain, gid) && !m.privateGroup(gid) {
			groups = append(groups, "the group "+m.groupName(gid))
		}
		seen[gid] = true
	}
	return strings.Join(groups, " and ")
}

// open reports whether somebody who is in that one group, or in none of
// importance, can search all folders and read the file.
func open(chain []fs.FileInfo, gid int) bool {
	for i, info := range chain {
		wanted := fs.FileMode(0o001)
		if i == 0 {
			wanted = 0o004
		}
		if groupOf(info) == gid {
			wanted <<= 3
		}
		if info.Mode()&wanted == 0 {
			return false
		}
	}
	return true
}

func (m Machine) groupName(gid int) string {
	if found, ok := m.account("group", gid); ok {
		return found.name
	}
	return "with number " + strconv.Itoa(gid)
}

// privateGroup reports whether the group is the user's own and nobody else is
// in it.
func (m Machine) privateGroup(gid int) bool {
	found, ok := m.account("group", gid)
	return ok && gid == m.GID && found.name == m.User.Name && (found.members == "" || found.members == m.User.Name)
}
