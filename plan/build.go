package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"ecounit/descriptor"
	"ecounit/report"
)

// Defaults of the descriptor, in one place; ecounit.toml(5) lists them.
const (
	defaultWSGIWorkers  = 2
	defaultASGIWorkers  = 1
	defaultStartTimeout = 30 * time.Second
	defaultDelay        = time.Second
	defaultSandbox      = "basic"
)

// Build decides everything. When the report has errors, the plan must not be
// rendered.
func Build(d *descriptor.Descriptor, f Facts) (*Plan, report.Report) {
	b := &builder{d: d, facts: f, plan: &Plan{
		Version: Version, Name: d.Name, Description: d.Description,
		User: f.User, Systemd: f.Systemd, Descriptor: f.Descriptor, Directory: f.Directory.Path,
		Services: []Service{},
	}}
	if b.plan.Description == "" {
		b.plan.Description = d.Name
	}
	b.files()
	b.python()
	b.database()
	if d.Web != nil {
		b.web(d.Web)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Process)) {
		b.process(name, d.Process[name])
	}
	for _, name := range slices.Sorted(maps.Keys(d.Job)) {
		b.job(name, d.Job[name])
	}
	b.watch()
	b.onFailure()
	b.restart()
	b.limits()
	b.sandbox()
	b.plan.Extra = Extra{
		Unit: settings(d.Systemd.Unit), Service: settings(d.Systemd.Service),
		Socket: settings(d.Systemd.Socket), Slice: settings(d.Systemd.Slice),
	}
	return b.plan, b.report
}

type builder struct {
	d      *descriptor.Descriptor
	facts  Facts
	plan   *Plan
	report report.Report
}

// fail reports a mistake, and the same mistake only once.
func (b *builder) fail(key, hint, format string, args ...any) {
	entry := b.d.Entry(report.Error, key, fmt.Sprintf(format, args...), hint)
	if !slices.Contains(b.report.Entries(), entry) {
		b.report.Add(entry)
	}
}

// failed reports whether the key was complained about already.
func (b *builder) failed(key string) bool {
	return slices.ContainsFunc(b.report.Entries(), func(e report.Entry) bool { return e.Key == key && e.Severity == report.Error })
}

func (b *builder) warn(key, hint, format string, args ...any) {
	b.report.Add(b.d.Entry(report.Warning, key, fmt.Sprintf(format, args...), hint))
}

func (b *builder) files() {
	if dir := b.facts.Directory; dir.Problem != "" {
		b.fail("directory", dir.Hint, "`directory`: %s", dir.Problem)
	}
	b.plan.EnvFiles = []string{}
	for i, file := range b.facts.EnvFiles {
		key := fmt.Sprintf("env_files[%d]", i)
		switch {
		case file.Problem != "":
			b.fail(key, file.Hint, "`env_files`: %s", file.Problem)
		case file.Exposed != "":
			b.warn(key, "chmod 600 "+file.Path, "`env_files`: %s can be read by %s, and such files hold secrets", file.Path, file.Exposed)
		}
		b.plan.EnvFiles = append(b.plan.EnvFiles, file.Path)
	}
}

// python names an environment that is missing, whoever needs it.
func (b *builder) python() {
	need, py := NeedsOf(b.d).Python, b.facts.Python
	if need != nil && !need.Optional && py != nil && py.Problem != "" {
		b.fail("python", py.Hint, "`python`: %s", py.Problem)
	}
}

func (b *builder) process(name string, p descriptor.Process) {
	argv := b.argv(joined("process", name, "command"), p.Command, b.names(nil))
	b.plan.Services = append(b.plan.Services, Service{
		Process: name, Argv: argv, Environment: b.environment(first(argv), nil), Instances: orDefault(p.Instances, 1),
	})
}

func (b *builder) restart() {
	r := b.d.Restart
	policy := map[descriptor.Policy]string{"": "always", "never": "no"}
	name, other := policy[r.Policy]
	if !other {
		name = string(r.Policy)
	}
	b.plan.Restart = Restart{
		Policy:   name,
		Delay:    orDuration(r.Delay, defaultDelay),
		MaxDelay: time.Duration(r.MaxDelay),
	}
	if r.MaxDelay > 0 {
		b.plan.Restart.Delay = min(b.plan.Restart.Delay, b.plan.Restart.MaxDelay)
	}
	if r.MaxDelay != 0 && b.facts.Systemd.Version < GrowingDelay {
		b.warn("restart.max_delay", "", "`restart.max_delay` has no effect: systemd %d is older than %d, the delay stays at %s",
			b.facts.Systemd.Version, GrowingDelay, b.plan.Restart.Delay)
	}
}

