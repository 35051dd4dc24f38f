package conf

import "path"

// Config is what supervisor would run.
type Config struct {
	Daemon  Daemon
	Groups  []Group  // by priority and name, as supervisor starts them
	Lines   []Line   // of all files that mean something
	Include Place    // the option of [include] that was followed; what an included file includes is not
	Missing []string // patterns of it that no file matches

	// Unreadable is what Files.Read said of included files that are there.
	// Supervisor passes over them.
	Unreadable []error

	document *document
}

// Where is the place of an option that counts for a section, which may be in
// [DEFAULT]; false where it is not set.
func (c *Config) Where(section, key string) (Place, bool) {
	v, ok := c.document.get(section, key)
	if !ok {
		return Place{}, false
	}
	return Place{v.file, v.line}, true
}

// Counts reports whether a line is the one that counts of those that say the
// same option of the same section.
func (c *Config) Counts(l Line) bool {
	s := c.document.sections[l.Section]
	if l.Section == c.document.defaults.name {
		s = c.document.defaults
	}
	v := s.values[l.Key]
	return v.file == l.File && v.line == l.Of
}

// Place is where something is written.
type Place struct {
	File string
	Line int
}

// Daemon is [supervisord], as far as processes feel it.
type Daemon struct {
	Directory      string // "": where supervisord was started
	Umask          int
	MinFDs         int
	MinProcs       int
	NoDaemon       bool // then supervisord keeps the directory and the umask that it was started with
	User           string
	Environment    map[string]string
	HTTP           []string // the sections that make supervisorctl work
	Servers        []Server // what they say
	Here, FileName string
}

// Server is where supervisord takes orders.
type Server struct {
	Socket             string // a path, or ""
	Port               string // as it is written: PORT, *:PORT or HOST:PORT
	Username, Password string
}

// GroupKind is what a group is made of.
type GroupKind string

// The kinds of groups. A program without a [group:] is a group by itself.
const (
	Programs       GroupKind = "program"
	EventListeners GroupKind = "eventlistener"
	FastCGI        GroupKind = "fcgi-program"
	Heterogeneous  GroupKind = "group"
)

// Group is what supervisorctl calls one: processes are NAME:PROCESS.
type Group struct {
	Kind      GroupKind
	Name      string
	Priority  int
	Processes []Process // by priority and name
	Events    []string  // of event listeners
	Socket    string    // of FastCGI
}

// Process is one process. Values are expanded, and every default is decided.
type Process struct {
	Section      string // where it is written: "program:web"
	Program      string
	Name         string
	Command      string
	Directory    string // "": that of the daemon
	Umask        int    // -1: that of the daemon
	Priority     int
	Autostart    bool
	Autorestart  string
	StartSecs    int
	StartRetries int
	User         string
	StopSignal   int
	StopWaitSecs int
	StopAsGroup  bool
	KillAsGroup  bool
	ExitCodes    []int
	Number       int // %(process_num)d
	Environment  map[string]string

	RedirectStderr bool
	Stdout, Stderr Output
	ServerURL      string
}

// Argv is the command as supervisor splits it. No shell is run. An error means
// that the process never starts.
func (p Process) Argv() ([]string, error) { return splitCommand(p.Command) }

// Output is what happens to what a process prints.
type Output struct {
	Log             Log
	MaxBytes        int
	Backups         int
	CaptureMaxBytes int
	Events          bool
	Syslog          bool
}

// Input is what is read, and what supervisor knew besides.
type Input struct {
	File        string // absolute path
	Files       Files
	Environment map[string]string // in which supervisord was started
	Host        string            // the machine's name
	Home        string
}

// Read reads a configuration and all that it includes. When there are
// mistakes, supervisor does not start with it; the lines are there all the
// same.
func Read(in Input) (*Config, []Mistake) {
	r := &reader{document: newDocument(), in: in, environment: names{}}
	r.config = &Config{document: r.document, Daemon: Daemon{Here: path.Dir(in.File), FileName: in.File}}
	for name, value := range in.Environment {
		r.environment["ENV_"+name] = value
	}
	if r.load() {
		r.daemon()
		r.groups()
		r.servers()
	}
	r.config.Lines = r.lines
	return r.config, r.mistakes
}
