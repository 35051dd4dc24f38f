package watch

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// maxInFolder bounds how much of a folder is looked at. Of more files than
// that, a change is noticed by systemd and its end is not waited for.
const maxInFolder = 10_000

// footprint differs when one of the files was changed, replaced or removed. Of
// a folder it is about what is in it directly, as systemd sees it.
func footprint(paths []string) [sha256.Size]byte {
	sum := sha256.New()
	for _, path := range paths {
		info, err := os.Stat(path)
		fmt.Fprintln(sum, trace(info, err))
		if err != nil || !info.IsDir() {
			continue
		}
		dir, err := os.Open(path)
		if err != nil {
			continue
		}
		entries, _ := dir.ReadDir(maxInFolder)
		dir.Close()
		lines := make([]string, len(entries))
		for i, e := range entries {
			info, err := e.Info()
			lines[i] = fmt.Sprintln(e.Name(), trace(info, err))
		}
		slices.Sort(lines)
		fmt.Fprintln(sum, lines)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

func trace(info fs.FileInfo, err error) string {
	if err != nil {
		return "none"
	}
	s := info.Sys().(*syscall.Stat_t)
	return fmt.Sprint(s.Ino, s.Size, s.Mtim, s.Ctim)
}
