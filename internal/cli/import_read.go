package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"ecounit/cron"
	"ecounit/migrate"
	"ecounit/migrate/apacheconf"
	"ecounit/migrate/crontab"
	"ecounit/migrate/procfile"
	"ecounit/migrate/supervisor"
	"ecounit/migrate/supervisor/conf"
	"ecounit/report"
)

// oldReader reads what ran a user's programs so far. It prints nothing and
// writes nothing.
type oldReader struct {
	c *command
	h *home
	// taken are names that new apps cannot have; nil is none.
	taken func(name string) bool
}

// supervisor reads one supervisord.conf or several, and what they include.
// started is the folder in which supervisord is started; "" is the home
// directory. Mistakes for which supervisor itself would refuse a file are in
// the report.
func (o oldReader) supervisor(_ context.Context, files []string, started string) (migrate.Result, error) {
	var all migrate.Result
	environment := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		environment[name] = value
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	for _, file := range files {
		file = o.c.absolute(file)
		if _, err := o.h.ReadImport(file); err != nil { // a sentence of its own, instead of a mistake in the file
			return migrate.Result{}, err
		}
		one := supervisor.Import(supervisor.Input{
			Input: conf.Input{
				File: file, Files: conf.Files{Read: o.h.ReadImport, Names: o.h.Names},
				Environment: environment, Host: host, Home: o.h.User.Home,
			},
			User: o.h.User.Name, Started: started, Taken: o.takenBeside(all.Apps),
		})
		all.Apps = append(all.Apps, one.Apps...)
		all.Report.Merge(one.Report)
	}
	migrate.Place(all.Apps, o.h.User.Home)
	return all, nil
}

// crontab reads a user's crontab: "" is their own, as crontab -l prints it, and
// "-" the standard input. apps may get jobs; the result has the new ones alone.
func (o oldReader) crontab(ctx context.Context, file string, apps []*migrate.App) (crontab.Result, string, error) {
	name, text, err := o.c.crontabText(ctx, o.h, file)
	if err != nil {
		return crontab.Result{}, "", err
	}
	dialect := cron.Debian
	if o.h.HasCronie() {
		dialect = cron.RedHat
	}
	result := crontab.Import(crontab.Input{
		File: name, Text: text, Dialect: dialect, Home: o.h.User.Home, Names: o.h.Names, Apps: apps, Taken: o.takenBeside(nil),
	})
	return result, text, nil
}

// procfile reads a Procfile.
func (o oldReader) procfile(file string) (migrate.Result, error) {
	file = o.c.absolute(file)
	text, err := o.h.ReadImport(file)
	if err != nil {
		return migrate.Result{}, err
	}
	return procfile.Import(procfile.Input{
		File: file, Text: string(text), Directory: filepath.Dir(file), Home: o.h.User.Home, Names: o.h.Names, Taken: o.takenBeside(nil),
	}), nil
}

// apache gives apps the paths at which Apache's configuration has them.
func (o oldReader) apache(file string, apps []*migrate.App) (report.Report, error) {
	file = o.c.absolute(file)
	text, err := o.h.ReadImport(file)
	if err != nil {
		return report.Report{}, err
	}
	return apacheconf.Publish(file, string(text), apps), nil
}

// takenBeside adds the names of apps to those that are taken.
func (o oldReader) takenBeside(apps []*migrate.App) func(string) bool {
	return func(name string) bool {
		for _, a := range apps {
			if a.Descriptor.Name == name {
				return true
			}
		}
		return o.taken != nil && o.taken(name)
	}
}
