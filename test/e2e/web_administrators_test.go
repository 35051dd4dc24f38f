//go:build machine

package e2e

// virtualHosts adds lines of the administrator's to every virtual host.
func (h *host) virtualHosts(lines string) {
	h.t.Helper()
	lines += "\n<Location \"/server-status\">\n<If \"true\">\nRequire all granted\nSatisfy All\n</If>\n</Location>\n" // for reloads
	h.Must(h.WriteFile(h.t.Context(), "/etc/apache2/virtual-hosts.inc", []byte(lines), "root", 0o644))
	h.reloads(`cd /etc/apache2/sites-available && for f in 000-default.conf default-ssl.conf; do
		grep -q virtual-hosts.inc $f || sed -i 's#</VirtualHost>#Include virtual-hosts.inc\n</VirtualHost>#' $f
	done; apache2ctl configtest && systemctl reload apache2`)
}

// administratorsOpenNothing: what an administrator allows for all paths, for
// reasons of other days, does not open what asks for a password; and what is
// closed for all paths is not opened.
func administratorsOpenNothing(alice *user) {
	h := alice.host
	signedIn := []string{"-u", "ann:secret"}
	near := alice.mirror("near", `allow_from = ["127.0.0.2"]`)
	both := alice.mirror("both", `allow_from = ["127.0.0.2"]`, `auth = "basic"`)
	h.passwords("/var/lib/ecounit/htpasswd/alice_both", "ann")
	for _, c := range []struct{ lines, guarded, signedIn, near, open string }{
		{"", "401", "200", "403", "200"},
		{"<Location \"/\">\nRequire all granted\n</Location>", "401", "200", "403", "200"},
		{"<LocationMatch \"^\">\nAuthType None\nRequire all granted\n</LocationMatch>", "401", "200", "403", "200"},
		{"<Location \"/\">\nAuthMerging Or\nRequire all granted\n</Location>", "401", "200", "403", "200"},
		{"<Location \"/\">\n<LimitExcept POST>\nRequire all granted\n</LimitExcept>\n</Location>", "401", "200", "403", "200"},
		{"<Proxy \"*\">\nRequire all granted\n</Proxy>", "401", "200", "403", "200"},
		{"<If \"true\">\nRequire all granted\n</If>", "401", "200", "403", "200"},
		// Apache is told not to ask then, so that nobody can sign in.
		{"<Location \"/\">\nSatisfy Any\nAllow from all\n</Location>", "403", "403", "403", "200"},
		{"<Location \"/\">\n<If \"true\">\nRequire all granted\n</If>\n</Location>", "403", "403", "403", "200"},
		{"<Location \"/\">\nRequire all denied\n</Location>", "403", "403", "403", "403"},
		{"<Location \"/\">\nDeny from all\n</Location>", "403", "403", "403", "403"},
		{"<Location \"/\">\nRequire ip 127.0.0.2\n</Location>", "403", "403", "403", "403"},
	} {
		h.virtualHosts(c.lines)
		for _, ask := range []struct {
			what, want string
			args       []string
		}{
			{"without a password", c.guarded, []string{site + "/alice_guarded/"}},
			{"with a password", c.signedIn, append(signedIn, site+"/alice_guarded/")},
			{"from elsewhere", c.near, []string{site + near + "/"}},
			{"with a password from elsewhere", "403", append(signedIn, site+both+"/")},
			{"an app for everybody", c.open, []string{site + "/alice_open/"}},
		} {
			if got := h.curl(ask.args...); got != ask.want {
				h.t.Errorf("%s: %s, want %s, in a virtual host with\n%s", ask.what, got, ask.want, c.lines)
			}
		}
	}
	h.virtualHosts("")
	if got := h.curl("-u", "ann:secret", "--interface", "127.0.0.2", site+both+"/"); got != "200" {
		h.t.Errorf("from the right place with the right password: %s", got)
	}
	if got := h.curl("--interface", "127.0.0.2", site+both+"/"); got != "401" {
		h.t.Errorf("from the right place without a password: %s", got)
	}
	for _, app := range []string{"near", "both"} {
		alice.takesAway(app)
	}
}
