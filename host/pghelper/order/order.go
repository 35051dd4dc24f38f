// Package order is what the host service has ecounit-postgres do, and what that
// answers: one JSON object each way, in files that only root can read.
//
// It must not know of Postgres: ecounit-hostd, which is linked with it, runs as
// root.
package order

// Where the unit reads and writes, in the service's own folder of /run.
const (
	Unit = "ecounit-postgres.service"
	File = "postgres.order"
	Out  = "postgres.outcome"
	User = "postgres" // whom the unit runs as
)

// MaxOrder and MaxOutcome bound what is read, in bytes. An outcome lists all
// databases of a host.
const (
	MaxOrder   = 4 << 10
	MaxOutcome = 4 << 20
)

// Verb is what is to be done.
type Verb string

// The verbs.
const (
	Make   Verb = "make"   // Role and Database, unless they are there
	Adopt  Verb = "adopt"  // look whether Role has Database, and make nothing
	Unmake Verb = "unmake" // what is in Made, if it is still the same
	List   Verb = "list"   // the databases of Role, or all when it is ""
	Revoke Verb = "revoke" // shut Role out
	Allow  Verb = "allow"  // let Role in again
	Limit  Verb = "limit"  // Role to so many Connections; 0 is any number
	Look   Verb = "look"   // whether the server can be reached, to whom it is open, and who has roles
)

// Order is one thing to do.
type Order struct {
	// ID comes back in the outcome: who was cut off may have left an older one.
	ID          string `json:"id"`
	Do          Verb   `json:"do"`
	Role        string `json:"role,omitempty"`
	Database    string `json:"database,omitempty"`
	PerUser     int    `json:"per_user,omitempty"` // databases that Role may have in the end
	Connections int    `json:"connections,omitempty"`
	Made        Made   `json:"made,omitzero"`
}

// Made is what a Make made, as object ids; 0 is what was there before.
type Made struct {
	Role     uint32 `json:"role,omitempty"`
	Database uint32 `json:"database,omitempty"`
}

// Outcome is what came of an order.
type Outcome struct {
	ID        string     `json:"id"`
	Host      string     `json:"host,omitempty"` // the folder of the server's socket
	Port      int        `json:"port,omitempty"`
	Made      Made       `json:"made,omitzero"`
	Bytes     int64      `json:"bytes,omitempty"` // of the database
	Databases []Database `json:"databases,omitempty"`
	Openings  []string   `json:"openings,omitempty"`
	Obstacles []string   `json:"obstacles,omitempty"` // to users
	Roles     []Role     `json:"roles,omitempty"`     // of Look
	Refusal   *Refusal   `json:"refusal,omitempty"`
}

// Database is one line of a list.
type Database struct {
	Name        string `json:"name"`
	Owner       string `json:"owner"`
	Bytes       int64  `json:"bytes"`
	Connections int    `json:"connections"`
	Limit       int    `json:"limit"` // of the owner's connections; 0 is any number
	ByUs        bool   `json:"by_us"`
	Revoked     bool   `json:"revoked"`
	Rights      string `json:"rights,omitempty"` // of the owner, over others: "a superuser"
}

// Role is one that the service made, or that has databases.
type Role struct {
	Name      string `json:"name"`
	ByUs      bool   `json:"by_us"`
	Revoked   bool   `json:"revoked"`
	Rights    string `json:"rights,omitempty"` // over others: "a superuser"
	Databases int    `json:"databases"`
}

// Reason is why not, for whoever has an error of its own for it.
type Reason string

// The reasons.
const (
	Taken   Reason = "taken"   // the database belongs to somebody else
	TooMany Reason = "many"    // Role has as many databases as it may
	Missing Reason = "missing" // there is no such database or role
	Revoked Reason = "revoked" // Role was shut out
	BadName Reason = "name"
	Failed  Reason = "failed"
)

// Refusal is why an order was not carried out.
type Refusal struct {
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}
