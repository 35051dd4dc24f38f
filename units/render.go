package units

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"ecounit/plan"
)

const (
	// stopTimeout is longer than gunicorn's graceful_timeout of 30 s: requests
	// in flight may end before systemd kills.
	stopTimeout = 35 * time.Second
	// backlog is how many connections wait while the app restarts; gunicorn's
	// own default, and more than the 128 of old systemd versions.
	backlog = 2048
	// restartSteps is in how many restarts the delay grows to its maximum.
	restartSteps = 5
	// terminated is the status with which shells, npm and Java report SIGTERM.
	terminated = 143
)

// Versions of systemd that brought a directive (facts: systemd.md 1).
const (
	typeExec  = 240
	oomPolicy = 243
)

// Render writes all unit files of an app, sorted by name. The error names
// every value that no unit file can hold.
func Render(p *plan.Plan) ([]File, error) {
	r := renderer{plan: p}
	r.target()
	r.slice()
	r.socket()
	for _, s := range p.Services {
		r.service(s)
	}
	for _, j := range p.Jobs {
		r.job(j)
	}
	r.watch()
	r.onFailure()
	slices.SortFunc(r.files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return r.files, errors.Join(r.errs...)
}

type renderer struct {
	plan  *plan.Plan
	files []File
	errs  []error
}

func (r *renderer) add(u *Unit) {
	body, err := u.Bytes()
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	r.files = append(r.files, File{u.Name(), Stamp(r.plan.Name, r.plan.Descriptor, u.Name(), body)})
}

func (r *renderer) target() {
	u := New(r.plan.Target()).For(r.plan.Systemd.Version)
	wants := append(r.plan.AllServices(), r.plan.Activators()...)
	if socket := r.plan.Socket(); socket != "" {
		wants = append([]string{socket}, wants...)
	}
	u.Section("Unit").Text("Description", r.plan.Description).Units("Wants", wants...)
	u.Section("Install").Units("WantedBy", "default.target")
	r.add(u)
}

func (r *renderer) slice() {
	u := New(r.plan.Slice()).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description)
	limits, s := r.plan.Limits, u.Section("Slice")
	if limits.MemoryMax > 0 {
		s.Bytes("MemoryMax", limits.MemoryMax)
	}
	if limits.CPUQuota > 0 {
		s.Percent("CPUQuota", limits.CPUQuota)
	}
	if limits.TasksMax > 0 {
		s.Int("TasksMax", limits.TasksMax)
	}
	extra(s, r.plan.Extra.Slice)
	r.add(u)
}

func (r *renderer) socket() {
	if r.plan.Socket() == "" {
		return
	}
	u := New(r.plan.Socket()).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description).Units("PartOf", r.plan.Target())
	s, site := u.Section("Socket"), r.plan.Web.Site
	if site.Socket != "" {
		// The directory is closed to all but the web server's group.
		s.ListenPath("ListenStream", site.Socket).Word("SocketMode", "0660").Bool("RemoveOnStop", true)
	} else {
		s.ListenPort("ListenStream", site.Port)
	}
	s.Int("Backlog", backlog)
	extra(s, r.plan.Extra.Socket)
	r.add(u)
}

func (r *renderer) service(service plan.Service) {
	u := New(r.plan.UnitFile(service)).For(r.plan.Systemd.Version)
	head := u.Section("Unit").Text("Description", r.describe(service)).Units("PartOf", r.plan.Target())
	if socket := r.plan.Socket(); socket != "" && service.Process == plan.WebProcess {
		// Started without its socket, the server would listen somewhere else.
		head.Units("Requires", socket).Units("After", socket)
	}
	// At the start limit the socket would fail with the service, and whoever
	// asks would be refused instead of waiting (facts: systemd.md 3).
	head.Duration("StartLimitIntervalSec", 0)
	extra(head, r.plan.Extra.Unit)

	s := u.Section("Service")
	s.Word("Type", r.serviceType(service))
	r.waitForDatabase(s)
	s.Exec("ExecStart", service.Argv...)
	if service.ReloadHUP {
		s.ExecSignalMain("ExecReload", "/bin/kill", "HUP")
	}
	r.tellEnd(s)
	r.surroundings(s, u.Name(), service.Environment)
	r.restart(s)
	r.timeouts(s, service)
	r.sandbox(s)
	extra(s, r.plan.Extra.Service)
	r.add(u)
}

// waitForDatabase: an app that can do without its database is started all the
// same.
func (r *renderer) waitForDatabase(s *Section) {
	if db := r.plan.Database; db != nil {
		s.ExecIgnored("ExecStartPre", db.Wait...)
	}
}

// surroundings are what every process of the app finds: its directory, its
// environment, its slice, and its name in the journal.
func (r *renderer) surroundings(s *Section, unit string, environment []plan.Variable) {
	s.Path("WorkingDirectory", r.plan.Directory)
	for _, v := range environment {
		s.Environment(v.Name, v.Value)
	}
	for _, file := range r.plan.EnvFiles {
		s.Path("EnvironmentFile", file)
	}
	r.identify(s, unit)
	s.Units("Slice", r.plan.Slice())
}

// identify: the lines of a program that dies at once are stored without their
// unit (seen with 247 and 252); the journal is searched for this name as well.
func (r *renderer) identify(s *Section, unit string) {
	name, _, _ := strings.Cut(strings.TrimSuffix(unit, ".service"), "@")
	s.Word("SyslogIdentifier", name)
}

func (r *renderer) describe(s plan.Service) string {
	if s.Process == plan.WebProcess {
		return r.plan.Description
	}
	return r.plan.Description + " (" + s.Process + ")"
}

// serviceType: with simple, a start succeeds even when the program is missing,
// so it is used only where exec is not known.
func (r *renderer) serviceType(s plan.Service) string {
	switch {
	case s.Notify:
		return "notify"
	case r.plan.Systemd.Version >= execWithStopPost, r.plan.Systemd.Version >= typeExec && !r.hasStopPost():
		return "exec"
	}
	return "simple"
}

func (r *renderer) restart(s *Section) {
	restart := r.plan.Restart
	s.Word("Restart", restart.Policy).Duration("RestartSec", restart.Delay)
	if restart.MaxDelay > 0 && r.plan.Systemd.Version >= plan.GrowingDelay {
		s.Int("RestartSteps", restartSteps).Duration("RestartMaxDelaySec", restart.MaxDelay)
	}
}

func (r *renderer) timeouts(s *Section, service plan.Service) {
	if service.Notify && r.plan.Web != nil {
		s.Duration("TimeoutStartSec", r.startTimeout())
	}
	s.Duration("TimeoutStopSec", stopTimeout)
	s.Int("SuccessExitStatus", terminated)
	if !service.MainFirst {
		return
	}
	s.Word("KillMode", "mixed")
	if r.plan.Systemd.Version >= oomPolicy {
		// The server starts another worker in place of one that was killed.
		s.Word("OOMPolicy", "continue")
	}
}

// startTimeout holds for each of the commands of a start. The wait for the
// database ends by itself; were it killed, the start would have failed.
func (r *renderer) startTimeout() time.Duration {
	if r.plan.Database == nil {
		return r.plan.Web.StartTimeout
	}
	return max(r.plan.Web.StartTimeout, 2*plan.DatabaseWait)
}

// extra appends the user's settings last, where they win over ours.
func extra(s *Section, settings []plan.Setting) {
	for _, setting := range settings {
		for _, value := range setting.Values {
			s.Raw(setting.Key, value)
		}
	}
}
