package server

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
)

// Taken is a web server put into the keys of a descriptor.
type Taken struct {
	Web       *descriptor.Web
	Python    descriptor.Python
	Env       map[string]string // of the app: what it had, less what became keys
	Directory string
	Port      int    // where the old one listens, or 0
	Socket    string // or the path of a socket
	Notes     []TakenNote
}

// TakenNote is a verdict on the command, or on the variable that it is about.
type TakenNote struct {
	migrate.Verdict
	Variable string
}

// Take turns a program that answers requests into [web]. names lists folders,
// to see which Python it has. It is false for any other program.
func Take(s migrate.Started, directory string, env map[string]string, names func(string) []string) (Taken, bool) {
	t := Taken{Env: maps.Clone(env), Directory: s.Folder(directory)}
	if t.Env == nil {
		t.Env = map[string]string{}
	}
	maps.Copy(t.Env, s.Env)
	if s.Directory != "" {
		t.changed("cd became the app's folder, %s", t.Directory)
	}
	prefix := Prefix(s.Argv[0])
	if strings.Contains(s.Argv[0], "/") { // from the folder it runs in
		prefix = Prefix(migrate.In(t.Directory, s.Argv[0]))
	}
	switch known, ok := Of(s.Argv, t.Env); {
	case ok:
		t.known(known)
	case t.other(s):
		prefix = "" // the command names its program
	default:
		return Taken{}, false
	}
	if t.Python = s.Python(t.Directory, names); t.Python == (descriptor.Python{}) {
		t.Python = migrate.PythonAt(prefix, names)
	}
	return t, true
}

func (t *Taken) note(n TakenNote) { t.Notes = append(t.Notes, n) }

func (t *Taken) changed(format string, args ...any) {
	t.note(TakenNote{Verdict: migrate.Verdict{Is: migrate.Changed, Message: fmt.Sprintf(format, args...)}})
}

// known is gunicorn or uvicorn.
func (t *Taken) known(s Server) {
	web := s.Web
	if web.Workers == nil && web.WSGI != "" {
		one := 1 // gunicorn's own default; ecounit has another
		web.Workers = &one
	}
	for _, name := range s.Unset {
		delete(t.Env, name)
	}
	maps.Copy(t.Env, s.Env)
	if s.Directory != "" {
		t.Directory = migrate.In(t.Directory, s.Directory)
		t.changed("--chdir became the app's folder, %s", t.Directory)
	}
	t.Web, t.Port, t.Socket = &web, s.Address.Port, s.Address.Unix
	listen := t.listen(s.Address)
	t.changed("%s is started by ecounit: %s", s.Name, keysOf(web, listen))
	if len(s.Dropped) > 0 {
		t.note(TakenNote{Verdict: migrate.Verdict{Is: migrate.NotNeeded, Message: "ecounit and systemd see to " + strings.Join(s.Dropped, " ")}})
	}
	for _, n := range s.Notes {
		t.note(noteOf(n, s.Unset))
	}
}

func noteOf(n Note, variables []string) TakenNote {
	taken := TakenNote{Verdict: migrate.Verdict{Is: migrate.Changed, Message: n.Text}}
	if n.Lost {
		taken.Is = migrate.Lost
	}
	if i := slices.IndexFunc(variables, func(name string) bool { return strings.HasPrefix(n.Text, name+" ") }); i >= 0 {
		taken.Variable = variables[i]
	}
	return taken
}

// listen keeps the port: what the web server passes on goes there.
func (t *Taken) listen(a Address) string {
	const lowest, own = 1024, "a socket or a port of its own"
	switch {
	case a.Unix != "":
		t.changed("the socket %s is replaced by one that the web server of the machine can reach", a.Unix)
		return own
	case a.Port == 0:
		return own
	case a.Port < lowest:
		t.note(TakenNote{Verdict: migrate.Verdict{Is: migrate.Lost, Message: fmt.Sprintf("the port %d is for root alone", a.Port), Hint: "ecounit publishes the app at the usual ports"}})
		return own
	case a.IsOpen():
		t.changed("it can be reached from this machine alone, and by others through the web server")
	}
	t.Web.Listen = descriptor.Listen{Mode: descriptor.ListenPort, Port: a.Port}
	return "listen = " + strconv.Itoa(a.Port)
}

// keysOf says the keys in one line.
func keysOf(web descriptor.Web, listen string) string {
	words := []string{`wsgi = "` + web.WSGI + `"`, listen}
	if web.ASGI != "" {
		words[0] = `asgi = "` + web.ASGI + `"`
	}
	if web.Workers != nil {
		words = append(words, "workers = "+strconv.Itoa(*web.Workers))
	}
	return strings.Join(words, ", ")
}

// other is a program that answers requests at a port, as a command.
func (t *Taken) other(s migrate.Started) bool {
	port, argv, ok := Port(s.Argv, t.Env)
	if !ok || !Answers(s.Argv) {
		return false
	}
	t.Web, t.Port = &descriptor.Web{Command: argv, Listen: descriptor.Listen{Mode: descriptor.ListenPort, Port: port}}, port
	if t.Env["PORT"] == strconv.Itoa(port) {
		delete(t.Env, "PORT")
		t.note(TakenNote{Verdict: migrate.Verdict{Is: migrate.Changed, Message: fmt.Sprintf("PORT is set by ecounit, to listen = %d", port)}, Variable: "PORT"})
	}
	what := fmt.Sprintf("command in [web], listen = %d", port)
	if s.Conda+s.Activated == "" {
		t.note(TakenNote{Verdict: migrate.Verdict{Is: migrate.Kept, Message: what}})
	} else {
		t.changed("%s; the environment is found by [python] instead of being activated", what)
	}
	if slices.ContainsFunc(s.Argv, toEverybody().MatchString) && !slices.ContainsFunc(argv, toEverybody().MatchString) {
		t.changed("it can be reached from this machine alone, and by others through the web server")
	}
	t.path()
	return true
}

// path finds the URL path, in the command or in SCRIPT_NAME.
func (t *Taken) path() {
	if value, command, ok := PathIn(t.Web.Command); ok {
		t.Web.Path, t.Web.Command = value, command
		t.changed("the path %s became path in [web], which ${BASE_PATH} stands for", value)
	}
	const variable = "SCRIPT_NAME"
	value, isSet := t.Env[variable]
	if !isSet {
		return
	}
	delete(t.Env, variable) // ecounit sets it
	n := TakenNote{Variable: variable}
	if found, ok := Path(value); ok {
		t.Web.Path, n.Is, n.Message = found, migrate.Changed, fmt.Sprintf("%s became path = %q", variable, found)
	} else {
		n.Is, n.Message = migrate.Lost, variable+" "+value+": a path is one segment of a-z, 0-9, _ and -"
		n.Hint = "links to the app change"
	}
	t.note(n)
}
