package host

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClaimsOfTheAdministratorsFiles(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "etc/apache2")
	for name, text := range map[string]string{
		"apache2.conf":                   "Alias /icons/ /usr/share/icons/\n",
		"sites-enabled/000-default.conf": "<VirtualHost *:80>\nProxyPass /wiki http://127.0.0.1:9/\n</VirtualHost>\n",
		"conf-available/x.conf":          "Alias /off /x\n",
		"ecounit.d/alice_tasks.conf":     "<Location /alice_tasks>\n</Location>\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := Apache{Dir: "/etc/apache2"}.Claims(root)
	if len(got) != 2 || got["/icons"] != filepath.Join(dir, "apache2.conf") || got["/wiki"] == "" {
		t.Errorf("got %v", got)
	}
}
