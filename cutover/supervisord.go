package cutover

import (
	"os"
	"path/filepath"
	"strings"
)

// configuration is the file that a process reads as supervisord, as an
// absolute path; false when it is none. file is "" where supervisord would not
// find one any more.
func (p Process) configuration() (file string, isSupervisord bool) {
	words, script := p.supervisord()
	if script == "" {
		return "", false
	}
	for i, word := range words {
		option, value, isJoined := strings.Cut(word, "=")
		switch {
		case option == "--configuration" && isJoined:
			return p.at(value), true
		case (word == "-c" || word == "--configuration") && i+1 < len(words):
			return p.at(words[i+1]), true
		case strings.HasPrefix(word, "-c") && !isJoined && len(word) > 2:
			return p.at(word[2:]), true
		}
	}
	return DefaultConfiguration(script, p.Directory), true
}

// supervisord finds the script, and the words behind it.
func (p Process) supervisord() (words []string, script string) {
	for i, word := range p.Argv {
		switch {
		case i > 2:
			return nil, ""
		case filepath.Base(word) == "supervisord":
			return p.Argv[i+1:], word
		case word == "supervisor.supervisord" && i > 0 && p.Argv[i-1] == "-m":
			return p.Argv[i+1:], p.Argv[0]
		case i == 0 && !strings.HasPrefix(filepath.Base(word), "python"):
			return nil, ""
		}
	}
	return nil, ""
}

func (p Process) at(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.Directory, path)
}

// DefaultConfiguration is the first file that is there of those that a
// supervisord without -c looks for (supervisor.options), or "".
func DefaultConfiguration(script, folder string) string {
	var places []string
	if here := filepath.Dir(filepath.Dir(script)); filepath.IsAbs(here) {
		places = append(places, filepath.Join(here, "etc/supervisord.conf"), filepath.Join(here, "supervisord.conf"))
	}
	places = append(places, filepath.Join(folder, "supervisord.conf"), filepath.Join(folder, "etc/supervisord.conf"),
		"/etc/supervisord.conf", "/etc/supervisor/supervisord.conf")
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place
		}
	}
	return ""
}

// Launchable is the process with what an option of supervisord may have made
// of its folder put right: the file is named by its whole path.
func (p Process) Launchable(file, folder string) Process {
	argv := append([]string{}, p.Argv...)
	for i, word := range argv {
		if i > 0 && (argv[i-1] == "-c" || argv[i-1] == "--configuration") && !filepath.IsAbs(word) {
			argv[i] = file
		}
	}
	p.Argv = argv
	if folder != "" {
		p.Directory = folder
	}
	return p
}
