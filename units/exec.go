package units

import (
	"fmt"
	"strings"

	"ecounit/lazy"
)

var (
	signalName    = lazy.Regexp(`^[A-Z][A-Z0-9]*([+-][0-9]+)?$`)
	variableChars = newCharset(alphanumeric + "_")
)

// Exec sets a command line that runs exactly argv, without a shell: the
// program by its absolute path, then its arguments. Nothing in them is
// expanded.
func (s *Section) Exec(key string, argv ...string) *Section { return s.exec(key, "", argv) }

// ExecIgnored is Exec for a command that may fail: ExecStartPre=-/bin/a.
func (s *Section) ExecIgnored(key string, argv ...string) *Section { return s.exec(key, "-", argv) }

// ExecUnconfined is Exec for a command that runs outside of the unit's sandbox:
// ExecStart=+/bin/a.
func (s *Section) ExecUnconfined(key string, argv ...string) *Section { return s.exec(key, "+", argv) }

func (s *Section) exec(key, prefix string, argv []string) *Section {
	if words, ok := s.command(key, prefix, argv); ok {
		s.list(key, words)
	}
	return s
}

// command quotes a program and its arguments.
func (s *Section) command(key, prefix string, argv []string) (words []string, ok bool) {
	if len(argv) == 0 {
		s.fail(key, "no program")
		return nil, false
	}
	if why := programProblem(argv[0]); why != "" {
		s.refuse(key, argv[0], why)
		return nil, false
	}
	words, ok = s.arguments(key, argv[1:])
	return append([]string{prefix + quoteProgram(argv[0])}, words...), ok
}

func (s *Section) arguments(key string, args []string) (words []string, ok bool) {
	for _, arg := range args {
		if why := wordProblem(arg); why != "" {
			s.refuse(key, arg, why)
			return nil, false
		}
		words = append(words, quoteArgument(arg))
	}
	return words, true
}

// ExecSignalMain sets the command line that sends a signal ("HUP") to the main
// process: ExecReload=/bin/kill -HUP $MAINPID.
func (s *Section) ExecSignalMain(key, kill, signal string) *Section {
	if why := programProblem(kill); why != "" {
		return s.refuse(key, kill, why)
	}
	if !signalName().MatchString(signal) {
		return s.refuse(key, signal, "not the name of a signal without SIG")
	}
	return s.add(key, quoteProgram(kill)+" -"+signal+" $MAINPID")
}

// controlVariables is the version of systemd that takes any control character
// in Environment= (github.com/systemd/systemd/pull/18129, which Debian's 247
// has too). Before, it drops the variable.
const controlVariables = 247

// Environment sets one variable.
func (s *Section) Environment(name, value string) *Section {
	const key = "Environment"
	if !variableChars.spans(name) || name[0] <= '9' {
		return s.refuse(key, name, "not a name for a variable: letters, digits and _")
	}
	assignment := name + "=" + value
	if why := wordProblem(assignment); why != "" {
		// The value may be a password, so it does not go into the message.
		return s.fail(key, "the value of "+name+": "+why)
	}
	if v := s.unit.systemd; v != 0 && v < controlVariables && strings.ContainsFunc(value, isOddControl) {
		return s.fail(key, fmt.Sprintf("the value of %s: systemd %d takes no control characters but tabs and newlines", name, v))
	}
	return s.add(key, quoteWord(assignment))
}

func isOddControl(r rune) bool { return r < ' ' && r != '\t' && r != '\n' || r == 0x7f }

// programProblem says why systemd cannot run a program of that path.
func programProblem(path string) string {
	switch why := pathProblem(path); {
	case why != "":
		return why
	case strings.ContainsAny(path, `"'\`):
		return `systemd runs no program with ", ' or \ in its path`
	case !isTrimmed(path):
		return "systemd 257 runs no program with white space at the end of its path"
	case strings.HasSuffix(path, "/"):
		return "a directory, not a program"
	}
	return ""
}
