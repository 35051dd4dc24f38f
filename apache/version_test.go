package apache

import "testing"

func TestParseVersion(t *testing.T) {
	good := map[string]Version{
		"2.4.62":                                                {2, 4, 62},
		"Server version: Apache/2.4.62 (Debian)":                {2, 4, 62},
		"Apache/2.4.37 (Red Hat Enterprise Linux)":              {2, 4, 37},
		"Server version: Apache/2.4.71\nServer built: Nov 12":   {2, 4, 71},
		"Apache/2.4.67 (Debian) OpenSSL/3.0.22 mod_fcgid/2.3.9": {2, 4, 67},
		"2.4.10\n": {2, 4, 10},
		"Server version: Apache/2.4.6 (CentOS)\nServer's Module 20": {2, 4, 6},
	}
	for text, want := range good {
		got, err := ParseVersion(text)
		if err != nil || got != want {
			t.Errorf("ParseVersion(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2.4", "v2.4.62", "nginx/1.22.1", "2.4.62.1", "2.4.x", "Apache", "Apache/2.4.99999", "-2.4.62", "2.4.-1"} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func TestVersionOrder(t *testing.T) {
	order := []Version{{1, 9, 99}, {2, 2, 34}, {2, 4, 6}, {2, 4, 37}, {2, 4, 47}, {2, 4, 100}, {2, 5, 0}, {3, 0, 0}}
	for i, v := range order {
		for j, w := range order {
			if got := v.AtLeast(w); got != (i >= j) {
				t.Errorf("%s.AtLeast(%s) = %v", v, w, got)
			}
		}
	}
}