// limits warns of what this host would silently not enforce. The setting is
// kept, so that it holds as soon as the administrator delegates the controller.
func (b *builder) limits() {
	l := b.d.Limits
	b.plan.Limits = Limits{MemoryMax: uint64(l.Memory), CPUQuota: int(l.CPU)}
	if l.Tasks != nil {
		b.plan.Limits.TasksMax = *l.Tasks
	}
	for _, limit := range []struct{ key, controller string }{
		{"limits.memory", "memory"}, {"limits.cpu", "cpu"}, {"limits.tasks", "pids"},
	} {
		switch {
		case !b.d.Has(limit.key):
		case !b.facts.Systemd.CgroupV2:
			b.warn(limit.key, "an administrator boots the host with systemd.unified_cgroup_hierarchy=1",
				"`%s` is not enforced: this host uses cgroup v1", limit.key)
		case b.facts.Systemd.Controllers != nil && !slices.Contains(b.facts.Systemd.Controllers, limit.controller):
			b.warn(limit.key, "an administrator adds Delegate=cpu cpuset io memory pids to a drop-in of user@.service",
				"`%s` is not enforced: the %s controller is not delegated to users on this host", limit.key, limit.controller)
		}
	}
}

func (b *builder) sandbox() {
	level := string(b.d.Sandbox.Level)
	if level == "" {
		level = defaultSandbox
	}
	b.plan.Sandbox = level
	if level != "strict" {
		return
	}
	if v := b.facts.Systemd.Version; v < PrivateUsers {
		b.warn("sandbox.level", "", "`sandbox.level`: systemd %d cannot protect files for users; only the system call rules of strict are in force", v)
	} else if !b.facts.Systemd.UserNamespaces {
		b.fail("sandbox.level", `use level = "basic", or ask an administrator to allow user namespaces (user.max_user_namespaces)`,
			"`sandbox.level`: strict needs user namespaces, which this host forbids")
	}
}

// environment is what every process gets, and on top of it what this one gets.
// The user's own [env] wins over both.
func (b *builder) environment(program string, more map[string]string) []Variable {
	all := map[string]string{"PYTHONUNBUFFERED": "1", "PATH": b.path(program)}
	if py := b.facts.Python; py != nil && py.Prefix != "" {
		switch py.Kind {
		case CondaEnvironment:
			all["CONDA_PREFIX"], all["CONDA_DEFAULT_ENV"] = py.Prefix, py.Name
		case VirtualEnvironment:
			all["VIRTUAL_ENV"] = py.Prefix
		}
	}
	if db := b.plan.Database; db != nil {
		for _, v := range db.Variables {
			all[v.Name] = v.Value
		}
	}
	maps.Copy(all, more)
	maps.Copy(all, b.d.Env)
	return sorted(all)
}

func sorted(values map[string]string) []Variable {
	variables := make([]Variable, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		variables = append(variables, Variable{name, values[name]})
	}
	return variables
}

// path is the PATH of a process. The folder of its own program is on it: npm
// finds its node there.
func (b *builder) path(program string) string {
	search := SearchPath(b.facts.User.Home, b.facts.Python)
	if folder := path.Dir(program); path.IsAbs(program) && !slices.Contains(search, folder) {
		search = append([]string{folder}, search...)
	}
	return strings.Join(search, ":")
}

// SearchPath is where an app's programs are looked for: the folder of its
// Python environment comes first.
func SearchPath(home string, python *Interpreter) []string {
	search := []string{path.Join(home, ".local/bin"), "/usr/local/bin", "/usr/bin", "/bin"}
	if python != nil && python.Prefix != "" {
		search = append([]string{path.Join(python.Prefix, "bin")}, search...)
	}
	return search
}

// The kinds of Interpreter.
const (
	CondaEnvironment   = "conda environment"
	VirtualEnvironment = "virtual environment"
	PlainInterpreter   = "interpreter"
)

// Versions of systemd that brought what a plan depends on (facts: systemd.md 1).
const (
	PrivateUsers     = 247 // file protection in user managers, with PrivateUsers=yes
	FixedRandomDelay = 247 // before, a timer draws a new delay each time
	GrowingDelay     = 254 // RestartSteps=, RestartMaxDelaySec=
)

func settings(in descriptor.Settings) []Setting {
	out := make([]Setting, 0, len(in))
	for _, s := range in {
		out = append(out, Setting{s.Key, s.Values})
	}
	return out
}

func orDefault(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}

func orDuration(d descriptor.Duration, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return time.Duration(d)
}

func first(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	return argv[0]
}

func joined(parts ...string) string { return strings.Join(parts, ".") }
