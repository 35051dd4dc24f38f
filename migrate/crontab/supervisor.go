package crontab

import (
	"path"
	"strings"

	"ecounit/cron"
	"ecounit/lazy"
	"ecounit/migrate"
)

// inShell separates the commands of a line of shell, also those in quotes that
// another shell is given.
var inShell = lazy.Regexp("[&|;()\"'`\n]+")

// supervisor recognises what starts supervisord, at boot or when it is missed.
func (im *importer) supervisor(l cron.Line) (Supervisor, bool) {
	s := Supervisor{Line: l.Number, Directory: im.in.Home}
	for _, command := range inShell().Split(l.Job.Command, -1) {
		words := strings.Fields(command)
		for len(words) > 0 && opens(words[0]) {
			words = words[1:]
		}
		switch {
		case len(words) == 2 && words[0] == "cd":
			s.Directory = im.absolute(words[1], s.Directory)
		case len(words) > 0 && (path.Base(words[0]) == "supervisord" || words[0] == "supervisor.supervisord"):
			s.Config = im.config(words[1:], s.Directory)
			return s, true
		}
	}
	return Supervisor{}, false
}

// opens is for words in front of the program that is started.
func opens(word string) bool {
	switch base := path.Base(word); base {
	case "exec", "nohup", "setsid", "env", "-m", "then", "do", "else":
		return true
	default:
		return strings.Contains(word, "=") || strings.HasPrefix(base, "python")
	}
}

// config is the file that supervisord is told to read, or "".
func (im *importer) config(words []string, folder string) string {
	for i, word := range words {
		option, value, isJoined := strings.Cut(word, "=")
		switch {
		case option == "--configuration" && isJoined:
			return im.absolute(value, folder)
		case (word == "-c" || word == "--configuration") && i+1 < len(words):
			return im.absolute(words[i+1], folder)
		}
	}
	return ""
}

// absolute is a path as the shell would see it.
func (im *importer) absolute(file, folder string) string {
	return migrate.In(folder, atHome(file, im.in.Home))
}

// atHome puts the home directory in place of ~ and $HOME.
func atHome(file, home string) string {
	for _, sign := range []string{"~", "$HOME", "${HOME}"} {
		if rest, found := strings.CutPrefix(file, sign); found && (rest == "" || rest[0] == '/') {
			return home + rest
		}
	}
	return file
}
