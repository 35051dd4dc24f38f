package imports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestACrontabWithoutEnd: what crontab(1) prints is read no further than to
// where it is too much.
func TestACrontabWithoutEnd(t *testing.T) {
	bin := t.TempDir()
	line := strings.Repeat("x", 100)
	script := "#!/bin/sh\nwhile :; do echo " + line + "; done\n"
	if err := os.WriteFile(filepath.Join(bin, "crontab"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	_, err := ListCrontab(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "cannot read your crontab: it is larger than ") {
		t.Errorf("%v", err)
	}
}
