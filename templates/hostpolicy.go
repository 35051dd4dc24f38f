package templates

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"text/template"
)

//go:embed host.toml.tmpl
var hostPolicyText string

var hostPolicyTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("host.toml").Parse(hostPolicyText))
})

// HostPolicy writes a new policy for a host: all keys with what they do, and
// only base_url set. An empty baseURL is left to the administrator.
func HostPolicy(baseURL string) ([]byte, error) {
	if baseURL != "" {
		text, err := quoted(baseURL)
		if err != nil {
			return nil, fmt.Errorf("cannot write the policy of a host: %w", err)
		}
		baseURL = text
	}
	var b strings.Builder
	if err := hostPolicyTemplate().Execute(&b, baseURL); err != nil {
		return nil, fmt.Errorf("cannot write the policy of a host: %w", err)
	}
	return []byte(b.String()), nil
}
