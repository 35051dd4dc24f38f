package conf

import (
	"io/fs"
	"strings"
	"testing"

	"ecounit/migrate/supervisor/conf/conftest"
)

// folderOf holds a configuration, and another one that it may include.
func folderOf(main, other string) Files {
	return Files{
		Read: func(path string) ([]byte, error) {
			switch path {
			case "/x/supervisord.conf":
				return []byte(main), nil
			case "/x/conf.d/a.conf":
				return []byte(other), nil
			}
			return nil, fs.ErrNotExist
		},
		Names: func(folder string) []string {
			return map[string][]string{"/": {"x"}, "/x": {"conf.d", "supervisord.conf"}, "/x/conf.d": {"a.conf"}}[folder]
		},
	}
}

func FuzzRead(f *testing.F) {
	for seed := range uint64(40) {
		files := conftest.Files(seed)
		f.Add(files["supervisord.conf"], files["conf.d/a.conf"])
	}
	f.Fuzz(func(t *testing.T, main, other string) {
		config, mistakes := Read(Input{
			File: "/x/supervisord.conf", Files: folderOf(main, other), Host: "host", Home: "/home/alice",
			Environment: map[string]string{"STUDY": "12"},
		})
		for _, m := range mistakes {
			if m.Message == "" || m.File == "" {
				t.Errorf("%+v", m)
			}
		}
		if len(mistakes) > 0 {
			return
		}
		for _, g := range config.Groups {
			for _, p := range g.Processes {
				if p.Section == "" || p.Priority < -1<<31 || len(p.ExitCodes) > len(main)+len(other) {
					t.Errorf("%+v", p)
				}
			}
		}
		if n := len(config.Lines); n > strings.Count(main, "\n")+strings.Count(main, "\r")+strings.Count(other, "\n")+strings.Count(other, "\r")+2 {
			t.Errorf("%d lines", n)
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, text := range []string{"%(a)s", "%%", "%(n)02d", "%(n)+5.3d", "%(n)#x", "%(a", "%", "%((a))s", "%(n)-5s|"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := expand(text, names{"a": "value", "n": 7})
		if err == nil && !strings.Contains(text, "%") && got != text {
			t.Errorf("%q became %q", text, got)
		}
		if len(got) > (len(text)+1)*2*maxWidth {
			t.Errorf("%q became %d bytes", text, len(got))
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add(`a "b c" 'd' \e # f`)
	f.Add(`A="1",B='2 3',C=x#y`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, split := range []func(string) ([]string, error){splitCommand, splitPairs} {
			if words, err := split(text); err == nil && len(strings.Join(words, "")) > len(text)*3 {
				t.Errorf("%q became %q", text, words)
			}
		}
	})
}
