package cli

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/plan"
)

// runHere runs a process of the app in this terminal, the way systemd would:
// the same command, folder and environment, and the listening socket passed as
// sd_listen_fds(3) expects it. Limits and the sandbox are not in force.
func (c *command) runHere(ctx context.Context, app string, flags *cli.Context) error {
	const highest = 1<<16 - 1
	if port := flags.Int("port"); port < 0 || port > highest {
		return usage("ecounit run --help", "--port is at most %d, not %d", highest, port)
	}
	h, err := c.connectIfPossible(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(flags.Int("port"))))
	if err != nil {
		return hint.With(fmt.Errorf("cannot listen on port %d: %w", flags.Int("port"), hint.Reason(err)), "ecounit run --port with another number, or without --port")
	}
	defer listener.Close()
	try := &trial{port: listener.Addr().(*net.TCPAddr).Port, module: flags.String("module")}
	l, err := c.loadAs(ctx, h, app, try)
	if err != nil {
		return err
	}
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	service, err := chosen(l.plan, flags.String("process"))
	if err != nil {
		return err
	}
	environment, err := c.environment(ctx, h, l.plan, service)
	if err != nil {
		return err
	}
	if !flags.Bool("dry-run") {
		if err := l.database.keepPassword(); err != nil {
			return err
		}
	}
	p := program{l.plan.Directory, service.Argv, environment}
	if flags.Bool("dry-run") {
		c.showProgram(p)
		return nil
	}
	if service.Process != plan.WebProcess {
		return p.become()
	}
	fmt.Fprintf(c.Err, "http://127.0.0.1:%d%s  (ends with Ctrl-C)\n", try.port, startPage(l.plan.Web.Site))
	if l.plan.Web.Activated {
		return p.becomeWith(listener.(*net.TCPListener))
	}
	listener.Close() // the app takes the port itself
	return p.become()
}

// trial is what run tries out beside the app that is enabled.
type trial struct {
	port   int
	module string // or "" for what the descriptor says
}

// instead puts the trial in the place of what the descriptor says. Its port is
// held already, by ecounit itself.
func (t *trial) instead(d *descriptor.Descriptor, known *detect.Known) error {
	switch {
	case t.module != "" && (d.Web == nil || d.Web.WSGI == "" && d.Web.ASGI == ""):
		return usage("ecounit exec -- COMMAND runs any command", "--module is for apps with wsgi or asgi")
	case d.Web == nil:
		return nil
	case t.module != "" && d.Web.WSGI != "":
		d.Web.WSGI = t.module
	case t.module != "":
		d.Web.ASGI = t.module
	}
	d.Web.Listen = descriptor.Listen{Mode: descriptor.ListenPort, Port: t.port}
	known.KeptPort = t.port
	return nil
}

// startPage is where a visitor would begin.
func startPage(site plan.Site) string {
	if site.Prefix == plan.PrefixStrip {
		return "/"
	}
	return site.Path + "/"
}

func chosen(p *plan.Plan, process string) (plan.Service, error) {
	all := runnable(p)
	if process == "" && len(p.Services) > 0 {
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(s plan.Service) bool { return s.Process == process })
	if i < 0 {
		var known []string
		for _, s := range all {
			known = append(known, s.Process)
		}
		if process == "" {
			return plan.Service{}, usage("ecounit run --process "+known[0], "%s has jobs alone; say which one to run", p.Name)
		}
		return plan.Service{}, noProcess(p.Name, process, known)
	}
	return all[i], nil
}

// runnable are the processes of an app and then its jobs, of which a terminal
// knows no difference.
func runnable(p *plan.Plan) []plan.Service {
	all := slices.Clone(p.Services)
	for _, j := range p.Jobs {
		all = append(all, plan.Service{Process: j.Name, Argv: j.Argv, Environment: j.Environment, Instances: 1})
	}
	return all
}
