package templates

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"ecounit/descriptor"
)

//go:embed descriptor.tmpl
var descriptorText string

var descriptorTemplate = template.Must(template.New("ecounit.toml").Funcs(template.FuncMap{
	"keys": keys, "strings": stringKeys, "systemd": systemdSections,
}).Parse(descriptorText))

// Descriptor writes a descriptor as TOML, with a comment for each section on
// what may be added. All that is set in it is written; what is not is left to
// the defaults.
func Descriptor(d *descriptor.Descriptor) ([]byte, error) {
	var b strings.Builder
	if err := descriptorTemplate.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("cannot write a descriptor: %w", err)
	}
	return []byte(b.String()), nil
}
