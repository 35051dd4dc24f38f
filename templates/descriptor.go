package templates

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"text/template"

	"ecounit/descriptor"
)

//go:embed descriptor.tmpl
var descriptorText string

// descriptorTemplate is parsed when it is needed: most runs of the command write no text.
var descriptorTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("ecounit.toml").Funcs(template.FuncMap{
		"keys": keys, "strings": stringKeys, "systemd": systemdSections,
	}).Parse(descriptorText))
})

// Descriptor writes a descriptor as TOML, with a comment for each section on
// what may be added. All that is set in it is written; what is not is left to
// the defaults.
func Descriptor(d *descriptor.Descriptor) ([]byte, error) {
	var b strings.Builder
	if err := descriptorTemplate().Execute(&b, d); err != nil {
		return nil, fmt.Errorf("cannot write a descriptor: %w", err)
	}
	return []byte(b.String()), nil
}
