package conf

import (
	"maps"
	"strings"
)

// daemonSection has to be in the file.
const daemonSection = "supervisord"

// reader turns a document into a Config.
type reader struct {
	*document
	in          Input
	config      *Config
	environment names // ENV_NAME
}

// known adds to what every option can use.
func (r *reader) known(more names) names {
	all := maps.Clone(r.environment)
	maps.Copy(all, more)
	return all
}

// options reads the options of a section, one after the other, and complains
// about those that it cannot read.
type options struct {
	*reader
	section string
	names   names
	failed  bool
}

func (r *reader) options(section string, more names) *options {
	return &options{reader: r, section: section, names: r.known(more)}
}

// fail complains about an option, or about the section where it is missing.
func (o *options) fail(key, format string, args ...any) {
	o.failed = true
	s := o.sections[o.section]
	file, line := s.file, s.line
	if v, ok := o.document.get(o.section, key); ok {
		file, line = v.file, v.line
	}
	o.mistake(file, line, "["+o.section+"] "+format, args...)
}

// raw is the value as it is written.
func (o *options) raw(key, otherwise string) string {
	v, ok := o.document.get(o.section, key)
	if !ok {
		return otherwise
	}
	return v.text
}

// text is the value with names expanded; ok is false where there is none.
func (o *options) text(key string) (text string, ok bool) {
	if _, ok := o.document.get(o.section, key); !ok {
		return "", false
	}
	return o.expand(key, o.raw(key, "")), true
}

func (o *options) or(key, otherwise string) string {
	if text, ok := o.text(key); ok {
		return text
	}
	return otherwise
}

func (o *options) expand(key, text string) string {
	expanded, err := expand(text, o.names)
	if err != nil {
		o.fail(key, "%s: %v", key, err)
	}
	return expanded
}

// parsed reads a value with one of the functions of values.go.
func parsed[T any](o *options, key, otherwise string, parse func(string) (T, error)) T {
	v, err := parse(o.or(key, otherwise))
	if err != nil && !o.failed {
		o.fail(key, "%s: %v", key, err)
	}
	return v
}

func (o *options) integer(key, otherwise string) int { return parsed(o, key, otherwise, integer) }
func (o *options) boolean(key, otherwise string) bool {
	return parsed(o, key, otherwise, boolean)
}

// daemon reads [supervisord]. Its environment is known to all programs.
func (r *reader) daemon() {
	d, o := &r.config.Daemon, r.options(daemonSection, names{"here": r.config.Daemon.Here})
	d.MinFDs, d.MinProcs = o.integer("minfds", "1024"), o.integer("minprocs", "200")
	d.Directory = expandUser(o.or("directory", ""), r.in.Home)
	d.User, d.Umask = o.or("user", ""), parsed(o, "umask", "022", octal)
	for _, key := range []string{"logfile", "pidfile", "identifier", "childlogdir"} {
		o.text(key)
	}
	parsed(o, "logfile_maxbytes", "50MB", byteSize)
	o.integer("logfile_backups", "10")
	if level := strings.ToLower(o.or("loglevel", "info")); !contains(logLevels, level) {
		o.fail("loglevel", "loglevel: %q is not one of %s", level, strings.Join(logLevels, ", "))
	}
	d.NoDaemon = o.boolean("nodaemon", "false")
	for _, key := range []string{"silent", "nocleanup", "strip_ansi"} {
		o.boolean(key, "false")
	}
	text := o.or("environment", "")
	o.names["host_node_name"] = r.in.Host
	d.Environment = o.pairs(o.expand("environment", text)) // a second time
	for name, value := range d.Environment {
		r.environment["ENV_"+name] = value
	}
}

// pairs reads an environment.
func (o *options) pairs(text string) map[string]string {
	found, err := pairs(text)
	if err != nil {
		o.fail("environment", "environment: %v", err)
		return map[string]string{}
	}
	return found
}

// servers are for supervisorctl alone. They are read for their mistakes.
func (r *reader) servers() {
	for _, section := range r.names {
		if strings.HasPrefix(section, "rpcinterface:") {
			r.plugin(r.options(section, nil))
			continue
		}
		isInet := strings.HasPrefix(section, "inet_http_server")
		if !isInet && !strings.HasPrefix(section, "unix_http_server") {
			continue
		}
		r.config.Daemon.HTTP = append(r.config.Daemon.HTTP, section)
		o := r.options(section, nil)
		server := Server{Username: o.or("username", ""), Password: o.or("password", "")}
		_, user := o.text("username")
		if _, password := o.text("password"); user != password {
			o.fail("", "it needs both a username and a password, or neither")
		}
		if isInet {
			o.port()
			server.Port = o.or("port", "")
			r.config.Daemon.Servers = append(r.config.Daemon.Servers, server)
			continue
		}
		parsed(o, "chmod", "0700", octal)
		o.names["here"] = r.config.Daemon.Here
		if _, ok := o.text("file"); !ok {
			o.fail("", "it has no file")
		}
		server.Socket = expandUser(o.or("file", ""), r.in.Home)
		r.config.Daemon.Servers = append(r.config.Daemon.Servers, server)
	}
}

// plugin reads all options: they are passed on, whatever they are.
func (r *reader) plugin(o *options) {
	const factory = "supervisor.rpcinterface_factory"
	if _, ok := r.document.get(o.section, factory); !ok {
		o.fail("", "it has no %s", factory)
	}
	for _, s := range []*section{r.sections[o.section], r.defaults} {
		for _, key := range s.order {
			o.text(key)
		}
	}
}

func (o *options) port() {
	text, ok := o.text("port")
	if !ok {
		o.fail("", "it has no port")
		return
	}
	if n, err := integer(text[strings.LastIndexByte(text, ':')+1:]); err != nil || n < 1 || n > 0xffff {
		o.fail("port", "port: %q is not a port", text)
	}
}
