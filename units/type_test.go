package units_test

import (
	"slices"
	"strings"
	"testing"

	"ecounit/plan"
	"ecounit/units"
)

// TestNoTypeExecWithStopPostBefore252: the user's manager of 247 hangs with
// both, whoever wants to have something run when the process has ended.
func TestNoTypeExecWithStopPostBefore252(t *testing.T) {
	stopPost := []plan.Setting{{Key: "ExecStopPost", Values: []string{"/bin/true"}}}
	for _, test := range []struct {
		name    string
		version int
		change  func(*plan.Plan)
		want    string
	}{
		{"nothing", 247, func(*plan.Plan) {}, "exec"},
		{"notices", 247, func(p *plan.Plan) { p.OnFailure = &plan.OnFailure{Tell: []string{"/e", "notice"}} }, "simple"},
		{"the user's", 247, func(p *plan.Plan) { p.Extra.Service = stopPost }, "simple"},
		{"the user's", 252, func(p *plan.Plan) { p.Extra.Service = stopPost }, "exec"},
		{"the user's ExecStop=", 247, func(p *plan.Plan) { p.Extra.Service = []plan.Setting{{Key: "ExecStop", Values: []string{"/bin/true"}}} }, "exec"},
	} {
		p := &plan.Plan{
			Name: "a", Description: "A", Directory: "/d", Systemd: plan.Systemd{Version: test.version}, Sandbox: "off", Restart: plan.Restart{Policy: "always"},
			Services: []plan.Service{{Process: "w", Argv: []string{"/x"}, Instances: 1}},
		}
		test.change(p)
		files, err := units.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(files, func(f units.File) bool { return f.Name == "a-w.service" })
		if want := "\nType=" + test.want + "\n"; i < 0 || !strings.Contains(string(files[i].Content), want) {
			t.Errorf("%s, %d: no %q in %s", test.name, test.version, want, files)
		}
	}
}
