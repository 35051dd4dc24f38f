package detect

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxLinks is how many links the kernel follows before it gives up
// (path_resolution(7)).
const maxLinks = 40

// resolve follows all links of an absolute path and returns where it ends,
// whether anything is there or not.
func (m Machine) resolve(path string) string {
	end, links := "/", 0
	rest := strings.Split(path, "/")
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			end = filepath.Dir(end)
			continue
		}
		end = filepath.Join(end, part)
		target, err := os.Readlink(filepath.Join(m.Root, end))
		if err != nil {
			continue
		}
		if links++; links > maxLinks {
			return end
		}
		rest = slices.Concat(strings.Split(target, "/"), rest)
		if end = filepath.Dir(end); filepath.IsAbs(target) {
			end = "/"
		}
	}
	return end
}

// leadsUp reports a link to a folder, or to one that it is in.
func (m Machine) leadsUp(link, folder string) bool {
	return strings.HasPrefix(m.resolve(folder)+"/", strings.TrimSuffix(m.resolve(link), "/")+"/")
}

// real is the path for the kernel.
func (m Machine) real(path string) string {
	if m.Root == "" {
		return path
	}
	return filepath.Join(m.Root, m.resolve(path))
}

func (m Machine) stat(path string) (fs.FileInfo, error) { return os.Stat(m.real(path)) }

// lstat looks at a link itself.
func (m Machine) lstat(path string) (fs.FileInfo, error) {
	return os.Lstat(filepath.Join(m.real(filepath.Dir(path)), filepath.Base(path)))
}

func (m Machine) isDirectory(path string) bool {
	info, err := m.stat(path)
	return err == nil && info.IsDir()
}

func (m Machine) isRegular(path string) bool {
	info, err := m.stat(path)
	return err == nil && info.Mode().IsRegular()
}
