package host

import "strings"

// Kind is why the service refused, as the last part of a D-Bus error name.
type Kind string

// The kinds of refusal.
const (
	Denied   Kind = "Denied"   // polkit or the policy does not let this user
	Invalid  Kind = "Invalid"  // a field that no honest client sends
	Taken    Kind = "Taken"    // somebody else has the path, the port or the name
	Refused  Kind = "Refused"  // the policy does not allow this site
	TooMany  Kind = "TooMany"  // too many calls, or too many sites
	NoSite   Kind = "NoSite"   // there is no such site
	BadSetup Kind = "BadSetup" // the policy file is missing or broken
	Failed   Kind = "Failed"   // the service could not do it
	Served   Kind = "Served"   // the service took a site off, and the web server still serves it
)

// errorPrefix stands before the kind in the name of a D-Bus error.
const errorPrefix = Interface + ".Error."

// Error is a refusal, in the words of the service. Its D-Bus form is the error
// name ErrorName and a body of two strings: the message and the hint.
type Error struct {
	Kind    Kind
	Message string
	Fix     string // what to type, or ""
}

func (e *Error) Error() string { return e.Message }

// Hint is what to type.
func (e *Error) Hint() string { return e.Fix }

// ErrorName is the name of the error on the bus.
func (e *Error) ErrorName() string { return errorPrefix + string(e.Kind) }

// kindOf is the kind of a D-Bus error name, or "" for an error of the bus.
func kindOf(name string) Kind {
	kind, ours := strings.CutPrefix(name, errorPrefix)
	if !ours {
		return ""
	}
	return Kind(kind)
}
