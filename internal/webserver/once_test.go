package webserver

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ecounit/plan"
)

func TestWhatIsTypedBeforeTheFirstApp(t *testing.T) {
	const packaged = "/etc/apache2/conf-available/ecounit.conf"
	for _, test := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"no web server", nil, nil},
		{"RHEL", []string{"/usr/sbin/httpd"}, nil},
		{"Debian", []string{"/usr/sbin/apache2"}, []string{
			"a2enmod --quiet alias headers proxy proxy_http setenvif",
		}},
		{"Debian with the package", []string{"/usr/sbin/apache2", packaged}, []string{
			"a2enmod --quiet alias headers proxy proxy_http setenvif",
			"a2enconf --quiet ecounit",
		}},
	} {
		root := t.TempDir()
		for _, file := range test.files {
			path := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := Find(root).Once(plan.Site{}); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}
