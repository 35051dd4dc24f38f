package units_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
	"ecounit/units"
)

// jobFiles renders an app with one job and returns its files by name.
func jobFiles(t *testing.T, j plan.Job) map[string]string {
	t.Helper()
	p := &plan.Plan{Name: "a", Description: "A", Directory: "/d", Systemd: plan.Systemd{Version: 252}, Sandbox: "off", Jobs: []plan.Job{j}}
	files, err := units.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[f.Name] = string(f.Content)
	}
	return all
}

func TestStandardInputArrivesAsItIs(t *testing.T) {
	for _, text := range []string{"x", "\n", strings.Repeat("0123456789\t%$\\ü\n", 200_000)} {
		unit := jobFiles(t, plan.Job{Name: "j", Argv: []string{"/x"}, Stdin: text})["a-j.service"]
		settings, err := parseFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		for _, s := range settings {
			if s.Key == "StandardInputData" {
				piece, err := base64.StdEncoding.DecodeString(s.Value)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, piece...)
			}
		}
		if string(got) != text || !strings.Contains(unit, "\nStandardInput=data\n") {
			t.Errorf("%d bytes became %d", len(text), len(got))
		}
	}
}

func TestWhatIsReadOffJobs(t *testing.T) {
	calendars := []string{"*-*-13 00:00:00", "Fri *-*-* 00:00:00"}
	timed := jobFiles(t, plan.Job{Name: "j", Argv: []string{"/x"}, Calendars: calendars, Overlap: true})
	if got := units.Calendars([]byte(timed["a-j.timer"])); !slices.Equal(got, calendars) {
		t.Errorf("%q", got)
	}
	boot := jobFiles(t, plan.Job{Name: "j", Argv: []string{"/x"}, AtBoot: true})
	for name, file := range map[string]string{"of a timer": timed["a-j.service"], "instance": timed["a-j@.service"], "at boot": boot["a-j.service"]} {
		if !units.EndsByItself([]byte(file)) || units.AtBoot([]byte(file)) != (name == "at boot") {
			t.Errorf("%s:\n%s", name, file)
		}
	}
	if len(boot) != 3 { // with the target and the slice
		t.Errorf("at boot: %d files", len(boot))
	}
}

// TestSystemdReadsJobs has systemd itself look at each kind.
func TestSystemdReadsJobs(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	for _, j := range []plan.Job{
		{Calendars: []string{"*-*-13 04:30:00 Europe/London", "Mon..Fri *-*-* 09..17:00/15"}, Persistent: true, RandomDelay: time.Minute, Timeout: time.Hour, Stdin: "x"},
		{Calendars: []string{"daily"}, Overlap: true},
		{AtBoot: true},
	} {
		j.Name, j.Argv = "j", []string{"/bin/true"}
		dir := t.TempDir()
		args := []string{"--user", "--man=no", "verify"}
		for name, content := range jobFiles(t, j) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(strings.Replace(content, "=/d\n", "=/tmp\n", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, strings.Replace(path, "@.", "@1.", 1))
		}
		slices.Sort(args[3:])
		cmd := exec.Command("systemd-analyze", args...)
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "SYSTEMD_UNIT_PATH="+dir+":", "SYSTEMD_LOG_LEVEL=notice", "SYSTEMD_LOG_TARGET=console")
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), dir) {
			t.Errorf("%+v: %v\n%s", j, err, out)
		}
	}
}
