package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ecounit/descriptor"
)

// web plans the process that answers requests and the site in front of it.
func (b *builder) web(w *descriptor.Web) {
	site := Site{
		Owner: b.facts.User.Name, App: b.d.Name, Path: b.sitePath(),
		Prefix: PrefixKeep, WebSocket: true, Timeout: DefaultTimeout,
	}
	if w.ASGI != "" {
		// Keeping the prefix makes uvicorn's own root_path answer 404 (facts: apache.md).
		site.Prefix = PrefixStrip
	}
	if w.Prefix != "" {
		site.Prefix = Prefix(w.Prefix)
	}
	if w.WebSocket != nil {
		site.WebSocket = *w.WebSocket
	}
	b.visitors(w, &site)
	b.address(w, &site)
	b.exposed(&site)
	web := &Web{
		Site:         site,
		Activated:    len(w.Command) == 0 || mentions(w.Command, "${FD}"),
		Health:       b.health(w, site),
		StartTimeout: orDuration(w.StartTimeout, defaultStartTimeout),
	}
	b.plan.Web = web
	if !siteOwnerPattern().MatchString(site.Owner) {
		b.fail("web", "apps with [process.NAME] alone work for every user", "`[web]`: the user name %q cannot be part of a web server's configuration", site.Owner)
	} else if err := site.Validate(); err != nil && !b.report.HasErrors() {
		b.fail("web.path", `write path = "/…" in [web], one segment of a-z, 0-9, _ and -`, "`web.path`: %v", err)
	}
	b.plan.Services = append(b.plan.Services, b.webService(w, web))
}

func (b *builder) webService(w *descriptor.Web, web *Web) Service {
	s := Service{Process: WebProcess, Instances: 1}
	base := web.Site.Path
	switch {
	case w.WSGI != "":
		s.Argv = []string{
			b.interpreter("gunicorn", "web.wsgi"), "-m", "gunicorn",
			"--workers", fmt.Sprint(orDefault(w.Workers, defaultWSGIWorkers)),
			"--forwarded-allow-ips", "*", // only Apache gets this far, and it sets the headers itself
			"--access-logfile", "-",
			withCallable(w.WSGI, "application"),
		}
		s.Notify, s.MainFirst = true, true
		// The workers that a reload starts would get what was loaded before.
		s.ReloadHUP = !b.facts.Preloads && !strings.Contains(b.d.Env["GUNICORN_CMD_ARGS"], "--preload")
	case w.ASGI != "":
		s.Argv = []string{
			b.interpreter("uvicorn", "web.asgi"), "-c", uvicornProgram,
			fmt.Sprint(orDefault(w.Workers, defaultASGIWorkers)),
			"--fd", listenFD,
			"--workers", "1", // of each process; WEB_CONCURRENCY would set it otherwise
			"--forwarded-allow-ips", "*",
		}
		if web.Site.Prefix == PrefixStrip {
			s.Argv = append(s.Argv, "--root-path", base)
		}
		app, isFactory := strings.CutSuffix(withCallable(w.ASGI, "app"), "()")
		if isFactory {
			s.Argv = append(s.Argv, "--factory")
		}
		s.Argv = append(s.Argv, app)
		s.MainFirst = true
	default:
		s.Argv = b.argv("web.command", w.Command, b.names(web))
	}
	environment := map[string]string{"BASE_PATH": base}
	if web.Site.Prefix == PrefixKeep {
		environment["SCRIPT_NAME"] = base
	}
	switch {
	case web.Activated:
	case web.Site.Port != 0:
		environment["PORT"], environment["HOST"] = fmt.Sprint(web.Site.Port), "127.0.0.1"
	default:
		environment["SOCKET"] = web.Site.Socket
	}
	s.Environment = b.environment(first(s.Argv), environment)
	return s
}

// address decides between a socket and a port. A command that names one of
// them decides by that.
func (b *builder) address(w *descriptor.Web, site *Site) {
	mode := w.Listen.Mode
	if mode == descriptor.ListenAuto {
		takesSocket := len(w.Command) == 0 || mentions(w.Command, "${SOCKET}") || mentions(w.Command, "${FD}")
		takesPort := mentions(w.Command, "${PORT}")
		mode = descriptor.ListenPort
		if takesSocket && !takesPort && b.facts.SocketDir != "" {
			mode = descriptor.ListenSocket
		}
	}
	if mode == descriptor.ListenSocket {
		if b.facts.SocketDir == "" {
			b.fail("web.listen", `write listen = "auto"; a port is used then`,
				"`web.listen`: there is no directory for sockets that the web server can reach on this host")
			return
		}
		site.Socket = path.Join(b.facts.SocketDir, b.d.Name+".sock")
		return
	}
	if p := b.facts.Port; p.Problem != "" {
		b.fail("web.listen", p.Hint, "`web.listen`: %s", p.Problem)
	}
	site.Port = b.facts.Port.Number
}

func (b *builder) interpreter(module, key string) string {
	py := b.facts.Python
	if py == nil {
		b.fail(key, "", "`%s` needs a Python, and none was looked for", key)
		return ""
	}
	if _, there := py.Modules[module]; !there && py.Problem == "" {
		b.fail(key, installHint(py, module), "`%s` needs %s, which is not installed in the %s %s", key, module, py.Kind, py.Name)
	}
	return py.Path
}

// installHint: a system's own Python refuses packages of users in many
// distributions (PEP 668).
func installHint(py *Interpreter, module string) string {
	if py.Kind == PlainInterpreter {
		return "python3 -m venv .venv && .venv/bin/python -m pip install " + module + ", and what else the app needs"
	}
	return py.Path + " -m pip install " + module
}

func (b *builder) sitePath() string {
	if b.d.Web.Path != "" {
		if slices.Contains(ReservedPaths, b.d.Web.Path) {
			b.fail("web.path", "choose another path", "`web.path`: %s belongs to the web server itself", b.d.Web.Path)
		}
		return b.d.Web.Path
	}
	return "/" + b.facts.User.Name + "_" + b.d.Name
}

// health is the path to ask, as the app sees it behind Apache.
func (b *builder) health(w *descriptor.Web, site Site) string {
	below := w.Health
	if below == "" {
		below = "/"
	}
	if site.Prefix == PrefixStrip {
		return below
	}
	return site.Path + below
}

func withCallable(module, callable string) string {
	if strings.Contains(module, ":") {
		return module
	}
	return module + ":" + callable
}

func mentions(command descriptor.Command, what string) bool {
	return slices.ContainsFunc(command, func(word string) bool { return strings.Contains(word, what) })
}
