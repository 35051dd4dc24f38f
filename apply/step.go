package apply

import (
	"fmt"
	"strings"
)

// Action is what a Step does.
type Action string

// The actions, in the order in which a change may hold them.
const (
	MakeDatabase Action = "database"    // the app's database, and what it needs on the server
	Linger       Action = "linger"      // systemd starts the user's manager at boot
	Stop         Action = "stop"        // units that go away, or that cannot be changed while they run
	Write        Action = "write"       // all unit files and records, as one batch
	Unlink       Action = "disable"     // default.target no longer wants the target
	Link         Action = "enable"      // default.target wants the target
	Reload       Action = "reload"      // daemon-reload
	Restart      Action = "restart"     // units whose file changed
	Start        Action = "start"       // units that are wanted and do not run
	Health       Action = "health"      // what was started answers and stays up
	LingerOff    Action = "linger-off"  // the user's manager ends at logout
	ResetState   Action = "reset-state" // systemd forgets the failures of units that are gone
)

// needsNoManager says of a step that it can be taken while the user's manager
// does not run.
func (a Action) needsNoManager() bool {
	return a == Linger || a == LingerOff || a == MakeDatabase || a == Write
}

// Step is one thing to do, as data: --dry-run prints it, Run carries it out.
type Step struct {
	Action Action       `json:"action"`
	Units  []string     `json:"units,omitempty"`
	Files  []FileChange `json:"files,omitempty"`
	Name   string       `json:"name,omitempty"` // of a database
}

// FileChange is one file of a Write. A nil Before is a new file, a nil After
// one that is removed.
type FileChange struct {
	Path   string `json:"path"`
	Before []byte `json:"before"`
	After  []byte `json:"after"`
	Link   string `json:"link,omitempty"` // After is a symbolic link to this path
	Mode   uint32 `json:"-"`
	Secret bool   `json:"-"` // not to be shown
}

// Verb is create, change or remove.
func (c FileChange) Verb() string {
	switch {
	case c.After == nil && c.Link == "":
		return "remove"
	case c.Before == nil:
		return "create"
	}
	return "change"
}

// String is the step in one line, or for a Write in one line a file.
func (s Step) String() string {
	switch s.Action {
	case Write:
		lines := make([]string, len(s.Files))
		for i, f := range s.Files {
			lines[i] = fmt.Sprintf("%-8s %s", f.Verb(), f.Path)
		}
		return strings.Join(lines, "\n")
	case MakeDatabase:
		return "database " + s.Name
	case Linger:
		return "linger   on: the user's services start at boot"
	case LingerOff:
		return "linger   off: the user's services end at logout"
	case Reload:
		return "reload   the user's systemd manager"
	case Health:
		return "check    that they come up: " + strings.Join(s.Units, " ")
	case ResetState:
		return "forget   failures of " + strings.Join(s.Units, " ")
	}
	return fmt.Sprintf("%-8s %s", s.Action, strings.Join(s.Units, " "))
}
