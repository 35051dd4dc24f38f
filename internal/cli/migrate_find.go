package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ecounit/cutover"
	"ecounit/internal/hint"
	"ecounit/internal/imports"
	"ecounit/migrate"
	"ecounit/migrate/apacheconf"
	"ecounit/migrate/crontab"
	"ecounit/migrate/supervisor/conf"
	"ecounit/report"
)

// oldDaemon is a supervisord of the user's that runs, or that the crontab
// starts.
type oldDaemon struct {
	file    string
	folder  string           // in which it is started
	process *cutover.Process // nil when it does not run
	line    int              // of the crontab, or 0
	isIdle  bool             // neither starts it

	servers  []cutover.Server
	listens  []string // its event listeners, as supervisorctl knows them
	control  *cutover.Control
	problem  error // why it takes no orders
	programs []cutover.Program
}

// oldPrograms is all that runs a user's apps without ecounit.
type oldPrograms struct {
	*command
	h        *home
	daemons  []*oldDaemon
	idle     []string // configurations that nothing reads
	crontab  string   // the whole text
	hasTable bool
	apps     []*migrate.App
	of       map[*migrate.App]int // the daemon that runs an app
	report   report.Report
	notes    []string
}

// findOld looks for it. It changes nothing. What nothing starts is only looked
// at where apps are asked for by name.
func (c *command) findOld(ctx context.Context, h *home, byName bool) (*oldPrograms, error) {
	old := &oldPrograms{command: c, h: h}
	_, text, err := c.reader(h).CrontabText(ctx, "")
	switch {
	case err == nil:
		old.crontab, old.hasTable = text, true
	case !errors.Is(err, imports.ErrNoCrontab):
		old.notes = append(old.notes, err.Error()) // who may not use cron has no jobs there
	}
	if err := old.findDaemons(); err != nil {
		return nil, err
	}
	if byName {
		for _, file := range old.idle {
			old.daemons = append(old.daemons, &oldDaemon{file: file, folder: h.User.Home, isIdle: true})
		}
		old.idle = nil
	}
	named, err := c.readNamed(h, func(reader imports.Reader) (migrate.Result, error) { return old.read(ctx, reader) })
	if err != nil {
		return nil, err
	}
	old.apps, old.report = named.Apps, named.Report
	old.notes = append(old.notes, named.notes...)
	for _, d := range old.daemons {
		if err := old.ask(ctx, d); err != nil {
			return nil, err
		}
	}
	return old, nil
}

