package apache

import (
	"strings"
	"testing"

	"ecounit/plan"
)

// readBack checks that Inspect finds in an include what Render was given.
func readBack(t *testing.T, file File, s plan.Site) {
	t.Helper()
	got, ok := Inspect(file)
	if want := (plan.Site{Owner: s.Owner, App: s.App, Path: s.Path, Port: s.Port, Socket: s.Socket}); !ok || !got.Equal(want) {
		t.Errorf("read back: %+v, %v, want %+v, from %s:\n%s", got, ok, want, file.Name, file.Content)
	}
}

func TestInspectRefusesWhatIsNotOurs(t *testing.T) {
	const made = "# " + madeBy + "\n"
	for _, file := range []File{
		{"alice_tasks.conf", nil},
		{"alice_tasks.conf", []byte("# an administrator's\n" + made)},
		{"alice_tasks.conf~", []byte(made)},
		{".alice_tasks.conf", []byte(made)},
		{"alice.conf", []byte(made)},
		{"alice_Tasks.conf", []byte(made)},
		{GenerationName, []byte(made)},
	} {
		if got, ok := Inspect(file); ok {
			t.Errorf("%s is %+v", file.Name, got)
		}
	}
	generation, err := Generation(1)
	if err != nil || !strings.HasPrefix(string(generation.Content), "# "+madeBy) {
		t.Errorf("%s, %v", generation.Content, err)
	}
}

// Somebody edited it: it is still ours, and holds what it still says.
func TestInspectOfWhatWasChanged(t *testing.T) {
	got, ok := Inspect(File{"a_b_tasks.conf", []byte("# " + madeBy + "\n<Location \"/a_b_tasks\">\n  ProxyPass / http://evil/\n")})
	if want := (plan.Site{Owner: "a_b", App: "tasks", Path: "/a_b_tasks"}); !ok || !got.Equal(want) {
		t.Errorf("got %+v, %v", got, ok)
	}
}
