package imports

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ecounit/cron"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/migrate"
	"ecounit/migrate/apacheconf"
	"ecounit/migrate/crontab"
	"ecounit/migrate/procfile"
	"ecounit/migrate/supervisor"
	"ecounit/migrate/supervisor/conf"
	"ecounit/report"
)

// Reader reads what ran a user's programs so far. It prints nothing and
// writes nothing.
type Reader struct {
	Machine detect.Machine
	Workdir string    // what relative paths are relative to
	In      io.Reader // what "-" means for a crontab
	// Taken are names that new apps cannot have; nil is none.
	Taken func(name string) bool
	// Environment is that in which supervisord was started, as NAME=value; nil
	// is that of this process.
	Environment []string
}

// Supervisor reads one supervisord.conf or several, and what they include.
// started is the folder in which supervisord is started; "" is the home
// directory. Mistakes for which supervisor itself would refuse a file are in
// the report.
func (o Reader) Supervisor(ctx context.Context, files []string, started string) (migrate.Result, error) {
	var all migrate.Result
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return migrate.Result{}, err
		}
		file = o.absolute(file)
		if _, err := o.Machine.ReadImport(file); err != nil { // a sentence of its own, instead of a mistake in the file
			return migrate.Result{}, err
		}
		input, err := o.Supervisord(file)
		if err != nil {
			return migrate.Result{}, err
		}
		one := supervisor.Import(supervisor.Input{Input: input, User: o.Machine.User.Name, Started: started, Taken: o.Beside(all.Apps).Taken})
		all.Apps = append(all.Apps, one.Apps...)
		all.Report.Merge(one.Report)
	}
	o.Place(all.Apps)
	return all, nil
}

// Supervisord is all that decides what a supervisord makes of a configuration.
func (o Reader) Supervisord(file string) (conf.Input, error) {
	host, err := os.Hostname()
	if err != nil {
		return conf.Input{}, fmt.Errorf("cannot find the name of this host: %w", err)
	}
	variables := o.Environment
	if variables == nil {
		variables = os.Environ()
	}
	environment := map[string]string{}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		environment[name] = value
	}
	return conf.Input{
		File: file, Files: conf.Files{Read: o.Machine.ReadImport, Names: o.Machine.Names},
		Environment: environment, Host: host, Home: o.Machine.User.Home,
	}, nil
}

// Crontab reads a user's crontab: "" is their own, as crontab -l prints it, and
// "-" the standard input. apps may get jobs; the result has the new ones alone.
func (o Reader) Crontab(ctx context.Context, file string, apps []*migrate.App) (crontab.Result, string, error) {
	name, text, err := o.CrontabText(ctx, file)
	if err != nil {
		return crontab.Result{}, "", err
	}
	return o.CrontabOf(name, text, apps), text, nil
}

// CrontabOf is crontab for a text that was read before.
func (o Reader) CrontabOf(name, text string, apps []*migrate.App) crontab.Result {
	result := crontab.Import(crontab.Input{
		File: name, Text: text, Dialect: Dialect(o.Machine), NoMail: !o.Machine.HasSendmail(), Home: o.Machine.User.Home, Names: o.Machine.Names, Apps: apps, Taken: o.Taken,
	})
	o.Place(result.Apps)
	return result
}

// Dialect is how the machine's cron reads a crontab.
func Dialect(machine detect.Machine) cron.Dialect {
	if machine.HasCronie() {
		return cron.RedHat
	}
	return cron.Debian
}

// StartedIn is the folder in which the user's crontab starts the supervisord
// of a configuration, or "".
func (o Reader) StartedIn(ctx context.Context, file string) string {
	result, _, err := o.Crontab(ctx, "", nil)
	if err != nil {
		return ""
	}
	file = o.absolute(file)
	for _, s := range result.Supervisors {
		found := []string{s.Config}
		if s.Config == "" {
			found = []string{filepath.Join(s.Directory, "supervisord.conf"), filepath.Join(s.Directory, "etc/supervisord.conf")}
		}
		if slices.Contains(found, file) {
			return s.Directory
		}
	}
	return ""
}

// Procfile reads a Procfile.
func (o Reader) Procfile(file string) (migrate.Result, error) {
	file = o.absolute(file)
	text, err := o.Machine.ReadImport(file)
	if err != nil {
		return migrate.Result{}, err
	}
	result := procfile.Import(procfile.Input{
		File: file, Text: string(text), Directory: filepath.Dir(file), Home: o.Machine.User.Home, Names: o.Machine.Names, Taken: o.Taken,
	})
	o.Place(result.Apps)
	return result, nil
}

// Apache gives apps the paths at which Apache's configuration has them.
func (o Reader) Apache(file string, apps []*migrate.App) (report.Report, error) {
	file = o.absolute(file)
	text, err := o.Machine.ReadImport(file)
	if err != nil {
		return report.Report{}, hint.With(err, "an administrator can send you the lines with ProxyPass for your apps; put them into a file of your own, and name that one")
	}
	return apacheconf.Publish(file, string(text), apps), nil
}

// Beside is a reader for which the names of apps are taken as well.
func (o Reader) Beside(apps []*migrate.App) Reader {
	before := o.Taken
	o.Taken = func(name string) bool {
		return before != nil && before(name) || slices.ContainsFunc(apps, func(a *migrate.App) bool { return a.Descriptor.Name == name })
	}
	return o
}

// Place decides where descriptors go. Where the user cannot write beside the
// code they are kept together in the home directory.
func (o Reader) Place(apps []*migrate.App) {
	home := o.Machine.User.Home
	migrate.Place(apps, home)
	for _, a := range apps {
		if unix.Access(filepath.Dir(a.File), unix.W_OK|unix.X_OK) == nil || a.Directory == home {
			continue
		}
		a.File = filepath.Join(home, "ecounit", a.Descriptor.Name+".toml")
		a.Descriptor.Directory = a.Directory
	}
}

// absolute is a file as an absolute path.
func (o Reader) absolute(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(o.Workdir, file)
}
