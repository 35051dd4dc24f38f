package descriptor

import (
	"ecounit/report"
	"ecounit/tomlfile"
)

// Descriptor is ecounit.toml as it was written: no default is filled in.
//
// The tags are read by the decoder, by the JSON Schema and by the test that
// compares both with ecounit.toml(5); this is the one list of keys.
type Descriptor struct {
	Name        string             `toml:"name" jsonschema:"required" jsonschema_description:"The app's name: a to z, 0 to 9 and -, at most 32 characters."`
	Description string             `toml:"description" jsonschema_description:"One line for people."`
	Directory   string             `toml:"directory" jsonschema_description:"Where the app runs; relative to this file. Default: this file's folder."`
	EnvFiles    []string           `toml:"env_files" jsonschema_description:"Files of NAME=value lines; relative to directory. You are warned when others can read them."`
	Env         map[string]string  `toml:"env" jsonschema_description:"Environment variables of every process."`
	Python      Python             `toml:"python" jsonschema_description:"Which Python runs the app. Default: .venv, venv, then a conda environment."`
	Web         *Web               `toml:"web" jsonschema_description:"The process that answers requests."`
	Database    *Database          `toml:"database" jsonschema_description:"The app's Postgres database."`
	Process     map[string]Process `toml:"process" jsonschema_description:"Further long-running processes."`
	Job         map[string]Job     `toml:"job" jsonschema_description:"Programs that run at their times."`
	Restart     Restart            `toml:"restart" jsonschema_description:"What happens when a process ends."`
	Limits      Limits             `toml:"limits" jsonschema_description:"Limits for all processes of the app together."`
	Sandbox     Sandbox            `toml:"sandbox" jsonschema_description:"What the app is kept from."`
	Watch       *Watch             `toml:"watch" jsonschema_description:"Restarts the app when its code changes."`
	OnFailure   *OnFailure         `toml:"on_failure" jsonschema_description:"Who is told when the app fails."`
	Systemd     Systemd            `toml:"systemd" jsonschema_description:"Further settings for the unit files, as systemd names them."`

	doc *tomlfile.Document
}

// Python chooses the interpreter; at most one key.
type Python struct {
	Conda       string `toml:"conda" jsonschema_description:"The name or path of a conda environment."`
	Venv        string `toml:"venv" jsonschema_description:"The path of a virtual environment."`
	Interpreter string `toml:"interpreter" jsonschema_description:"The path of a python program."`
}

// Web is the process that answers requests; exactly one of WSGI, ASGI and
// Command is set.
type Web struct {
	WSGI         string   `toml:"wsgi" jsonschema_description:"module:callable, served by gunicorn."`
	ASGI         string   `toml:"asgi" jsonschema_description:"module:callable, served by uvicorn."`
	Command      Command  `toml:"command" jsonschema_description:"Any server: a command line without shell syntax, or a list of arguments. It may use ${PORT}, ${SOCKET}, ${FD}, ${BASE_PATH} and ${NAME}."`
	Workers      *int     `toml:"workers" jsonschema_description:"How many processes answer requests. Default: 2 for wsgi, 1 for asgi."`
	Path         string   `toml:"path" jsonschema_description:"The URL path. Default: /USER_NAME."`
	Prefix       Prefix   `toml:"prefix" jsonschema_description:"Whether the app sees the path in front of each request. Default: keep for wsgi and command, strip for asgi."`
	Health       string   `toml:"health" jsonschema_description:"The path below the app that is asked after a start; an answer below 500 is healthy. Default: /."`
	StartTimeout Duration `toml:"start_timeout" jsonschema_description:"How long the app may take until it answers. Default: 30s."`
	Listen       Listen   `toml:"listen" jsonschema_description:"auto, socket, port, or a port number. Default: auto."`
	WebSocket    *bool    `toml:"websocket" jsonschema_description:"Whether the web server passes websockets on. Default: true."`
	AllowFrom    Networks `toml:"allow_from" jsonschema_description:"The only addresses and networks that may visit, as in 129.215.0.0/16. Default: all."`
	Auth         string   `toml:"auth" jsonschema_description:"How visitors sign in: basic, with a password, or a name that the administrator gives. Default: they do not."`
	HTTPSOnly    bool     `toml:"https_only" jsonschema_description:"Whether visitors who come over http are sent to https. Default: false."`
	BodyLimit    BodySize `toml:"body_limit" jsonschema_description:"The most that one request may send: bytes with K, M, G or T, as in 100M. Default: no limit."`
	Timeout      Duration `toml:"timeout" jsonschema_description:"How long the web server waits for an answer, in whole seconds up to 1h. Default: 5min."`
	Connections  *int     `toml:"connections" jsonschema_description:"How many connections to the app each process of the web server may hold. Default: 20 with websockets, 8 without."`
}

// Process is a further long-running process.
type Process struct {
	Command   Command `toml:"command" jsonschema:"required" jsonschema_description:"A command line without shell syntax, or a list of arguments."`
	Instances *int    `toml:"instances" jsonschema_description:"How many of it run. Default: 1."`
}

// Restart says what happens when a process ends.
type Restart struct {
	Policy   Policy   `toml:"policy" jsonschema_description:"Default: always."`
	Delay    Duration `toml:"delay" jsonschema_description:"The wait before a restart. Default: 1s."`
	MaxDelay Duration `toml:"max_delay" jsonschema_description:"The wait grows with each restart up to this; from systemd 254 on. Default: it does not grow."`
}

// Limits hold for all processes of the app together.
type Limits struct {
	Memory Bytes   `toml:"memory" jsonschema_description:"Bytes with K, M, G or T, as in 512M."`
	CPU    Percent `toml:"cpu" jsonschema_description:"Per cent of one processor, as in 150%."`
	Tasks  *int    `toml:"tasks" jsonschema_description:"How many processes and threads."`
}

// Sandbox chooses what the app is kept from.
type Sandbox struct {
	Level Level `toml:"level" jsonschema_description:"off, basic (default) or strict: only its directory can be written."`
}

// Systemd passes settings through to the unit files: key to value, or to a
// list of values for one line each.
type Systemd struct {
	Unit    Settings `toml:"unit" jsonschema_description:"For [Unit] of every service."`
	Service Settings `toml:"service" jsonschema_description:"For [Service] of every service."`
	Socket  Settings `toml:"socket" jsonschema_description:"For [Socket]."`
	Slice   Settings `toml:"slice" jsonschema_description:"For [Slice]."`
}

// Entry returns a report entry about the key, with its place in the file. A
// key that is not in the file gets the place of the nearest table above it.
func (d *Descriptor) Entry(severity report.Severity, key, message, hint string) report.Entry {
	return d.doc.Entry(severity, key, message, hint)
}

// Has reports whether the key stands in the file.
func (d *Descriptor) Has(key string) bool { return d.doc.Has(key) }

// File returns the name that Parse was given.
func (d *Descriptor) File() string { return d.doc.File() }
