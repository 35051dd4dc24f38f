package cli

import (
	"ecounit/cutover"
	"ecounit/internal/terminal"
	"ecounit/migrate"
	"ecounit/report"
)

// migrateDocument is what migrate says to programs.
type migrateDocument struct {
	Version     int                `json:"version"`
	OK          bool               `json:"ok"`   // it was, or can be, done
	Done        bool               `json:"done"` // false with --dry-run
	Apps        []migratedApp      `json:"apps"`
	Supervisors []migratedDaemon   `json:"supervisors"`
	Crontab     []migratedCronLine `json:"crontab"` // lines that are commented out
	Notes       []string           `json:"notes,omitempty"`
	Entries     []report.Entry     `json:"entries"` // about lines of the old files
}

type migratedApp struct {
	Name       string        `json:"name"`
	Descriptor string        `json:"descriptor"`
	State      string        `json:"state"` // of the descriptor, as import has it
	Enable     bool          `json:"enable"`
	Old        []migrate.Old `json:"old"`
	Running    bool          `json:"running"` // the old one
	Port       int           `json:"port,omitempty"`
	Socket     string        `json:"socket,omitempty"`
	Handover   bool          `json:"handover"` // both listen for a moment
	URLs       []string      `json:"urls"`
	Missing    []string      `json:"missing_variables"`
}

type migratedDaemon struct {
	File    string            `json:"file"`
	PID     int               `json:"pid,omitempty"`
	Stops   bool              `json:"stops"`
	Stay    []string          `json:"stay"` // programs that go on
	Control bool              `json:"control"`
	All     []cutover.Program `json:"programs"`
}

type migratedCronLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (mv *migration) document(ok, isDone bool) migrateDocument {
	doc := migrateDocument{
		Version: terminal.JSONVersion, OK: ok, Done: isDone, Apps: []migratedApp{}, Supervisors: []migratedDaemon{}, Crontab: []migratedCronLine{},
		Notes: mv.notes, Entries: mv.report.Entries(),
	}
	for _, m := range mv.apps {
		doc.Apps = append(doc.Apps, migratedApp{
			Name: m.name(), Descriptor: m.old.File, State: m.descriptor.state, Enable: m.enable, Old: m.old.Old, Running: m.runs(),
			Port: m.old.Port, Socket: m.old.Socket, Handover: m.enable && m.beside == "", URLs: append([]string{}, m.urls...), Missing: append([]string{}, m.missing...),
		})
	}
	for _, d := range mv.daemons {
		if !mv.moves(d) {
			continue
		}
		daemon := migratedDaemon{File: d.file, Stay: append([]string{}, mv.stays(d)...), Control: d.control != nil, All: append([]cutover.Program{}, d.programs...)}
		if d.process != nil {
			daemon.PID, daemon.Stops = d.process.PID, len(daemon.Stay) == 0
		}
		doc.Supervisors = append(doc.Supervisors, daemon)
	}
	for _, number := range mv.allLines() {
		doc.Crontab = append(doc.Crontab, migratedCronLine{number, mv.crontabLine(number)})
	}
	return doc
}
