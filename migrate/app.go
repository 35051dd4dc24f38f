package migrate

import (
	"path"

	"ecounit/descriptor"
	"ecounit/report"
	"ecounit/templates"
)

// Result is what an importer made of a file.
type Result struct {
	Apps   []*App
	Report report.Report
}

// App is a descriptor in the making.
type App struct {
	Descriptor *descriptor.Descriptor
	Directory  string // absolute: where it runs
	File       string // absolute: where the descriptor goes; Place decides
	Port       int    // where the old program listens, or 0
	Socket     string // or the path of a socket that it listens on
	Old        []Old  // what runs it now
	Off        bool   // the old program is not started by itself
}

// Old is what the app takes the place of.
type Old struct {
	Kind string `json:"kind"` // supervisor or cron
	Name string `json:"name"` // as supervisorctl knows it: GROUP:PROCESS
	File string `json:"file"`
	Line int    `json:"line"`
}

// Text is the content of ecounit.toml.
func (a *App) Text() ([]byte, error) { return templates.Descriptor(a.Descriptor) }

// Passing are the apps whose descriptors pass check. What cannot be said in a
// descriptor is told of the first line that an app comes from.
func (v *Verdicts) Passing(apps []*App, file string) []*App {
	var passing []*App
	for _, a := range apps {
		problem := a.problem()
		if problem == "" {
			passing = append(passing, a)
			continue
		}
		at := Old{File: file, Line: 1}
		if len(a.Old) > 0 {
			at = a.Old[0]
		}
		v.Say(at.File, at.Line, Lost, "mend it here, and import again", "the app %s is left out: %s", a.Descriptor.Name, problem)
	}
	return passing
}

// problem is the first thing that check would say, or "". What TOML cannot
// hold, whoever writes the file says.
func (a *App) problem() string {
	text, err := a.Text()
	if err != nil {
		return ""
	}
	_, r := descriptor.Parse(a.File, text)
	return r.FirstError()
}

// Place decides where the descriptors go: beside the code, as long as there is
// one app in a folder. Another one in the same folder is called by its name,
// and so is one that runs in the home directory itself.
func Place(apps []*App, home string) {
	taken := map[string]bool{}
	for _, a := range apps {
		folder := a.Directory
		a.File = path.Join(folder, descriptor.FileName)
		if folder == "" || folder == home {
			folder = path.Join(home, "ecounit")
			a.File = path.Join(folder, a.Descriptor.Name+".toml")
		} else if taken[a.File] {
			a.File = path.Join(folder, a.Descriptor.Name+".toml")
		}
		taken[a.File] = true
		a.Descriptor.Directory = ""
		if a.Directory != "" && a.Directory != folder {
			a.Descriptor.Directory = a.Directory
		}
	}
}
