package publish

import (
	"io/fs"
	"slices"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/plan"
)

// survey is how things stand before a publication, and what is to change.
type survey struct {
	wanted   Wanted
	there    map[string]include // by file name
	foreign  map[string]string  // what is in the folder and not an include: why
	changes  []change           // sorted by name
	problems map[string]string  // by ID, of sites that cannot be published as they are
	findings []host.Finding
	byHand   []string // IDs of includes that stay, though nobody wants them

	ours     names // which includes are ours
	oursNext names // when every change takes place

	generation uint64 // on disk
	stamp      []byte // the file that says so, or nil

	unloaded names // what the web server may not have loaded
	waiting  bool  // there is such a list; it may be empty
	unknown  bool  // it cannot be read: nothing is known to be loaded
}

// change is a difference in one file. A nil text is no file.
type change struct {
	name          string
	before, after []byte
	// fallback says that before may stay where the web server refuses after:
	// it takes no path and no port that could be somebody else's by now.
	fallback bool
}

// settled says that there is nothing to do.
func (s *survey) settled() bool { return len(s.changes) == 0 && !s.waiting }

// survey reads every include, also those that should be in order: somebody may
// have changed them by hand.
func (w *workplace) survey(wanted Wanted) (*survey, error) {
	s := &survey{wanted: wanted, there: map[string]include{}, foreign: map[string]string{}, problems: map[string]string{}}
	s.wanted.Sites = slices.SortedFunc(slices.Values(wanted.Sites), func(a, b plan.Site) int { return strings.Compare(a.ID(), b.ID()) })
	var err error
	if s.generation, s.stamp, err = w.generation(); err != nil {
		return nil, err
	}
	if s.ours, _, err = w.loadNames(manifestName); err != nil {
		s.find(host.SeverityError, err.Error(), "remove it: ecounit then writes a new one, and keeps all includes")
	}
	if s.unloaded, s.waiting, err = w.loadNames(unloadedName); err != nil {
		s.unknown = true // until the next reload
	}
	entries, err := w.includes.List()
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		s.sort(w, entry)
	}
	s.compare(w.web.Version)
	return s, nil
}

// sort tells an include from what is none.
func (s *survey) sort(w *workplace, entry fs.DirEntry) {
	name := entry.Name()
	if name == apache.GenerationName || strings.HasPrefix(name, ".") { // the web server skips hidden files
		return
	}
	found, err := w.read(entry)
	if err != nil {
		s.foreign[name] = oneLine(err.Error())
		s.find(host.SeverityWarning, err.Error(), "look at it, and move it out of the folder")
		return
	}
	if !found.safe {
		s.find(host.SeverityError, w.path(name)+" can be changed by others than root", "chown root: "+w.path(name)+" && chmod 644 "+w.path(name))
	}
	s.there[name] = found
}

func (s *survey) find(severity, what, hint string) {
	s.findings = append(s.findings, host.Finding{Severity: severity, What: oneLine(what), Hint: oneLine(hint)})
}
