package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/internal/imports"
	"ecounit/internal/terminal"
	"ecounit/migrate"
	"ecounit/migrate/apacheconf"
	"ecounit/report"
)

// lineCounts is how many lines came to what, by the least welcome of what is
// said about each.
type lineCounts struct {
	Kept      int `json:"kept"`
	Changed   int `json:"changed"`
	NotNeeded int `json:"not_needed"`
	Lost      int `json:"no_equivalent"`
}

func countLines(r report.Report) lineCounts {
	type line struct {
		file   string
		number int
	}
	said := map[line][]migrate.Verdict{}
	for _, e := range r.Entries() {
		at := line{e.File, e.Line}
		said[at] = append(said[at], migrate.Verdict{Is: e.Severity})
	}
	var n lineCounts
	for _, verdicts := range said {
		switch migrate.Worst(verdicts) {
		case migrate.Kept:
			n.Kept++
		case migrate.Changed:
			n.Changed++
		case migrate.NotNeeded:
			n.NotNeeded++
		case migrate.Lost:
			n.Lost++
		}
	}
	return n
}

func (n lineCounts) String() string {
	return fmt.Sprintf("%d kept, %d changed, %d not needed, %d without equivalent", n.Kept, n.Changed, n.NotNeeded, n.Lost)
}

var verdictColor = map[report.Severity]terminal.Color{
	migrate.Kept: terminal.Green, migrate.Changed: terminal.Yellow, migrate.NotNeeded: terminal.Dim, migrate.Lost: terminal.Red, report.Error: terminal.Red,
}

// verdicts prints what became of every line, and the sum.
func (c *command) verdicts(r report.Report) {
	var entries []report.Entry
	unrelated := map[string]int{}
	for _, e := range r.Entries() {
		if e.Message == apacheconf.Unrelated {
			unrelated[e.File]++
			continue
		}
		entries = append(entries, e)
	}
	places, width := make([]string, len(entries)), 0
	for i, e := range entries {
		places[i] = terminal.Printable(c.shown(e.File)) + ":"
		if e.Line > 0 {
			places[i] += fmt.Sprintf("%d:", e.Line)
		}
		width = max(width, len(places[i]))
	}
	const verdictWidth = len(migrate.Lost) + 1
	for i, e := range entries {
		verdict := c.ErrStyle.Paint(verdictColor[e.Severity], fmt.Sprintf("%-*s", verdictWidth, e.Severity))
		fmt.Fprintf(c.Err, "%-*s %s %s\n", width, places[i], verdict, terminal.Printable(e.Message))
		if e.Hint != "" {
			fmt.Fprintf(c.Err, "%s hint: %s\n", strings.Repeat(" ", width+1+verdictWidth), terminal.Printable(e.Hint))
		}
	}
	for _, e := range r.Entries() {
		if n := unrelated[e.File]; n > 0 {
			fmt.Fprintf(c.Err, "%s: %s\n", terminal.Printable(c.shown(e.File)), plural(n, "other line passes nothing on, and stays", "other lines pass nothing on, and stay"))
			delete(unrelated, e.File)
		}
	}
	if len(entries) > 0 && !r.HasErrors() {
		fmt.Fprintf(c.Err, "\n%s\n", countLines(r))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// texts are all descriptors, each below the name of its file.
func (all newDescriptors) texts(c *command) []byte {
	var b strings.Builder
	for i, d := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# --- %s\n%s", terminal.Printable(c.shown(d.app.File)), d.text)
	}
	return []byte(b.String())
}

// importedApp is an app in the JSON of import.
type importedApp struct {
	Name      string        `json:"name"`
	File      string        `json:"file"`
	State     string        `json:"state"`
	Directory string        `json:"directory"`
	Old       []migrate.Old `json:"old"`
	Text      string        `json:"text"`
}

// document is the JSON of import.
func (all newDescriptors) document(r report.Report, ok bool) any {
	apps := []importedApp{}
	for _, d := range all {
		apps = append(apps, importedApp{d.app.Descriptor.Name, d.app.File, d.state, d.app.Directory, append([]migrate.Old{}, d.app.Old...), string(d.text)})
	}
	return importDocument{terminal.JSONVersion, ok, apps, nil, countLines(r), r.Entries()}
}

type importDocument struct {
	Version int                `json:"version"`
	OK      bool               `json:"ok"`
	Apps    []importedApp      `json:"apps"`
	ToAdd   []imports.Addition `json:"to_add,omitempty"`
	Lines   lineCounts         `json:"lines"`
	Entries []report.Entry     `json:"entries"`
}

// imported says what was written, and what to type next.
func (c *command) imported(ctx context.Context, h *home, all newDescriptors) {
	if len(all) == 0 {
		c.Line(terminal.Done, "written", "nothing: there is no program to take over")
		return
	}
	enable, migrates := "", false
	for _, d := range all {
		migrates = migrates || len(d.app.Old) > 0
		shown := c.shown(d.app.File)
		c.Line(terminal.Done, d.state, shown)
		if problem := c.laterProblem(ctx, h, d.app.File); problem != "" {
			c.Line(terminal.Attention, "check", shown+": "+problem)
		}
		if enable == "" {
			enable = terminal.ShellWords(c.asTyped(d.app.File))
		}
	}
	if !migrates {
		c.Hint("once the old programs are stopped: ecounit enable " + enable)
		return
	}
	c.Hint("ecounit migrate stops the old programs and starts these in their place; to start one yourself once its old one is stopped: ecounit enable " + enable)
}

// laterProblem is the first thing that check says about a descriptor which is
// not about the old program: that one still runs, and has the port.
func (c *command) laterProblem(ctx context.Context, h *home, file string) string {
	l, err := c.loadToEnable(ctx, h, file)
	if err != nil {
		return plainly(err).Error()
	}
	for _, e := range l.report.Entries() {
		if e.Severity == report.Error && e.Key != "web.listen" {
			return e.Message
		}
	}
	return ""
}

// asTyped is a descriptor as the user would name it: by its folder where that is
// enough.
func (c *command) asTyped(file string) string {
	shown := c.shown(file)
	if filepath.Base(file) == "ecounit.toml" {
		shown = filepath.Dir(shown)
	}
	return shown
}
