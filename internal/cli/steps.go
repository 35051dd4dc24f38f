package cli

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"ecounit/apply"
	"ecounit/internal/terminal"
)

// dryRun prints the steps as data.
func (c *command) dryRun(change apply.Change, site siteChange, asJSON bool) error {
	steps := apply.Diff(change)
	if asJSON {
		return c.JSON(changeDocument(change.App, steps, site))
	}
	for _, step := range steps {
		c.Data([]byte(step.String() + "\n"))
	}
	c.lastStep(change.App, len(steps), site)
	return nil
}

// lastStep prints what comes after the steps of the units.
func (c *command) lastStep(app string, before int, site siteChange) {
	switch {
	case site.action != "":
		c.Data(fmt.Appendf(nil, "%-8s %s\n", site.action, site.path))
	case before == 0:
		c.nothingToDo(app)
	}
}

func (c *command) nothingToDo(app string) {
	c.Line(terminal.Done, app, "is as it should be, nothing to do")
}

// changeJSON is what enable, disable and diff say to programs.
type changeJSON struct {
	Version int        `json:"version"`
	App     string     `json:"app"`
	Changed bool       `json:"changed"`
	Steps   []stepJSON `json:"steps"`
	*standing
}

type stepJSON struct {
	Action   apply.Action `json:"action"`
	Units    []string     `json:"units,omitempty"`
	Database string       `json:"database,omitempty"`
	Files    []fileJSON   `json:"files,omitempty"`
	Path     string       `json:"path,omitempty"` // of the site, to publish, withdraw or release
}

// fileJSON is one file of a step. Before is absent of a new file, After of one
// that is removed, and both are of one with a password. What is not UTF-8 is in base64 instead.
type fileJSON struct {
	Path         string  `json:"path"`
	Action       string  `json:"action"` // create, change, remove
	Before       *string `json:"before,omitempty"`
	BeforeBase64 string  `json:"before_base64,omitempty"`
	After        *string `json:"after,omitempty"`
	AfterBase64  string  `json:"after_base64,omitempty"`
	Link         string  `json:"link,omitempty"` // a symbolic link to this path, in place of After
}

func changeDocument(app string, steps []apply.Step, site siteChange) changeJSON {
	document := changeJSON{Version: terminal.JSONVersion, App: app, Steps: make([]stepJSON, len(steps)), standing: site.found}
	for i, step := range steps {
		document.Steps[i] = stepJSON{Action: step.Action, Units: step.Units, Database: step.Name}
		for _, f := range step.Files {
			document.Steps[i].Files = append(document.Steps[i].Files, fileDocument(f))
		}
	}
	if site.action != "" {
		document.Steps = append(document.Steps, stepJSON{Action: apply.Action(site.action), Path: site.path})
	}
	document.Changed = len(document.Steps) > 0
	return document
}

func fileDocument(f apply.FileChange) fileJSON {
	document := fileJSON{Path: f.Path, Action: f.Verb(), Link: f.Link}
	if f.Secret {
		return document
	}
	document.Before, document.BeforeBase64 = content(f.Before)
	document.After, document.AfterBase64 = content(f.After)
	return document
}

// content is a text, or the base64 of what is none; neither for no file.
func content(bytes []byte) (*string, string) {
	switch {
	case bytes == nil:
		return nil, ""
	case utf8.Valid(bytes):
		return new(string(bytes)), ""
	}
	return nil, base64.StdEncoding.EncodeToString(bytes)
}

// oneLine is a change of a file as --dry-run prints it.
func oneLine(f apply.FileChange) string {
	text := fmt.Sprintf("%-8s %s", f.Verb(), f.Path)
	if f.Link != "" {
		text += " -> " + f.Link
	}
	return text
}
