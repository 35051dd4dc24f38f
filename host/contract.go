package host

import "ecounit/lazy"

// The service on the system bus.
const (
	BusName    = "org.ecounit.Host1"
	ObjectPath = "/org/ecounit/Host1"
	Interface  = "org.ecounit.Host1"
)

// The actions that polkit is asked about (polkit(8)).
const (
	PublishAction    = "org.ecounit.host.publish"    // of a user's own apps; everybody by default
	DatabaseAction   = "org.ecounit.host.database"   // of a user's own databases; everybody by default
	AdministerAction = "org.ecounit.host.administer" // administrators by default
)

// Request is what a user asks to have published. It holds no owner, no host and
// no socket path: the service derives them from who calls. On the bus it is the
// structure (ssqsbuassbtq).
type Request struct {
	App         string
	Path        string // "/alice_tasks"
	Port        uint16 // on 127.0.0.1; 0 is the app's socket in SocketDir
	Prefix      string // keep or strip
	WebSocket   bool
	Timeout     uint32 // seconds
	AllowFrom   []string
	Auth        string // "", "basic", or a name of the policy's
	HTTPSOnly   bool
	BodyLimit   uint64 // bytes; 0 is no limit of the app's own
	Connections uint16 // 0 is the renderer's default
}

var passwordName = lazy.Regexp(`^[A-Za-z0-9._@-]{1,64}$`)

// IsPasswordName says whether somebody of that name can have a password for a
// site: for Client.SetPassword.
func IsPasswordName(name string) bool { return passwordName().MatchString(name) }

// Answer is how a site stands after a call.
type Answer struct {
	State  string // one of the States
	Live   bool   // the web server serves it in the form asked for
	Reason string // why it is rejected, or not live
	URL    string
}

// State is what was decided about a site.
type State string

// The states of a site.
const (
	Reserved State = "reserved" // withdrawn by its owner, the path is kept for them
	Pending  State = "pending"  // waits for an administrator
	Approved State = "approved" // is to be served
	Rejected State = "rejected" // an administrator does not want it
)

// The severities of a Finding.
const (
	SeverityOK      = "ok"
	SeverityWarning = "warning"
	SeverityError   = "error"
)

// Finding is one line of what reconcile or check says.
type Finding struct {
	Severity string // one of the Severities
	What     string
	Hint     string // what to type, or ""
}

// Database is how the caller reaches a database of theirs, and what was made
// for it. On the bus it is the structure (ssquus).
type Database struct {
	Name string
	Host string // the folder of the server's socket
	Port uint16
	// The ids of the role and of the database where this call made them, or 0:
	// UnmakeDatabase takes them.
	MadeRole     uint32
	MadeDatabase uint32
	Warning      string // what its owner is to know, as that it is large, or ""
}

// DatabaseUse is one line of an administrator's list. On the bus it is the
// structure (sstuubbbs).
type DatabaseUse struct {
	Name        string
	Owner       string
	Bytes       uint64 // on the server's disk
	Connections uint32 // open now
	Limit       uint32 // that the owner may have open, to all databases; 0 is any number
	ByUs        bool   // the service made the owner's role
	Revoked     bool   // the owner is shut out
	Gone        bool   // the service made the owner's role, and there is no such account any more
	Warning     string
}
