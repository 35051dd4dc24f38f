package server

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// Server is what a command line says.
type Server struct {
	Name      string            // gunicorn or uvicorn
	Web       descriptor.Web    // WSGI or ASGI, and Workers and Path where they are said
	Env       map[string]string // what stands for options without a key
	Unset     []string          // variables that became keys
	Directory string            // where it changes to first, or ""
	Address   Address
	Dropped   []string // options that ecounit and systemd see to
	Notes     []Note
}

// Address is where a server listens; the zero value is not known.
type Address struct {
	Host string
	Port int
	Unix string // the path of a socket
}

// Note says what became of an option.
type Note struct {
	Lost bool // nothing does what it did
	Text string
}

// Of recognises a command line that wsgi or asgi can stand for. One that it
// does not understand to the last word stays a command: nothing gets lost.
func Of(argv []string, env map[string]string) (Server, bool) {
	words := argv
	if len(words) > 2 && isPython(words[0]) && words[1] == "-m" {
		words = words[2:]
	}
	if len(words) == 0 {
		return Server{}, false
	}
	r := &reader{env: env, server: Server{Name: path.Base(words[0]), Env: map[string]string{}}}
	switch r.server.Name {
	case "gunicorn", "gunicorn3":
		r.server.Name = "gunicorn"
		return r.server, r.gunicorn(words[1:])
	case "uvicorn":
		return r.server, r.uvicorn(words[1:])
	}
	return Server{}, false
}

var pythonName = lazy.Regexp(`^python[0-9.]*$`)

func isPython(program string) bool { return pythonName().MatchString(path.Base(program)) }

// Prefix is the environment that a program lies in: /srv/venv for
// /srv/venv/bin/gunicorn. For a name without a path it is "".
func Prefix(program string) string {
	if folder := path.Dir(program); path.IsAbs(program) && path.Base(folder) == "bin" {
		return path.Dir(folder)
	}
	return ""
}

// reader collects what the words of a command line say.
type reader struct {
	env    map[string]string
	server Server
	app    string
	isASGI bool
	rest   []string // options that the server is still given
}

func (r *reader) note(text string) { r.server.Notes = append(r.server.Notes, Note{Text: text}) }

func (r *reader) lose(text string) {
	r.server.Notes = append(r.server.Notes, Note{Lost: true, Text: text})
}

// rule is what to do with an option; value is "" for one that has none. It
// reports whether it understood.
type rule struct {
	takesValue bool
	do         func(r *reader, option, value string) bool
}

// rules gives several spellings of options the same rule.
func rules(all map[string]rule, spellings string, takesValue bool, do func(r *reader, option, value string) bool) {
	for option := range strings.FieldsSeq(spellings) {
		all[option] = rule{takesValue, do}
	}
}

// walk goes through a command line. It fails at a word that no rule is for.
func (r *reader) walk(words []string, known map[string]rule) bool {
	for i := 0; i < len(words); i++ {
		word := words[i]
		if !strings.HasPrefix(word, "-") {
			if r.app != "" || !appArgument().MatchString(word) || isFile(word) {
				return false
			}
			r.app = word
			continue
		}
		option, value, joined := strings.Cut(word, "=")
		if _, isKnown := known[option]; !isKnown && len(word) > 2 && word[1] != '-' { // -w4
			option, value, joined = word[:2], word[2:], true
		}
		rule, isKnown := known[option]
		if !isKnown || joined && !rule.takesValue {
			return false
		}
		if rule.takesValue && !joined {
			if i++; i == len(words) {
				return false
			}
			value = words[i]
		}
		if !rule.do(r, option, value) {
			return false
		}
	}
	return r.app != ""
}

var appArgument = lazy.Regexp(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?)?$`)

// isFile tells app.py from a module: no server finds an app there.
func isFile(app string) bool {
	module, _, _ := strings.Cut(app, ":")
	return strings.HasSuffix(module, ".py")
}

// drop is for what ecounit sees to itself.
func drop(r *reader, option, value string) bool {
	r.server.Dropped = append(r.server.Dropped, joinedWords(option, value))
	return true
}

func workers(r *reader, _, value string) bool {
	const most = 64 // of [web]
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		return false
	}
	r.server.Web.Workers = &n
	return true
}

func tls(r *reader, option, _ string) bool {
	r.lose(option + ": the web server speaks https with visitors, and http with the app")
	return true
}

// path takes the URL path from where the server has it.
func (r *reader) path(from, value string) {
	switch found, ok := Path(value); {
	case value == "" || value == "/":
	case ok:
		r.server.Web.Path = found
		r.note(from + " became path = " + strconv.Quote(found))
	default:
		r.lose(from + " " + value + ": a path is one segment of a-z, 0-9, _ and -; links to the app change")
	}
}

// concurrency is a variable that both servers know.
func (r *reader) concurrency() {
	const variable = "WEB_CONCURRENCY"
	value, isSet := r.env[variable]
	if !isSet {
		return
	}
	r.server.Unset = append(r.server.Unset, variable)
	if r.server.Web.Workers == nil && workers(r, variable, value) {
		r.note(variable + " became workers = " + value)
	}
}

func joinedWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}
