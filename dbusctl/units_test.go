package dbusctl

import "testing"

func TestBroken(t *testing.T) {
	for _, test := range []struct {
		active, sub string
		want        bool
	}{
		{"active", "running", false},
		{"activating", "start", false},
		{"inactive", "dead", false},
		{"failed", "failed", true},
		{"activating", "auto-restart", true},
		{"activating", "auto-restart-queued", true}, // since systemd 254
	} {
		if got := (Unit{ActiveState: test.active, SubState: test.sub}).Broken(); got != test.want {
			t.Errorf("%s (%s): %v", test.active, test.sub, got)
		}
	}
}
