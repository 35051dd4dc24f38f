package detect

import (
	"slices"
	"strconv"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// server is a command line of gunicorn or uvicorn put into keys.
type server struct {
	name    string
	web     descriptor.Web
	dropped []string // arguments that ecounit sees to itself
}

// The arguments that are seen to by ecounit, or that only say what is so
// anyway. Those in valued are followed by a value.
var (
	valued = map[string][]string{
		"gunicorn": {"-b", "--bind", "--log-file", "--error-logfile", "--access-logfile", "-n", "--name"},
		"uvicorn":  {"--host", "--port", "--uds", "--root-path", "--forwarded-allow-ips"},
	}
	alone = map[string][]string{
		"gunicorn": {"--daemon", "-D"},
		"uvicorn":  {"--proxy-headers", "--access-log"},
	}
	workersOption = []string{"-w", "--workers"}
	classOption   = []string{"-k", "--worker-class"}
	appArgument   = lazy.Regexp(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\(\))?)?$`)
)

// serverOf recognises a command line that wsgi or asgi and workers can stand
// for. One with any other option stays a command: nothing gets lost.
func serverOf(command descriptor.Command) (server, bool) {
	words := command
	if len(words) > 2 && strings.HasPrefix(words[0], "python") && words[1] == "-m" {
		words = words[2:]
	}
	s := server{name: words[0]}
	if valued[s.name] == nil {
		return server{}, false
	}
	app, asgi := "", s.name == "uvicorn"
	for i := 1; i < len(words); i++ {
		word := words[i]
		option, value, joined := strings.Cut(word, "=")
		if !strings.HasPrefix(word, "-") {
			if app != "" || !appArgument().MatchString(word) {
				return server{}, false
			}
			app = word
			continue
		}
		if slices.Contains(alone[s.name], word) {
			s.dropped = append(s.dropped, word)
			continue
		}
		if !joined {
			if i++; i == len(words) {
				return server{}, false
			}
			value = words[i]
		}
		switch {
		case slices.Contains(valued[s.name], option):
			s.dropped = append(s.dropped, option, value)
		case slices.Contains(workersOption, option):
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > 64 {
				return server{}, false
			}
			s.web.Workers = &n
		case slices.Contains(classOption, option) && value == "sync":
		case slices.Contains(classOption, option) && strings.HasPrefix(value, "uvicorn"):
			asgi = true
		default:
			return server{}, false
		}
	}
	if app == "" || asgi && strings.HasSuffix(app, "()") {
		return server{}, false
	}
	if !strings.Contains(app, ":") {
		app += ":application" // gunicorn's own default
	}
	if s.web.WSGI = app; asgi {
		s.web.WSGI, s.web.ASGI = "", app
	}
	return s, true
}
