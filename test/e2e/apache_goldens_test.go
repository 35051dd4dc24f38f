//go:build machine

package e2e

import (
	"path/filepath"
	"strings"
)

// goldensPassTheConfigtest has the real Apache read each include that the
// renderer's own tests expect, with the modules that they name.
func goldensPassTheConfigtest(h *host) {
	files, err := filepath.Glob("../../apache/testdata/*.conf")
	h.Must(err)
	if len(files) < 10 {
		h.t.Fatalf("only %d goldens", len(files))
	}
	h.Must(h.CopyDir(h.t.Context(), "../../apache/testdata", "/root/goldens", "root"))
	h.root("a2enmod", "-q", "proxy_balancer", "lbmethod_byrequests", "proxy_wstunnel", "rewrite")
	out := h.root("sh", "-c", `
		rm -f /etc/apache2/ecounit.d/*
		mkdir -p /etc/apache2/ecounit-auth
		echo 'AuthType None' > /etc/apache2/ecounit-auth/campus.conf
		for f in /root/goldens/*.conf; do
			cp "$f" /etc/apache2/ecounit.d/golden.conf
			echo "$f $(apache2ctl configtest 2>&1 | tr '\n' ' ')"
		done
		rm /etc/apache2/ecounit.d/golden.conf`)
	for line := range strings.Lines(out) {
		if name, said, _ := strings.Cut(strings.TrimSpace(line), " "); said != "Syntax OK" {
			h.t.Errorf("%s: %s", filepath.Base(name), said)
		}
	}
	if n := strings.Count(out, "\n"); n != len(files) {
		h.t.Errorf("%d of %d goldens were tried", n, len(files))
	}
}