// findDaemons finds those that run, those that the crontab starts, and files
// at the usual places that belong to neither.
func (o *oldPrograms) findDaemons() error {
	for _, s := range cutover.Supervisords(o.h.User.UID) {
		if s.File == "" {
			return hint.With(fmt.Errorf("cannot find the configuration of your supervisord, process %d", s.PID), "start it with supervisord -c FILE, or stop it")
		}
		if unit := s.Unit(); unit != "" {
			return hint.With(fmt.Errorf("cannot stop your supervisord, process %d: the systemd unit %s would start it again", s.PID, unit),
				"systemctl --user disable --now %s, then name the apps: ecounit migrate APP...", unit)
		}
		process := s.Process
		o.daemons = append(o.daemons, &oldDaemon{file: s.File, folder: process.Directory, process: &process})
	}
	for _, s := range o.supervisors() {
		file := s.Config
		if file == "" {
			file = cutover.DefaultConfiguration("", s.Directory)
		}
		i := slices.IndexFunc(o.daemons, func(d *oldDaemon) bool { return sameFile(d.file, file) })
		switch {
		case i >= 0:
			o.daemons[i].line, o.daemons[i].folder = s.Line, s.Directory
		case file == "":
			return fmt.Errorf("cannot find the configuration of the supervisord that line %d of your crontab starts", s.Line)
		default:
			o.daemons = append(o.daemons, &oldDaemon{file: file, folder: s.Directory, line: s.Line})
		}
	}
	for _, place := range []string{"supervisord.conf", "etc/supervisord.conf", ".supervisord.conf", "supervisor/supervisord.conf"} {
		file := filepath.Join(o.h.User.Home, place)
		_, err := os.Stat(file)
		if err == nil && !slices.ContainsFunc(o.daemons, func(d *oldDaemon) bool { return sameFile(d.file, file) }) {
			o.idle = append(o.idle, file)
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	return a == b || err == nil && otherErr == nil && os.SameFile(one, other)
}

// supervisors are the lines of the crontab that start one.
func (o *oldPrograms) supervisors() []crontab.Supervisor {
	if !o.hasTable {
		return nil
	}
	return o.reader(o.h).CrontabOf(imports.OwnCrontab, o.crontab, nil).Supervisors
}

// read makes apps of everything.
func (o *oldPrograms) read(ctx context.Context, reader imports.Reader) (migrate.Result, error) {
	var all migrate.Result
	o.of = map[*migrate.App]int{}
	for i, d := range o.daemons {
		one, err := d.as(reader.Beside(all.Apps)).Supervisor(ctx, []string{d.file}, d.folder)
		if err != nil {
			return migrate.Result{}, err
		}
		for _, a := range one.Apps {
			o.of[a] = i
			a.Off = a.Off || d.isIdle
		}
		all.Apps = append(all.Apps, one.Apps...)
		all.Report.Merge(one.Report)
	}
	if o.hasTable {
		one := reader.Beside(all.Apps).CrontabOf(imports.OwnCrontab, o.crontab, all.Apps)
		all.Apps = append(all.Apps, one.Apps...)
		all.Report.Merge(one.Report)
	}
	reader.Place(all.Apps)
	for _, file := range o.h.webServer().Texts() {
		said := apacheconf.Publish(file.Path, file.Text, all.Apps)
		if isAbout(said) {
			all.Report.Merge(related(said))
		}
	}
	return all, nil
}

// isAbout says whether a file of Apache's has anything about an app.
func isAbout(r report.Report) bool {
	return slices.ContainsFunc(r.Entries(), func(e report.Entry) bool { return e.Severity != migrate.NotNeeded })
}

// related leaves out the lines that are about something else.
func related(all report.Report) (r report.Report) {
	for _, e := range all.Entries() {
		if e.Severity != migrate.NotNeeded {
			r.Add(e)
		}
	}
	return r
}

// ask has a supervisord say what it runs.
func (o *oldPrograms) ask(ctx context.Context, d *oldDaemon) error {
	input, err := d.as(o.reader(o.h)).Supervisord(d.file)
	if err != nil {
		return err
	}
	config, _ := conf.Read(input) // its mistakes are in the report
	for _, s := range config.Daemon.Servers {
		d.servers = append(d.servers, cutover.ServerAt(s.Socket, s.Port, d.folder, s.Username, s.Password))
	}
	for _, g := range config.Groups {
		for _, p := range g.Processes {
			if g.Kind == conf.EventListeners {
				d.listens = append(d.listens, g.Name+":"+p.Name)
			}
		}
	}
	if d.process == nil {
		return nil
	}
	*d.process = d.process.Launchable(d.file, started(d, config))
	if d.control, d.problem = cutover.Connect(ctx, d.servers, o.h.User.UID, d.process.PID); d.problem != nil {
		return nil //nolint:nilerr // the plan says what follows from it
	}
	d.programs, err = d.control.Programs(ctx)
	return err
}

// as has a reader see the variables that the supervisord has, if it runs.
func (d *oldDaemon) as(reader imports.Reader) imports.Reader {
	if d.process != nil {
		reader.Environment = append([]string{}, d.process.Environment...)
	}
	return reader
}

// started is the folder to start it in again. The process is in the one that
// its own configuration has it change to.
func started(d *oldDaemon, config *conf.Config) string {
	if config.Daemon.Directory == "" {
		return d.process.Directory
	}
	return d.folder
}

// program is what a supervisord says of one of its programs.
func (d *oldDaemon) program(name string) (cutover.Program, bool) {
	for _, p := range d.programs {
		if p.Name == name {
			return p, true
		}
	}
	return cutover.Program{}, false
}
