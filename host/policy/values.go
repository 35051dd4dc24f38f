package policy

import (
	"fmt"
	"strconv"

	"ecounit/tomlfile"
)

// Ports are those that sites may use: "10000-32767".
type Ports struct{ First, Last int }

const (
	lowestPort, highestPort = 1024, 65535 // those below are for root alone

	portsHint = `write the first and the last one, between 1024 and 65535: "10000-32767"`
)

var portsPattern = tomlfile.NewPattern(`^([0-9]{1,5})-([0-9]{1,5})$`)

// Forms lists what may be written.
func (Ports) Forms() []tomlfile.Form { return []tomlfile.Form{{Type: "string", Pattern: portsPattern}} }

// ReadValue reads them from the file.
func (p *Ports) ReadValue(v tomlfile.Value) {
	if v.Kind() != tomlfile.String {
		v.Mismatch("a range of ports", portsHint)
		return
	}
	m := portsPattern.Regexp().FindStringSubmatch(v.Text())
	if m == nil {
		v.Wrong(portsHint, "%s is not a range of ports", v.Written())
		return
	}
	first, _ := strconv.Atoi(m[1]) // at most five digits
	last, _ := strconv.Atoi(m[2])
	for _, n := range []int{first, last} {
		if n < lowestPort || n > highestPort {
			v.Wrong(portsHint, "the port %d is not between %d and %d", n, lowestPort, highestPort)
			return
		}
	}
	if first > last {
		v.Wrong(fmt.Sprintf(`write "%d-%d"`, last, first), "the first port is greater than the last one")
		return
	}
	*p = Ports{first, last}
}

// BodyLimit is the largest body of a request, in bytes. Zero means that there
// is none.
type BodyLimit uint64

// body is what such a limit is. No upload fits into less than 1K.
var body = tomlfile.Size{What: "an amount of bytes", Least: 1 << 10}

// Forms lists what may be written.
func (BodyLimit) Forms() []tomlfile.Form { return body.Forms() }

// ReadValue reads it from the file.
func (b *BodyLimit) ReadValue(v tomlfile.Value) { *b = BodyLimit(body.Read(v)) }

// WarnSize is how large a database may get unnoticed, in bytes.
type WarnSize uint64

// warn is what such a size is. An empty database has some megabytes.
var warn = tomlfile.Size{What: "an amount of bytes", Least: 1 << 20}

// Forms lists what may be written.
func (WarnSize) Forms() []tomlfile.Form { return warn.Forms() }

// ReadValue reads it from the file.
func (w *WarnSize) ReadValue(v tomlfile.Value) { *w = WarnSize(warn.Read(v)) }

// Label stands for an account in paths.
type Label string

// Forms lists what may be written.
func (Label) Forms() []tomlfile.Form { return []tomlfile.Form{{Type: "string", Pattern: labelPattern}} }

// ReadValue reads it from the file.
func (l *Label) ReadValue(v tomlfile.Value) {
	switch {
	case v.Kind() == tomlfile.Table: // Anna.Smith = "anna" is a table to TOML
		v.Mismatch("a string", `put an account with a dot in quotes: "Anna.Smith" = "anna"`)
	case v.Kind() != tomlfile.String:
		v.NoString("a string")
	case !labelPattern.MatchString(v.Text()):
		v.Wrong(labelHint, "%s cannot stand in a path", v.Written())
	default:
		*l = Label(v.Text())
	}
}
