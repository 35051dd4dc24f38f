package apache

import "testing"

func BenchmarkRender(b *testing.B) {
	full := validSite()
	full.AllowFrom, full.Auth, full.HTTPSOnly, full.BodyLimit, full.Connections = networks("129.215.0.0/16", "2001:db8::/32"), "basic", true, 1<<20, 30
	for name, site := range map[string]struct {
		options bool
		version Version
	}{"plain": {false, Version{2, 4, 71}}, "options": {true, Version{2, 4, 71}}, "options on 2.4.37": {true, Oldest}} {
		s := validSite()
		if site.options {
			s = full
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Render(s, site.version); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
