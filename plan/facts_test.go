package plan

import (
	"path"
	"testing"

	"ecounit/descriptor"
	"ecounit/report"
)

func parse(t testing.TB, text string) *descriptor.Descriptor {
	t.Helper()
	d, r := descriptor.Parse(descriptor.FileName, []byte(text))
	if r.HasErrors() {
		t.Fatal(r.Entries())
	}
	return d
}

// factsOf answers what the descriptor needs on a machine where all is well:
// every program is in /usr/bin, every env file is private.
func factsOf(d *descriptor.Descriptor) Facts {
	f := Facts{
		User: User{Name: "alice", UID: 1000, Home: "/home/alice"},
		Systemd: Systemd{
			Version: 252, CgroupV2: true, UserNamespaces: true,
			Controllers: []string{"cpu", "memory", "pids"},
		},
		Descriptor: "/home/alice/app/ecounit.toml",
		Directory:  File{Path: "/home/alice/app"},
		Python: &Interpreter{
			Path: "/home/alice/conda/envs/tasks/bin/python", Kind: CondaEnvironment, Name: "tasks", Prefix: "/home/alice/conda/envs/tasks",
			Modules: map[string]string{"gunicorn": "23.0.0", "uvicorn": "0.34.0"},
		},
		Port:      Port{Number: 20001},
		SocketDir: "/run/ecounit/1000",
	}
	needs := NeedsOf(d)
	if needs.Python == nil {
		f.Python = nil
	}
	for _, program := range needs.Programs {
		if !path.IsAbs(program) {
			program = path.Join("/usr/bin", program)
		}
		f.Programs = append(f.Programs, File{Path: program})
	}
	if d.Database != nil || d.OnFailure != nil || d.Watch != nil {
		f.Ecounit = "/usr/bin/ecounit"
	}
	if d.Database != nil {
		f.Database = databaseOf(d)
	}
	for _, file := range needs.Watch {
		f.Watch.Paths = append(f.Watch.Paths, File{Path: path.Join(f.Directory.Path, file)})
	}
	if needs.Git {
		f.Watch.Git.Files = []string{path.Join(f.Directory.Path, ".git/logs/HEAD")}
	}
	for _, file := range needs.EnvFiles {
		f.EnvFiles = append(f.EnvFiles, File{Path: path.Join(f.Directory.Path, file)})
	}
	return f
}

// change makes one thing of a machine different.
type change func(*Facts)

func build(t testing.TB, text string, changes ...change) (*Plan, report.Report) {
	t.Helper()
	d := parse(t, text)
	f := factsOf(d)
	for _, c := range changes {
		c(&f)
	}
	return Build(d, f)
}

// built is for descriptors that nothing is wrong with.
func built(t testing.TB, text string, changes ...change) *Plan {
	t.Helper()
	p, r := build(t, text, changes...)
	if len(r.Entries()) > 0 {
		t.Fatal(r.Entries())
	}
	return p
}

func noSockets(f *Facts)        { f.SocketDir = "" }
func hosted(f *Facts)           { f.Hosted = true }
func noUserNamespaces(f *Facts) { f.Systemd.UserNamespaces = false }
func systemd(version int) change {
	return func(f *Facts) { f.Systemd.Version = version }
}

func controllers(names ...string) change {
	return func(f *Facts) { f.Systemd.Controllers = append([]string{}, names...) }
}

func userName(name string) change {
	return func(f *Facts) { f.User.Name = name }
}

const wsgi = "name = \"tasks\"\n[web]\nwsgi = \"app\"\n"

// databaseOf is the answer of a host with a server that needs no password.
func databaseOf(d *descriptor.Descriptor) *DatabaseFacts {
	name := d.Database.Postgres.Name
	if name == "" {
		name = "alice_" + d.Name
	}
	return &DatabaseFacts{
		Name: name, Host: "/var/run/postgresql", Port: 5432, User: "alice", Source: FromHost,
		Variables: []Variable{
			{"DATABASE_URL", "postgresql:///" + name + "?host=/var/run/postgresql&user=alice"},
			{"PGDATABASE", name},
			{"PGHOST", "/var/run/postgresql"},
			{"PGPORT", "5432"},
			{"PGUSER", "alice"},
		},
	}
}
