package cli

import (
	"fmt"
	"slices"

	"ecounit/cutover"
	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
)

// source is the descriptor: the one that import makes, unless there is one.
func (mv *migration) source(m *moving) error {
	file := m.old.File
	m.loaded = &loaded{path: file, shown: mv.shown(file), source: m.descriptor.text}
	l := m.loaded
	if m.descriptor.state == otherThere {
		text, err := detect.ReadDescriptor(file)
		if err != nil {
			return err
		}
		l.source = text
	}
	l.descriptor, l.report = descriptor.Parse(l.shown, l.source)
	if l.report.HasErrors() || l.descriptor.Name == m.name() {
		m.keepLines()
		return nil
	}
	return hint.With(fmt.Errorf("cannot migrate %s: its descriptor goes to %s, and there is the one of another app, %s", m.name(), l.shown, l.descriptor.Name),
		"move that one away, or write name = %q into it if it is meant for this app", m.name())
}

// keepLines leaves jobs to cron that a descriptor does not have which was there
// before.
func (m *moving) keepLines() {
	for _, old := range m.old.Old {
		_, imported := m.old.Descriptor.Job[old.Name]
		_, has := m.loaded.descriptor.Job[old.Name]
		if old.Kind == "cron" && imported && !has {
			m.lines = slices.DeleteFunc(m.lines, func(n int) bool { return n == old.Line })
			m.notes = append(m.notes, fmt.Sprintf("line %d of the crontab stays: %s has no [job.%s]", old.Line, m.loaded.shown, old.Name))
		}
	}
}

// findRunning finds what runs an app now, and its lines of the crontab.
func (mv *migration) findRunning(m *moving) {
	for _, old := range m.old.Old {
		switch {
		case old.Kind == "cron":
			m.lines = append(m.lines, old.Line)
		case m.daemon != nil:
			if p, ok := m.daemon.program(old.Name); ok {
				m.programs = append(m.programs, p)
			} else {
				m.programs = append(m.programs, cutover.Program{Name: old.Name, Runs: m.daemon.process != nil && m.daemon.control == nil})
			}
		}
	}
	if m.daemon == nil {
		m.processes = mv.startedByCron(m)
	}
}
