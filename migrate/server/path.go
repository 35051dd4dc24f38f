package server

import (
	"slices"
	"strings"

	"ecounit/lazy"
)

var webPath = lazy.Regexp(`^/[a-z0-9][a-z0-9_-]{0,63}$`)

// Path is a URL path as [web] has it, if it can have it: one segment.
func Path(value string) (path string, ok bool) {
	value = "/" + strings.Trim(value, "/")
	return value, webPath().MatchString(value)
}

// pathOptions are followed by the URL path, with or without a slash in front.
var pathOptions = []string{
	"--server.baseUrlPath", "--ServerApp.base_url", "--NotebookApp.base_url", "--LabApp.base_url", "--root-path", "--url-prefix", "--prefix", "--base-path",
}

// PathIn finds the URL path in a command line, and puts ${BASE_PATH} in its
// place.
func PathIn(argv []string) (path string, command []string, ok bool) {
	for i, word := range argv {
		option, value, isJoined := strings.Cut(word, "=")
		if !slices.Contains(pathOptions, option) || !isJoined && i+1 == len(argv) {
			continue
		}
		at, prefix := i, option+"="
		if !isJoined {
			at, prefix, value = i+1, "", argv[i+1]
		}
		if path, ok = Path(value); ok {
			command = slices.Clone(argv)
			command[at] = prefix + "${BASE_PATH}"
			return path, command, true
		}
	}
	return "", argv, false
}

var plainWord = lazy.Regexp(`^[A-Za-z0-9_./@%+=:,-]+$`)

// shell quotes a word for a POSIX shell.
func shell(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
