package migrate

import (
	"path"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
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
	Waits        bool // for a time, before it starts
	Profile      bool // it has what the user's shell reads first
}

// readOne is ReadScript for a single shell.
func readOne(script, home string) (Started, bool) {
	s := Started{Env: map[string]string{}}
	script = strings.TrimSpace(script)
	if before, found := strings.CutSuffix(script, "&"); found && !strings.HasSuffix(before, "&") {
		s.InBackground, script = true, strings.TrimSpace(before)
	}
	script = homeVariable().ReplaceAllString(homeSign().ReplaceAllString(script, "${1}"+home+"/"), home)
	script, ok := s.redirected(script)
	parts := commandsIn(script)
	if !ok || len(parts) == 0 {
		return Started{}, false
	}
	for i, part := range parts {
		if condaHook().MatchString(part) && i < len(parts)-1 {
			continue
		}
		words, err := descriptor.Words(part)
		if err != nil || slices.ContainsFunc(words, placeholder().MatchString) || !s.step(words, i == len(parts)-1) {
			return Started{}, false
		}
	}
	// Without an environment to activate, the program may need anything in there.
	return s, len(s.Argv) > 0 && (!s.Profile || s.Conda != "")
}

// condaHook is what has a shell know conda activate.
var condaHook = lazy.Regexp(`^eval "\$\([A-Za-z0-9_./~-]*(conda|mamba|micromamba) shell[. ][a-z .-]*hook[a-z .-]*\)"$`)

var (
	homeSign     = lazy.Regexp(`(^|[ \t=])~/`)
	homeVariable = lazy.Regexp(`\$(HOME\b|\{HOME\})`)
	redirection  = lazy.Regexp(`[ \t]*(1?>>?|&>>?|2>>?|<)[ \t]*([^ \t<>|&;()'"$]+|&1)$`)
)

// redirected takes redirections off the end.
func (s *Started) redirected(script string) (rest string, ok bool) {
	for {
		found := redirection().FindStringSubmatch(script)
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
	case words[0] == "cd" && len(words) == 2 && words[1] != "-" && (s.Activated == "" || path.IsAbs(s.Activated)):
		s.Directory = changed(s.Directory, words[1])
	case isActivation(words):
		s.Activated = path.Dir(path.Dir(words[1]))
		if len(words) == 3 {
			s.Conda, s.Activated = words[2], ""
		}
	case len(words) == 2 && (words[0] == "source" || words[0] == ".") && strings.HasSuffix(words[1], "/etc/profile.d/conda.sh"):
	case len(words) == 2 && (words[0] == "source" || words[0] == ".") && isProfile(words[1]):
		s.Profile = true
	case len(words) == 2 && words[0] == "sleep":
		s.Waits = true
	case len(words) == 3 && slices.Contains(condas, path.Base(words[0])) && words[1] == "activate":
		s.Conda, s.Activated = words[2], ""
	default: // for a shell
		return false
	}
	return true
}

// changed is the folder after cd.
func changed(from, to string) string {
	if from == "" || path.IsAbs(to) {
		return to
	}
	return path.Join(from, to)
}

// builtins are no programs.
var builtins = strings.Fields("cd . source eval exit wait ulimit umask set unset alias trap read return shift test [ ! { if for while until case")

var condas = []string{"conda", "mamba", "micromamba"}

func isActivation(words []string) bool {
	return len(words) >= 2 && len(words) <= 3 && (words[0] == "source" || words[0] == ".") && strings.HasSuffix(words[1], "/bin/activate")
}

// isProfile is for files that shells read first.
func isProfile(file string) bool {
	return slices.Contains([]string{".bashrc", ".bash_profile", ".profile"}, path.Base(file))
}

// unwrapped leaves out programs that only start another one.
func (s *Started) unwrapped(words []string) []string {
	for len(words) > 1 {
		switch name := path.Base(words[0]); {
		case words[0] == "exec", name == "nohup", name == "setsid":
			words = words[1:]
		case name == "env" && !strings.HasPrefix(words[1], "-"):
			words = s.assignments(words[1:])
		case name == "screen" || name == "tmux":
			rest, ok := detached(words)
			if !ok {
				return words
			}
			s.InBackground, words = true, rest
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
