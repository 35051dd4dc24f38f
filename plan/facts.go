package plan

// Facts are what was read from the machine to answer the Needs of one
// descriptor. Lists answer the list of the same name in Needs, item by item.
type Facts struct {
	User       User
	Systemd    Systemd
	Descriptor string // absolute path of ecounit.toml
	Directory  File
	EnvFiles   []File
	Python     *Interpreter // nil when none is needed
	Programs   []File       // absolute paths in place of the names asked for
	TimeZones  []File       // the files that describe them
	Port       Port
	SocketDir  string // /run/ecounit/UID where it can be used, else ""
	Hosted     bool   // the host service publishes, and keeps what sites need for it
	HTTPSOnly  bool   // it has every site visited over https
	Database   *DatabaseFacts
	Watch      WatchFacts
	Preloads   bool   // gunicorn is set to load the app once, before its workers
	Ecounit    string // absolute path of the program that runs
}

// User is who the app belongs to.
type User struct {
	Name string `json:"name"`
	UID  int    `json:"uid"`
	Home string `json:"home"`
}

// Systemd is what the running user manager can do (facts: systemd.md 1). Only
// the version decides what a plan looks like; the rest decides what is refused
// or warned of, and is no part of the plan's JSON.
type Systemd struct {
	Version        int      `json:"version"` // 252
	CgroupV2       bool     `json:"-"`       // else every limit is silently unenforced
	Controllers    []string `json:"-"`       // delegated to user@UID.service; nil: not known
	UserNamespaces bool     `json:"-"`       // else PrivateUsers= fails with 217
}

// File is the answer about a path. Problem and Hint are sentences for the
// user; an empty Problem means that it can be used.
type File struct {
	Path    string // absolute
	Problem string
	Hint    string
	// Exposed says who else can read the file, in words, or is "".
	Exposed string
}

// Interpreter is a Python found on disk, without running it.
type Interpreter struct {
	Path    string            // absolute, not resolved: an environment's python is a link
	Kind    string            // "conda environment", "virtual environment", "interpreter"
	Name    string            // how the user knows it: a name or a path
	Prefix  string            // the environment's folder, or ""
	Modules map[string]string // those asked for that are there, with their versions
	Problem string
	Hint    string
}

// Port is the port that was kept or chosen on 127.0.0.1.
type Port struct {
	Number  int
	Problem string
	Hint    string
}
