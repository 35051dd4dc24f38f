package migrate

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/descriptor"
)

// TestLiteral: a shell gives the program the very words, and ecounit finds
// nothing to replace in them.
func TestLiteral(t *testing.T) {
	for _, words := range [][]string{
		{"a b"}, {"${HOME}"}, {"x${PORT}y", "'${NAME}'", "$PATH"}, {"${PORT}", "", "\\", "\"", "'", "\n", "*"}, {"${}", "${a b}"},
	} {
		command := Literal(append([]string{"printf", `<%s>\n`}, words...))
		if joined := strings.Join(command, " "); regexp.MustCompile(`\$\{(PORT|NAME|HOME)\}`).MatchString(joined) {
			t.Errorf("%q: ecounit would replace something in %q", words, command)
		}
		out, err := exec.Command(command[0], command[1:]...).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := "<" + strings.Join(words, ">\n<") + ">\n"; string(out) != want {
			t.Errorf("%q: got %q, want %q", words, out, want)
		}
	}
}

func TestScriptLeavesTheShellItsVariables(t *testing.T) {
	got := Script("bash", "echo ${PORT} ${HOME} $NAME")
	if diff := cmp.Diff(descriptor.Command{"bash", "-c", "echo ${PORT:-} ${HOME} $NAME"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlace(t *testing.T) {
	app := func(name, directory string) *App {
		return &App{Descriptor: &descriptor.Descriptor{Name: name}, Directory: directory}
	}
	apps := []*App{app("a", "/home/alice/x"), app("b", "/home/alice/x"), app("c", "/home/alice"), app("d", "/srv/y")}
	Place(apps, "/home/alice")
	var got []string
	for _, a := range apps {
		got = append(got, a.File+" "+a.Descriptor.Directory)
	}
	want := []string{"/home/alice/x/ecounit.toml ", "/home/alice/x/b.toml ", "/home/alice/ecounit/c.toml /home/alice", "/srv/y/ecounit.toml "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]string{"Flask Tasks_2.0": "flask-tasks-2-0", "--": "x", "Übung": "bung", strings.Repeat("a", 40): strings.Repeat("a", 32)} {
		if got := Name(text, "x"); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	taken := []string{"a", "a-2", strings.Repeat("a", 32)}
	isTaken := func(s string) bool { return slices.Contains(taken, s) }
	for name, want := range map[string]string{"a": "a-3", "b": "b", strings.Repeat("a", 32): strings.Repeat("a", 30) + "-2"} {
		if got := Unique(name, isTaken); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range slices.Concat(descriptor.FormsOf("process")[0].TakenKeys(), descriptor.FormsOf("job")[0].TakenKeys()) {
		if got := ProcessName(name, isTaken); got != name+"-process" || !IsReserved(name) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestIsSecret(t *testing.T) {
	for _, pair := range [][2]string{{"DB_PASSWORD", "x"}, {"SECRET_KEY", "x"}, {"GITHUB_TOKEN", "x"}, {"API_KEY", "x"}, {"KEY", "x"}, {"DATABASE_URL", "postgresql://alice:pw@localhost/x"}} {
		if !IsSecret(pair[0], pair[1]) {
			t.Error(pair)
		}
	}
	for _, pair := range [][2]string{{"PASSWORD", ""}, {"KEYBOARD", "x"}, {"DATABASE_URL", "postgresql:///x"}, {"URL", "http://localhost:8000/a@b"}, {"STUDY", "12"}} {
		if IsSecret(pair[0], pair[1]) {
			t.Error(pair)
		}
	}
}

func TestPythonAt(t *testing.T) {
	names := func(folder string) []string {
		return map[string][]string{"/c": {"bin", "conda-meta"}, "/v": {"bin", "pyvenv.cfg"}, "/usr": {"bin", "lib"}}[folder]
	}
	for prefix, want := range map[string]descriptor.Python{
		"/c": {Conda: "/c"}, "/v": {Venv: "/v"}, "/usr": {Interpreter: "/usr/bin/python3"}, "": {},
		"/unseen/envs/psych": {Conda: "/unseen/envs/psych"}, "/unseen/miniconda3": {Conda: "/unseen/miniconda3"}, "/unseen/.venv": {Venv: "/unseen/.venv"},
		"/unseen/else": {Interpreter: "/unseen/else/bin/python3"}, "/home/alice/.local": {Interpreter: "/usr/bin/python3"},
	} {
		if got := PythonAt(prefix, names); got != want {
			t.Errorf("%s: %+v", prefix, got)
		}
	}
}

func TestVerdicts(t *testing.T) {
	var v Verdicts
	v.Say("b", 1, Kept, "", "b%d", 1)
	v.Say("a", 2, Lost, "do", "a2")
	v.Say("a", 2, Lost, "do", "a2") // not twice
	v.Say("a", 2, Changed, "", "a2 again")
	var got []string
	for _, e := range v.Report().Entries() {
		got = append(got, e.Text(nil))
	}
	want := []string{"a:2:1: no equivalent: a2\nhint: do\n", "a:2:1: changed: a2 again\n", "b:1:1: kept: b1\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if Worst(v.On("a", 2)) != Lost || Worst(nil) != NotNeeded || v.Report().Count(Lost) != 1 {
		t.Error("the worst is what counts")
	}
}

// TestPassing: what check would refuse is not written, and not dropped either.
func TestPassing(t *testing.T) {
	app := func(name string, command ...string) *App {
		return &App{Descriptor: &descriptor.Descriptor{Name: name, Process: map[string]descriptor.Process{"a": {Command: command}}}, Old: []Old{{File: "old", Line: 7}}}
	}
	var v Verdicts
	got := v.Passing([]*App{app("good", "sleep", "1"), app("bad", "")}, "old")
	if len(got) != 1 || got[0].Descriptor.Name != "good" {
		t.Errorf("%+v", got)
	}
	want := []Verdict{{Lost, "the app bad is left out: `process.a.command`: the command is empty", "mend it here, and import again"}}
	if diff := cmp.Diff(want, v.On("old", 7)); diff != "" {
		t.Error(diff)
	}
}
