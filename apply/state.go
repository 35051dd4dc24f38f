package apply

import (
	"bytes"
	"slices"

	"ecounit/units"
)

// State is everything about one app on a machine that a change can alter. The
// same type says what is there, what is wanted, and what to go back to.
type State struct {
	Linger  bool         `json:"linger"`
	Enabled bool         `json:"enabled"` // default.target wants the app's target
	Units   []units.File `json:"units"`   // sorted by name
	Records []Record     `json:"records"` // sorted by path
	Running []string     `json:"running"` // unit names, sorted
	// Passing run as well, but end by themselves, such as a job. Nobody starts
	// them again after a change, and none but those that go away is stopped.
	Passing []string `json:"passing,omitempty"` // unit names, sorted
	// Starting are those of Running that are not up yet, or wait to be tried
	// again.
	Starting []string `json:"starting,omitempty"` // unit names, sorted
	// Failed do not run: systemd keeps them in mind until it is told otherwise.
	Failed []string `json:"failed,omitempty"` // unit names, sorted
}

// Record is a file of ours that systemd does not read: the last plan, the
// include, the link to the descriptor.
type Record struct {
	Path    string `json:"path"` // absolute
	Content []byte `json:"content,omitempty"`
	Link    string `json:"link,omitempty"` // a symbolic link to this path instead of content
}

func (r Record) equal(other Record) bool {
	return r.Link == other.Link && bytes.Equal(r.Content, other.Content)
}

func (s State) unit(name string) ([]byte, bool) {
	i := slices.IndexFunc(s.Units, func(f units.File) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return s.Units[i].Content, true
}

func (s State) record(path string) (Record, bool) {
	i := slices.IndexFunc(s.Records, func(r Record) bool { return r.Path == path })
	if i < 0 {
		return Record{}, false
	}
	return s.Records[i], true
}

// names are the units of the state, files and running ones.
func (s State) names() []string {
	return union(s.Running, namesOf(s.Units))
}
