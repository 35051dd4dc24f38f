package migrate

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"ecounit/descriptor"
)

// Started is how a line of shell starts a program.
type Started struct {
	Argv         []string
	Directory    string
	Env          map[string]string
	Conda        string // the name or path of a conda environment
	Activated    string // an environment, of conda or a virtual one
	Output       string // the file that it is written to
	Overwritten  bool   // anew with each start
	InBackground bool
}

// ReadScript takes the usual way to start a server apart: change into a folder,
// activate an environment, set variables, run one program. Anything that takes
// a shell is not understood.
func ReadScript(script, home string) (Started, bool) {
	s := Started{Env: map[string]string{}}
	script = strings.TrimSpace(script)
	if before, found := strings.CutSuffix(script, "&"); found && !strings.HasSuffix(before, "&") {
		s.InBackground, script = true, strings.TrimSpace(before)
	}
	script = homeVariable.ReplaceAllString(homeSign.ReplaceAllString(script, "${1}"+home+"/"), home)
	script, ok := s.redirected(script)
	parts := commandsIn(script)
	if !ok || len(parts) == 0 {
		return Started{}, false
	}
	for i, part := range parts {
		words, err := descriptor.Words(part)
		if err != nil || slices.ContainsFunc(words, placeholder.MatchString) || !s.step(words, i == len(parts)-1) {
			return Started{}, false
		}
	}
	return s, len(s.Argv) > 0
}

var (
	homeSign     = regexp.MustCompile(`(^|[ \t=])~/`)
	homeVariable = regexp.MustCompile(`\$(HOME\b|\{HOME\})`)
	redirection  = regexp.MustCompile(`[ \t]*(1?>>?|&>>?|2>>?|<)[ \t]*([^ \t<>|&;()'"$]+|&1)$`)
)

// redirected takes redirections off the end.
func (s *Started) redirected(script string) (rest string, ok bool) {
	for {
		found := redirection.FindStringSubmatch(script)
		if found == nil {
			return script, true
		}
		script = strings.TrimSuffix(script, found[0])
		switch operator, file := found[1], found[2]; {
		case file == "&1", operator == "<" && file == "/dev/null":
		case operator == "<", strings.HasPrefix(operator, "2"):
			return script, false
		default:
			s.Output, s.Overwritten = file, !strings.HasSuffix(operator, ">>")
		}
	}
}

// commandsIn splits at && and ; outside of quotes.
func commandsIn(script string) (parts []string) {
	start, quote := 0, byte(0)
	add := func(end int) { parts = append(parts, strings.TrimSpace(script[start:end])) }
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '\\':
			i++
		case c == ';' || c == '\n':
			add(i)
			start = i + 1
		case strings.HasPrefix(script[i:], "&&"):
			add(i)
			i++
			start = i + 1
		}
	}
	add(len(script))
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// assignments takes NAME=VALUE off the front.
func (s *Started) assignments(words []string) (rest []string) {
	for len(words) > 0 {
		name, value, found := strings.Cut(words[0], "=")
		if !found || !IsVariable(name) {
			break
		}
		s.Env[name], words = value, words[1:]
	}
	return words
}

// step carries out one command.
func (s *Started) step(words []string, isLast bool) bool {
	switch {
	case words[0] == "export":
		return !isLast && len(s.assignments(words[1:])) == 0
	case isLast:
		words = s.assignments(words)
		s.Argv = s.unwrapped(words)
		return len(s.Argv) > 0 && s.Argv[0] != "" && !slices.Contains(builtins, s.Argv[0])
	case words[0] == "cd" && len(words) == 2 && words[1] != "-":
		s.Directory = words[1]
	case isActivation(words):
		s.Activated = path.Dir(path.Dir(words[1]))
		if len(words) == 3 {
			s.Conda, s.Activated = words[2], ""
		}
	case len(words) == 2 && (words[0] == "source" || words[0] == ".") && strings.HasSuffix(words[1], "/etc/profile.d/conda.sh"):
	case len(words) == 3 && slices.Contains(condas, words[0]) && words[1] == "activate":
		s.Conda, s.Activated = words[2], ""
	default: // for a shell
		return false
	}
	return true
}

// builtins are no programs.
var builtins = strings.Fields("cd . source eval exit wait ulimit umask set unset alias trap read return shift test [ ! { if for while until case")

var condas = []string{"conda", "mamba", "micromamba"}

func isActivation(words []string) bool {
	return len(words) >= 2 && len(words) <= 3 && (words[0] == "source" || words[0] == ".") && strings.HasSuffix(words[1], "/bin/activate")
}

// unwrapped leaves out programs that only start another one.
func (s *Started) unwrapped(words []string) []string {
	for len(words) > 1 {
		switch name := path.Base(words[0]); {
		case words[0] == "exec", name == "nohup", name == "setsid":
			words = words[1:]
		case name == "env" && !strings.HasPrefix(words[1], "-"):
			words = s.assignments(words[1:])
		case name == "screen" && (words[1] == "-dm" || words[1] == "-dmS" && len(words) > 3):
			s.InBackground = true
			if words[1] == "-dmS" { // with a name
				words = words[1:]
			}
			words = words[2:]
		case slices.Contains(condas, name) && words[1] == "run":
			rest, ok := s.condaRun(words[2:])
			if !ok {
				return words
			}
			words = rest
		default:
			return words
		}
	}
	return words
}

func (s *Started) condaRun(words []string) (rest []string, ok bool) {
	for len(words) > 1 && strings.HasPrefix(words[0], "-") {
		switch words[0] {
		case "-n", "--name", "-p", "--prefix":
			s.Conda, words = words[1], words[2:]
		case "--no-capture-output", "--live-stream":
			words = words[1:]
		default:
			return nil, false
		}
	}
	return words, len(words) > 0 && s.Conda != ""
}
