package units

import (
	"strconv"
	"strings"
)

// listenHost is where apps listen: only the web server on the same machine is
// to reach them.
const listenHost = "127.0.0.1"

// ListenStream reads the address back from the content of a .socket file of
// ours: a port or the path of a unix socket. It is how an app keeps its port
// when all else that knew it is lost. ok is false when no address is there, or
// none that ecounit could have written.
func ListenStream(content []byte) (port int, socket string, ok bool) {
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case continues(line):
			return 0, "", false // Not ours: no file of ours has such a line.
		case line[0] == '[':
			section = line
		case section == "[Socket]":
			key, value, _ := strings.Cut(line, "=")
			if strings.TrimSpace(key) == "ListenStream" {
				return listenAddress(strings.TrimSpace(value))
			}
		}
	}
	return 0, "", false
}

func listenAddress(value string) (port int, socket string, ok bool) {
	if path, plain := unescapePercent(value); plain && strings.HasPrefix(path, "/") {
		return 0, path, true
	}
	number, found := strings.CutPrefix(value, listenHost+":")
	port, err := strconv.Atoi(number)
	if !found || err != nil || port < 1 || port > 65535 || strconv.Itoa(port) != number {
		return 0, "", false
	}
	return port, "", true
}

// unescapePercent undoes escapePercent. Text with a specifier is not its work.
func unescapePercent(s string) (string, bool) {
	plain := strings.ReplaceAll(s, "%%", "%")
	return plain, escapePercent(plain) == s
}
