package units

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxPath      = 4095 // PATH_MAX without the NUL
	maxComponent = 255  // NAME_MAX; systemd 247 alone loads longer ones
	maxSocket    = 107  // sockaddr_un without the NUL
)

// mayBeMissing lists the settings that take a "-" before a path, for "unless
// it is not there". Elsewhere systemd takes it for a part of the path.
var mayBeMissing = []string{
	"EnvironmentFile", "ExecPaths", "InaccessiblePaths", "NoExecPaths",
	"ReadOnlyPaths", "ReadWritePaths", "WorkingDirectory",
}

// needMount lists the settings for whose path systemd looks for a mount unit.
var needMount = []string{
	"DirectoryNotEmpty", "ListenStream", "PathChanged", "PathExists",
	"PathModified", "RequiresMountsFor", "WorkingDirectory",
}

// longMountNames is the version of systemd that shortens the names of mount
// units (github.com/systemd/systemd/pull/22759). Before, it loads nothing of a
// unit that needs a mount with a name of more than 255 bytes.
const longMountNames = 251

// Path sets one absolute path: WorkingDirectory=, PathChanged=. Where the
// setting allows it, the path may follow a "-".
func (s *Section) Path(key, path string) *Section {
	dash, written := cutDash(key, path)
	if key == "EnvironmentFile" {
		// systemd takes it for a pattern, and checks the pattern as a path:
		// unescaped, "a*" would read every file that begins with an a.
		written = escapeGlob(written)
	}
	written = protectEnd(written)
	if why := s.cleanPathProblem(key, written); why != "" {
		return s.refuse(key, path, why)
	}
	return s.add(key, dash+escapePercent(written))
}

// PathList sets absolute paths: ReadWritePaths=, RequiresMountsFor=. Where the
// setting allows it, each may follow a "-". No paths at all write nothing.
func (s *Section) PathList(key string, paths ...string) *Section {
	var words []string
	for _, given := range paths {
		dash, path := cutDash(key, given)
		if why := s.cleanPathProblem(key, path); why != "" {
			return s.refuse(key, given, why)
		}
		words = append(words, quotePath(dash+path))
	}
	return s.list(key, words)
}

// ListenPort sets a TCP port of the loopback address: ListenStream=.
func (s *Section) ListenPort(key string, port int) *Section {
	if port < 1 || port > 65535 {
		return s.fail(key, "there is no port "+strconv.Itoa(port))
	}
	return s.add(key, listenHost+":"+strconv.Itoa(port))
}

// ListenPath sets the path of a unix socket: ListenStream=.
func (s *Section) ListenPath(key, path string) *Section {
	why := s.cleanPathProblem(key, path)
	switch {
	case why != "":
	case len(path) > maxSocket:
		why = "longer than the 107 bytes that a socket's address holds"
	case path != protectEnd(path):
		// systemd does not clean this path, so the slash would stay.
		why = "it ends in white space or a backslash"
	}
	if why != "" {
		return s.refuse(key, path, why)
	}
	return s.add(key, escapePercent(path))
}

func cutDash(key, path string) (dash, rest string) {
	if rest, found := strings.CutPrefix(path, "-"); found && slices.Contains(mayBeMissing, key) {
		return "-", rest
	}
	return "", path
}

// pathProblem says why systemd cannot hold the path anywhere. Control
// characters, but for line breaks, it could hold in places; a path with one is
// an accident or an attack.
func pathProblem(path string) string {
	switch {
	case path == "":
		return "no path"
	case path[0] != '/':
		return "not an absolute path"
	case !utf8.ValidString(path):
		return "not UTF-8, which systemd cannot hold"
	case hasControl(path):
		return "has a line break or another control character"
	case len(path) > maxPath:
		return "longer than a path can be"
	case slices.ContainsFunc(strings.Split(path, "/"), func(name string) bool { return len(name) > maxComponent }):
		return "a name in it is longer than a file's can be"
	}
	return ""
}

// cleanPathProblem adds what the settings mind that systemd cleans the path of.
func (s *Section) cleanPathProblem(key, path string) string {
	switch old := s.unit.systemd != 0 && s.unit.systemd < longMountNames; {
	case slices.Contains(strings.Split(path, "/"), ".."):
		return `systemd takes no ".." in it`
	case old && slices.Contains(needMount, key) && len(mountName(path)) > maxName:
		return fmt.Sprintf("systemd %d would load nothing of the unit: as the name of a mount unit the path is longer than %d bytes", s.unit.systemd, maxName)
	}
	return pathProblem(path)
}

// mountName is the name of the unit that would mount the path.
func mountName(path string) string {
	names := slices.DeleteFunc(strings.Split(path, "/"), func(name string) bool { return name == "" || name == "." })
	return escapeComponent(strings.Join(names, "/")) + ".mount"
}

// protectEnd keeps what systemd would strip from the end of the line, or take
// for a continuation of it, by a slash, which systemd takes away again.
func protectEnd(path string) string {
	if path != strings.TrimRight(path, " \t") || continues(path) {
		return path + "/"
	}
	return path
}
