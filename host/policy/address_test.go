package policy

import "testing"

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ text, site, probe, host string }{
		{``, "/a_b", "http://127.0.0.1:80", ""},
		{`base_url = "https://eco.example.ac.uk"`, "https://eco.example.ac.uk/a_b/", "https://127.0.0.1:443", "eco.example.ac.uk"},
		{`base_url = "http://eco"`, "http://eco/a_b/", "http://127.0.0.1:80", "eco"},
		{`base_url = "https://eco:8443"`, "https://eco:8443/a_b/", "https://127.0.0.1:8443", "eco:8443"},
		{`base_url = "http://[2001:db8::1]:8080"`, "http://[2001:db8::1]:8080/a_b/", "http://127.0.0.1:8080", "[2001:db8::1]:8080"},
		{"base_url = 'https://eco'\napache.probe = 'http://localhost:8080'", "https://eco/a_b/", "http://localhost:8080", "eco"},
		{"apache.probe = 'https://127.0.0.1'", "/a_b", "https://127.0.0.1", ""},
	} {
		p := parsed(t, c.text)
		if site := p.SiteURL("/a_b"); site != c.site {
			t.Errorf("%s: the site is at %s, want %s", c.text, site, c.site)
		}
		if probe := p.ProbeURL(); probe != c.probe {
			t.Errorf("%s: probe %s, want %s", c.text, probe, c.probe)
		}
		if host := p.ProbeHost(); host != c.host {
			t.Errorf("%s: host %s, want %s", c.text, host, c.host)
		}
	}
}
