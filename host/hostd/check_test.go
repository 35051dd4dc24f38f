package hostd

import (
	"os"
	"strings"
	"testing"
)

// What check says of the policy is to be done, and is not to check again.
func TestCheckSaysWhatToDoAboutThePolicy(t *testing.T) {
	for name, test := range map[string]struct {
		rules  string
		damage func(path string) error
		what   string
		hint   string
	}{
		"a group that is not there": {`groups = ["users", "nosuch"]`, func(string) error { return nil }, `there is no group "nosuch"`, "mend groups in FILE"},
		"all can write it":          {"", func(path string) error { return os.Chmod(path, 0o666) }, "others than root can write it", "chown root: FILE && chmod 644 FILE"},
		"a link":                    {"", func(path string) error { return link(path) }, "a symbolic link", "put the file itself there"},
		"a folder":                  {"", func(path string) error { return folder(path) }, "not a regular file", "rm FILE && ecounit host setup"},
		"a mistake":                 {"no = 1", func(string) error { return nil }, "unknown key", "mend FILE"},
		"none":                      {"", os.Remove, "not set up", "ecounit host setup"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestService(t, test.rules)
			path := s.rules.Path()
			if err := test.damage(path); err != nil {
				t.Fatal(err)
			}
			for _, f := range s.checkPolicy(t.Context()) {
				if strings.Contains(f.What, test.what) {
					if got := strings.ReplaceAll(f.Hint, path, "FILE"); got != test.hint {
						t.Errorf("hint %q", got)
					}
					return
				}
			}
			t.Errorf("not said: %+v", s.checkPolicy(t.Context()))
		})
	}
}

func link(path string) error {
	if err := os.Rename(path, path+".there"); err != nil {
		return err
	}
	return os.Symlink(path+".there", path)
}

func folder(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o755)
}
