package webserver

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"
)

// groupFile keeps the number of Apache's group, for times when its
// configuration is broken, and for the service, which cannot ask Apache itself.
func groupFile(dir string) string { return filepath.Join(dir, "apache-group") }

// RememberGroup writes the group down.
func RememberGroup(dir string, gid int) error {
	if known, err := KnownGroup(dir); err == nil && known == gid {
		return nil
	}
	if err := renameio.WriteFile(groupFile(dir), []byte(strconv.Itoa(gid)+"\n"), 0o644); err != nil {
		return fmt.Errorf("cannot remember Apache's group: %w", err)
	}
	return nil
}

// KnownGroup is the group that was written down last.
func KnownGroup(dir string) (int, error) {
	text, err := os.ReadFile(groupFile(dir))
	if err != nil {
		return 0, fmt.Errorf("cannot tell Apache's group: %w", err)
	}
	gid, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 31)
	if err != nil || gid == 0 {
		return 0, fmt.Errorf("cannot tell Apache's group: %s says %q", groupFile(dir), text)
	}
	return int(gid), nil
}
