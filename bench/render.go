package main

import (
	"context"
	"fmt"
	"time"

	"ecounit/apache"
	"ecounit/descriptor"
	"ecounit/plan"
	"ecounit/units"
)

const descriptors = 1000

// larger is an app with a bit of everything.
const larger = `name = "app-%d"
description = "Psychology tasks"
env_files = [".env"]

[env]
STUDY = "12"

[web]
wsgi = "wsgi:application"
workers = 4
health = "/healthz"

[process.worker]
command = "python worker.py"
instances = 2

[limits]
memory = "512M"
cpu = "150%%"

[sandbox]
level = "strict"
`

var httpd = apache.Version{Major: 2, Minor: 4, Patch: 62}

// rendering runs in this process: no machine is asked.
func (b *bench) rendering(ctx context.Context) ([]row, error) {
	var sources [][]byte
	for i := range descriptors {
		sources = append(sources, fmt.Appendf(nil, larger, i))
	}
	var all, only sample
	for round := range 12 {
		plans := make([]*plan.Plan, len(sources))
		begin := time.Now()
		for i, source := range sources {
			p, err := planned(source, 30000+i)
			if err != nil {
				return nil, err
			}
			plans[i] = p
		}
		planning := time.Since(begin)
		begin = time.Now()
		for _, p := range plans {
			if err := render(p); err != nil {
				return nil, err
			}
		}
		rendering := time.Since(begin)
		if round > 0 { // the first one does not count
			all = append(all, each(planning+rendering))
			only = append(only, each(rendering))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return []row{
		{figure: fmt.Sprintf("rendering, each of %d apps", descriptors), ours: only.text("ms"), bar: "≤ 0.1 ms", met: only.median() <= 0.1},
		{figure: "- with reading and planning", ours: all.text("ms"), bar: "≤ 0.1 ms", met: all.median() <= 0.1},
	}, nil
}

func each(all time.Duration) float64 {
	return float64(all) / float64(time.Millisecond) / descriptors
}

func planned(source []byte, port int) (*plan.Plan, error) {
	d, report := descriptor.Parse(descriptor.FileName, source)
	if report.HasErrors() {
		return nil, fmt.Errorf("cannot read the descriptor: %v", report.Entries())
	}
	p, report := plan.Build(d, facts(plan.NeedsOf(d), port))
	if report.HasErrors() {
		return nil, fmt.Errorf("cannot plan the app: %v", report.Entries())
	}
	return p, nil
}

func render(p *plan.Plan) error {
	files, err := units.Render(p)
	if err != nil {
		return err
	}
	if len(files) != 5 {
		return fmt.Errorf("an app has %d unit files", len(files))
	}
	_, err = apache.Render(p.Web.Site, httpd)
	return err
}

// facts are those of a usual host.
func facts(needs plan.Needs, port int) plan.Facts {
	home := "/home/alice/tasks"
	f := plan.Facts{
		User:       plan.User{Name: "alice", UID: 1000, Home: "/home/alice"},
		Systemd:    plan.Systemd{Version: 252, CgroupV2: true, Controllers: []string{"cpu", "memory", "pids"}, UserNamespaces: true},
		Descriptor: home + "/" + descriptor.FileName,
		Directory:  plan.File{Path: home},
		Port:       plan.Port{Number: port},
		Python: &plan.Interpreter{
			Path: home + "/.venv/bin/python", Kind: plan.VirtualEnvironment, Name: ".venv", Prefix: home + "/.venv",
			Modules: map[string]string{"gunicorn": "20.1.0"},
		},
	}
	for _, file := range needs.EnvFiles {
		f.EnvFiles = append(f.EnvFiles, plan.File{Path: home + "/" + file})
	}
	for _, name := range needs.Programs {
		f.Programs = append(f.Programs, plan.File{Path: home + "/.venv/bin/" + name})
	}
	return f
}
