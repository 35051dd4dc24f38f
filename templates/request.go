package templates

import (
	_ "embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"

	"ecounit/lazy"
)

//go:embed request.tmpl
var requestText string

var requestTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("request.txt").Funcs(template.FuncMap{
		"shell": shell,
	}).Parse(requestText))
})

// RequestData is what the administrator is told.
type RequestData struct {
	User, App   string
	URLPath     string   // "/alice_tasks"
	IncludePath string   // where the include is on the user's disk
	Include     string   // its content
	InstallDir  string   // where Apache looks for includes
	Once        []string // commands that a server needs once, before its first app
	Test        string   // the command that tests Apache's configuration
	Reload      string   // the command that reloads Apache
}

// endMark ends the include within the command.
const endMark = "ECOUNIT"

// Request writes the text that a user sends to the administrator of a host
// without the host service. The include is part of the command, so that what
// was read is what gets installed, and so that it works where root cannot read
// the user's home.
func Request(data RequestData) ([]byte, error) {
	if data.Include != "" && !strings.HasSuffix(data.Include, "\n") {
		data.Include += "\n"
	}
	if err := data.check(); err != nil {
		return nil, fmt.Errorf("cannot write the request to the administrator: %w", err)
	}
	var b strings.Builder
	if err := requestTemplate().Execute(&b, data); err != nil {
		return nil, fmt.Errorf("cannot write the request to the administrator: %w", err)
	}
	return []byte(b.String()), nil
}

// File is where the include is to be installed.
func (data RequestData) File() string {
	return path.Join(data.InstallDir, path.Base(data.IncludePath))
}

// check refuses what could read as something else in a root shell.
func (data RequestData) check() error {
	fields := []string{data.User, data.App, data.URLPath, data.IncludePath, data.InstallDir, data.Test, data.Reload}
	for _, field := range append(fields, data.Once...) {
		if field == "" {
			return errors.New("a field of it is empty")
		}
		if strings.ContainsFunc(field, isControl) {
			return fmt.Errorf("%q holds a control character", field)
		}
	}
	if strings.ContainsFunc(data.Include, func(c rune) bool { return isControl(c) && c != '\n' && c != '\t' }) {
		return errors.New("the include holds a control character")
	}
	if slices.Contains(strings.Split(data.Include, "\n"), endMark) {
		return fmt.Errorf("the include holds a line %s", endMark)
	}
	return nil
}

func isControl(c rune) bool { return c < ' ' || c >= 0x7f && c < 0xa0 }

var plainWord = lazy.Regexp(`^[A-Za-z0-9_./@%+=:,-]+$`)

// shell quotes a word for a POSIX shell.
func shell(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
