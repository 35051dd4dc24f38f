package conf

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"ecounit/lazy"
)

// groups reads all programs. One that a [group:] names is no group of its own.
func (r *reader) groups() {
	var grouped []string
	for _, section := range r.kind(Heterogeneous) {
		grouped = append(grouped, r.group(section)...)
	}
	for _, section := range r.kind(Programs) {
		if !contains(grouped, section) {
			r.homogeneous(Programs, section, "999")
		}
	}
	for _, section := range r.kind(EventListeners) {
		r.listeners(section)
	}
	for _, section := range r.kind(FastCGI) {
		if !contains(grouped, section) {
			r.homogeneous(FastCGI, section, "999").socket(r.options(section, names{
				"here": r.config.Daemon.Here, "program_name": cutKind(section),
			}))
		}
	}
	slices.SortStableFunc(r.config.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
}

// kind lists the sections of a kind.
func (r *reader) kind(kind GroupKind) (sections []string) {
	for _, name := range r.document.names {
		if strings.HasPrefix(name, string(kind)+":") {
			sections = append(sections, name)
		}
	}
	return sections
}

// group reads a [group:] and returns the sections that it names.
func (r *reader) group(section string) (named []string) {
	o := r.options(section, names{"here": r.config.Daemon.Here})
	g := Group{Kind: Heterogeneous, Name: r.name(section, cutKind(section))}
	programs := words(o.or("programs", ""))
	g.Priority = o.integer("priority", "999")
	for _, program := range programs {
		as := []string{string(Programs) + ":" + program, string(FastCGI) + ":" + program}
		as = slices.DeleteFunc(as, func(s string) bool { return r.sections[s] == nil })
		switch len(as) {
		case 0:
			o.fail("programs", "programs: there is no [program:%s]", program)
		case 2:
			o.fail("programs", "programs: %s is both a program and an fcgi-program", program)
		default:
			named = append(named, as[0])
			g.Processes = append(g.Processes, r.processes(as[0], g.Name)...)
		}
	}
	r.config.Groups = append(r.config.Groups, g)
	return named
}

// homogeneous reads a section that is a group by itself.
func (r *reader) homogeneous(kind GroupKind, section, priority string) *Group {
	o := r.options(section, names{"here": r.config.Daemon.Here})
	name := cutKind(section)
	if kind != EventListeners {
		name = r.name(section, name)
	}
	g := Group{Kind: kind, Name: name, Priority: o.integer("priority", priority)}
	g.Processes = r.processes(section, name)
	r.config.Groups = append(r.config.Groups, g)
	return &r.config.Groups[len(r.config.Groups)-1]
}

var eventTypes = strings.Fields(`EVENT PROCESS_COMMUNICATION PROCESS_COMMUNICATION_STDERR PROCESS_COMMUNICATION_STDOUT
	PROCESS_GROUP PROCESS_GROUP_ADDED PROCESS_GROUP_REMOVED PROCESS_LOG PROCESS_LOG_STDERR PROCESS_LOG_STDOUT
	PROCESS_STATE PROCESS_STATE_BACKOFF PROCESS_STATE_EXITED PROCESS_STATE_FATAL PROCESS_STATE_RUNNING
	PROCESS_STATE_STARTING PROCESS_STATE_STOPPED PROCESS_STATE_STOPPING PROCESS_STATE_UNKNOWN REMOTE_COMMUNICATION
	SUPERVISOR_STATE_CHANGE SUPERVISOR_STATE_CHANGE_RUNNING SUPERVISOR_STATE_CHANGE_STOPPING TICK TICK_3600 TICK_5 TICK_60`)

func (r *reader) listeners(section string) {
	o := r.options(section, names{"here": r.config.Daemon.Here})
	if n := o.integer("buffer_size", "10"); n < 1 && !o.failed {
		o.fail("buffer_size", "buffer_size: %d is less than 1", n)
	}
	o.text("result_handler")
	var events []string
	for _, event := range words(o.or("events", "")) {
		event = strings.ToUpper(event)
		if events = append(events, event); !contains(eventTypes, event) {
			o.fail("events", "events: %s is not known", event)
		}
	}
	if len(events) == 0 {
		o.fail("events", "it has no events")
	}
	if o.boolean("redirect_stderr", "false") {
		o.fail("redirect_stderr", "an event listener cannot have redirect_stderr=true")
	}
	r.homogeneous(EventListeners, section, "-1").Events = events
}

var tcpSocket = lazy.Regexp(`^tcp://([^\s:]+):([0-9]+)$`)

// socket reads what is special about FastCGI.
func (g *Group) socket(o *options) {
	if text, ok := o.text("socket_backlog"); ok {
		if n, err := integer(text); err != nil || n < 1 || n > 65535 {
			o.fail("socket_backlog", "socket_backlog: %q is not between 1 and 65535", text)
		}
	}
	_, hasOwner := o.text("socket_owner")
	_, hasMode := o.text("socket_mode")
	if hasMode {
		parsed(o, "socket_mode", "", octal)
	}
	g.Socket = o.or("socket", "")
	if file, isUnix := strings.CutPrefix(g.Socket, "unix://"); isUnix {
		if !path.IsAbs(file) {
			o.fail("socket", "socket: %s is not an absolute path", file)
		}
		return
	}
	found := tcpSocket().FindStringSubmatch(g.Socket)
	switch {
	case g.Socket == "":
		o.fail("socket", "it has no socket")
	case hasOwner || hasMode:
		o.fail("socket", "socket_owner and socket_mode are for sockets with unix:// alone")
	case found == nil:
		o.fail("socket", "socket: %q is neither tcp://HOST:PORT nor unix://PATH", g.Socket)
	default:
		if n, err := integer(found[2]); err != nil || n < 1 || n > 0xffff {
			o.fail("socket", "socket: %s is not a port", found[2])
		}
	}
}
