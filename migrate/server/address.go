package server

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"ecounit/lazy"
)

var hostAndPort = lazy.Regexp(`^(\[[0-9A-Fa-f:]*\]|[A-Za-z0-9_.*-]*):([0-9]{1,5})$`)

// addressOf reads HOST:PORT, :PORT and unix:PATH. A port that is a variable of
// the platform is not known.
func addressOf(text string) (Address, bool) {
	if file, found := strings.CutPrefix(text, "unix:"); found {
		return Address{Unix: strings.TrimPrefix(file, "//")}, file != ""
	}
	if host, found := strings.CutSuffix(text, ":${PORT}"); found {
		return Address{Host: host}, true
	}
	found := hostAndPort().FindStringSubmatch(text)
	if found == nil {
		return Address{}, false
	}
	port, err := strconv.Atoi(found[2])
	return Address{Host: found[1], Port: port}, err == nil && port > 0 && port <= 0xffff
}

// IsOpen reports whether others than this machine can reach it.
func (a Address) IsOpen() bool {
	return a.Port != 0 && !slices.Contains([]string{"localhost", local, "[::1]", "::1"}, a.Host)
}

// servers are programs that answer requests when they are given a port. Others
// that have one, such as a database, are nothing to be published.
var servers = []string{
	"gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "granian", "streamlit", "jupyter", "jupyter-lab",
	"jupyter-notebook", "voila", "panel", "bokeh", "flask", "chainlit", "fastapi", "sanic", "shiny", "solara", "marimo", "gradio",
	"datasette", "mlflow", "tensorboard", "node", "nodejs", "npm", "npx", "yarn", "pnpm", "bun", "deno", "serve",
	"Rscript", "R", "puma", "thin", "rails", "code-server",
}

// Answers reports whether the program of a command line is one that answers
// requests.
func Answers(argv []string) bool {
	if len(argv) > 2 && isPython(argv[0]) && argv[1] == "-m" {
		argv = argv[2:]
	}
	runserver := len(argv) > 2 && isPython(argv[0]) && path.Base(argv[1]) == "manage.py" && argv[2] == "runserver"
	return len(argv) > 0 && slices.Contains(servers, path.Base(argv[0])) || runserver
}

var (
	portOptions  = []string{"-p", "--port", "--server.port", "--http-port", "-b", "--bind", "--bind-addr", "--listen", "-l", "--http"}
	portArgument = lazy.Regexp(`^((?:[A-Za-z0-9_.-]*|\*|\[[0-9A-Fa-f:]*\]):)?([0-9]{4,5})$`)
	toEverybody  = lazy.Regexp(`(^|=)(0\.0\.0\.0$|(0\.0\.0\.0|\*|\[::\])?:[0-9])`)
	portInside   = lazy.Regexp(`\bport\s*=\s*([0-9]{4,5})\b`)
	// Variables that tell servers where to listen; others that end in PORT are
	// about what they connect to.
	portVariables = []string{"PORT", "FLASK_RUN_PORT", "STREAMLIT_SERVER_PORT", "UVICORN_PORT", "SHINY_PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT"}
)

// Port finds the port in a command line or its environment, and puts ${PORT}
// in its place. An address that all the world can reach becomes one of this
// machine.
func Port(argv []string, env map[string]string) (port int, command []string, ok bool) {
	command = slices.Clone(argv)
	for i := 1; i < len(command) && !ok; i++ {
		option, value, isJoined := strings.Cut(command[i], "=")
		switch isOption := slices.Contains(portOptions, option); {
		case isOption && isJoined:
			port, value, ok = portIn(value)
			command[i] = option + "=" + value
		case isOption && i+1 < len(command):
			i++
			port, command[i], ok = portIn(command[i])
		case hostAndPort().MatchString(command[i]), i == 3 && command[2] == "runserver":
			port, command[i], ok = portIn(command[i])
		default:
			port, command[i], ok = portWithin(command[i])
		}
	}
	for i := 0; i < len(portVariables) && !ok; i++ {
		port, _, ok = portIn(env[portVariables[i]])
	}
	if !ok {
		return 0, argv, false
	}
	for i, word := range command[1:] {
		if option, isJoined := strings.CutSuffix(word, "="+everywhere); isJoined {
			command[i+1] = option + "=" + local
		} else if word == everywhere {
			command[i+1] = local
		}
	}
	return port, command, true
}

const everywhere, local = "0.0.0.0", "127.0.0.1"

// portWithin finds port = 3838 in a piece of a program.
func portWithin(word string) (port int, replaced string, ok bool) {
	at := portInside().FindStringSubmatchIndex(word)
	if at == nil {
		return 0, word, false
	}
	port, replaced, ok = portIn(word[at[2]:at[3]])
	return port, word[:at[2]] + replaced + word[at[3]:], ok
}

func portIn(value string) (port int, replaced string, ok bool) {
	found := portArgument().FindStringSubmatch(value)
	if found == nil {
		return 0, value, false
	}
	port, err := strconv.Atoi(found[2])
	if err != nil || port < 1024 || port > 0xffff {
		return 0, value, false
	}
	host := found[1]
	switch host {
	case ":", "*:", everywhere + ":", "[::]:":
		host = local + ":"
	}
	return port, host + "${PORT}", true
}
