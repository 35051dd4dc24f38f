package cli

import (
	"slices"
	"testing"
)

func TestComplaints(t *testing.T) {
	const dir = "/tmp/ecounit-verify-1"
	output := dir + `/tasks.service:8: Unknown key name 'Nize' in section 'Service', ignoring.
/usr/lib/systemd/user/pipewire.service:3: Unknown key name 'Foo' in section 'Service', ignoring.
` + dir + `/tasks-worker@.service:12: Failed to parse nice priority, ignoring: heavy
` + dir + `x/tasks.service:8: of another folder
` + dir + `/sub/tasks.service:8: of a folder below
tasks.service: Service has no ExecStart=
Failed to create bus connection

`
	want := []complaint{
		{"tasks.service", 8, "Unknown key name 'Nize' in section 'Service'"},
		{"tasks-worker@.service", 12, "Failed to parse nice priority: heavy"},
	}
	if got := complaints([]byte(output), dir); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := complaints(nil, dir); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestKeyAt(t *testing.T) {
	const unit = "# header\n\n[Unit]\nDescription=x\n\n[Service]\nNice=5\nX=a=b\n"
	for line, want := range map[int]string{4: "unit.Description", 7: "service.Nice", 8: "service.X", 99: "service", 0: "service"} {
		if got := keyAt([]byte(unit), line); got != want {
			t.Errorf("line %d: %q, want %q", line, got, want)
		}
	}
}
