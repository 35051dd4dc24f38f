package detect

import (
	"strings"
	"testing"

	"ecounit/plan"
)

func TestTimeZones(t *testing.T) {
	m := fake(t, map[string]string{zoneDir + "/Europe/London": ""})
	facts := m.Facts(plan.Needs{TimeZones: []string{"Europe", "Europe/London", "Europe/Londom", "UTC"}}, Known{Descriptor: "/home/alice/ecounit.toml"})
	var got []string
	for _, zone := range facts.TimeZones {
		got = append(got, zone.Problem)
	}
	want := "there is no time zone Europe on this machine;;there is no time zone Europe/Londom on this machine;"
	if strings.Join(got, ";") != want {
		t.Errorf("%q", got)
	}
}
