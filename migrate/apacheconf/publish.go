package apacheconf

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/server"
	"ecounit/report"
)

// Publish gives apps the paths that a configuration passes on to their ports
// or sockets, and says of each line what becomes of it. The lines are an
// administrator's: none of them is about to be changed.
func Publish(file, text string, apps []*migrate.App) report.Report {
	p := &publisher{file: file, apps: apps}
	all := throughBalancers(directives(text))
	for _, websockets := range []bool{false, true} { // these are below what the others say
		for _, d := range all {
			if from, ok, _ := proxyOf(d); ok && !from.isOff && from.ws == websockets {
				p.proxy(d, from)
			}
		}
	}
	for _, d := range all {
		p.rest(d)
		for line := d.first + 1; line <= d.last; line++ {
			p.verdicts.Say(file, line, migrate.Worst(p.verdicts.On(file, d.first)), "", "it goes on from line %d", d.first)
		}
	}
	return p.verdicts.Report()
}

// Unrelated is said of the many lines that are about no program at all.
const Unrelated = "it passes nothing on; it stays"

type publisher struct {
	file     string
	apps     []*migrate.App
	verdicts migrate.Verdicts
	given    []given
}

// given is a path that an app got.
type given struct {
	path string
	app  *migrate.App
}

func (p *publisher) say(d directive, is report.Severity, hint, format string, args ...any) {
	p.verdicts.Say(p.file, d.first, is, hint, format, args...)
}

// rest is about the lines that pass nothing on to an app.
func (p *publisher) rest(d directive) {
	from, ok, unclear := proxyOf(d)
	app := p.appOf(d)
	switch {
	case unclear:
		p.say(d, migrate.NotNeeded, "if it is for an app of yours, write listen and path in its [web]", "where it leads cannot be told: it may be another machine, or made of variables")
	case ok && from.isOff:
		p.say(d, migrate.NotNeeded, "", "it keeps %s from being passed on; it stays", from.path)
	case ok: // said already
	case app != nil && d.location != "":
		p.within(d, app)
	case app != nil && d.name == "proxypassreverse":
		p.say(d, migrate.NotNeeded, "", "the include of ecounit has it")
	case d.name == "balancermember":
		p.say(d, migrate.NotNeeded, "", "an app answers at one address: see the line that passes requests on to the balancer")
	case d.name == "include" || d.name == "includeoptional":
		p.say(d, migrate.NotNeeded, "if your paths are in there, name these files as well", "what it includes is not read")
	default:
		p.say(d, migrate.NotNeeded, "", Unrelated)
	}
}

// appOf is the app whose path the directive is about, or nil.
func (p *publisher) appOf(d directive) *migrate.App {
	about := d.location
	if about == "" && len(d.args) > 0 {
		about = d.args[0]
	}
	for _, g := range p.given {
		if strings.TrimSuffix(about, "/") == g.path {
			return g.app
		}
	}
	return nil
}

// within is a directive in the <Location> of an app.
func (p *publisher) within(d directive, app *migrate.App) {
	words := strings.ToLower(strings.Join(d.args, " "))
	switch {
	case d.name == "require" && strings.HasPrefix(words, "ip "):
		p.allow(d, app)
	case d.name == "require" && words == "all granted":
		p.say(d, migrate.Kept, "", "everybody may visit it")
	case strings.HasPrefix(d.name, "require"), strings.HasPrefix(d.name, "auth"), d.name == "order", d.name == "allow", d.name == "deny", d.name == "satisfy":
		p.say(d, migrate.Lost, "write allow_from or auth in [web] of "+app.Descriptor.Name, "who may visit %s has to be said anew", app.Descriptor.Name)
	case strings.HasPrefix(d.name, "<") || strings.HasPrefix(d.name, "proxy") || strings.HasSuffix(d.name, "header") || d.name == "rewriteengine":
		p.say(d, migrate.NotNeeded, "", "the include of ecounit has it")
	default:
		p.say(d, migrate.Lost, "ask an administrator whether it is needed", "the include of ecounit does not have it")
	}
}

// allow reads Require ip. Apache also takes the beginning of an address, and a
// netmask; these are left.
func (p *publisher) allow(d directive, app *migrate.App) {
	var networks descriptor.Networks
	for _, word := range d.args[1:] {
		network, err := netip.ParsePrefix(word)
		if address, asAddress := netip.ParseAddr(word); asAddress == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil || network.Masked() != network || network.Addr().Zone() != "" {
			p.say(d, migrate.Lost, "write allow_from in [web] of "+app.Descriptor.Name, "%q is not an address or a network as in 129.215.0.0/16", word)
			return
		}
		networks = append(networks, network)
	}
	web := app.Descriptor.Web
	for _, network := range networks { // again for each virtual host
		if !slices.Contains(web.AllowFrom, network) {
			web.AllowFrom = append(web.AllowFrom, network)
		}
	}
	p.say(d, migrate.Kept, "", "allow_from in [web] of the app %s", app.Descriptor.Name)
}

// proxy finds the app behind an address.
func (p *publisher) proxy(d directive, from proxy) {
	app := p.appAt(from)
	if app == nil {
		where := from.socket
		if where == "" {
			where = "port " + strconv.Itoa(from.port)
		}
		p.say(d, migrate.NotNeeded, "if it is yours, write listen and path in its [web]", "no app of yours listens at %s", where)
		return
	}
	web, name := app.Descriptor.Web, app.Descriptor.Name
	if p.has(app) && strings.HasPrefix(from.path+"/", web.Path+"/") {
		p.say(d, migrate.NotNeeded, "", "the include of ecounit passes on all below %s, and websockets", web.Path)
		return
	}
	path, ok := server.Path(from.path)
	if !ok || strings.Trim(from.path, "/") == "" {
		p.say(d, migrate.Lost, "links to the app change, or an administrator publishes it", "%s: %q is not a path that an app can have: one segment of a-z, 0-9, _ and -", name, cmp.Or(from.path, "/"))
		return
	}
	if p.has(app) {
		p.say(d, migrate.Lost, "links to "+path+" change, or an administrator redirects them", "%s: an app has one path, and %s is it", name, web.Path)
		return
	}
	const old = "once the app is published an administrator can take the line out"
	if web.Path != "" && web.Path != path {
		p.say(d, migrate.Changed, old, "path = %q in [web] of the app %s, instead of %s: it is what visitors ask for", path, name, web.Path)
	} else {
		p.say(d, migrate.Kept, old, "path = %q in [web] of the app %s", path, name)
	}
	p.prefix(d, web, from, web.Path == path)
	web.Path = path
	p.given = append(p.given, given{path, app})
}

// has reports whether the app got a path.
func (p *publisher) has(app *migrate.App) bool {
	return slices.ContainsFunc(p.given, func(g given) bool { return g.app == app })
}

// prefix: whether the app sees the path. One with SCRIPT_NAME has to, and
// fails where it is taken off.
func (p *publisher) prefix(d directive, web *descriptor.Web, from proxy, hadPath bool) {
	isStripped := from.backend == ""
	switch {
	case !isStripped && from.backend != from.path:
		p.say(d, migrate.Lost, "have the app work below its path, with ${BASE_PATH} or SCRIPT_NAME", "the app is at %s on its side, which no app can be", from.backend)
	case isStripped && hadPath && web.ASGI == "":
		p.say(d, migrate.Changed, "", "the app sees the path, which it is told itself; before, it was taken off")
	case isStripped && web.ASGI == "":
		web.Prefix = "strip"
	case !isStripped && web.ASGI != "":
		web.Prefix = "keep"
	}
}

// appAt finds the app that listens there. One whose port is in the command of
// a process answers requests after all.
func (p *publisher) appAt(from proxy) *migrate.App {
	for _, app := range p.apps {
		if from.socket != "" && app.Socket == from.socket || from.socket == "" && from.port != 0 && app.Port == from.port {
			if app.Descriptor.Web != nil {
				return app
			}
		}
	}
	for _, app := range p.apps {
		if app.Descriptor.Web == nil && from.socket == "" && promoted(app, from.port) {
			return app
		}
	}
	return nil
}

// promoted turns the process that has the port into [web].
func promoted(app *migrate.App, wanted int) bool {
	d := app.Descriptor
	for _, name := range slices.Sorted(maps.Keys(d.Process)) {
		process := d.Process[name]
		port, command, ok := server.Port(process.Command, d.Env)
		if !ok || port != wanted || process.Instances != nil {
			continue
		}
		d.Web = &descriptor.Web{Command: command, Listen: descriptor.Listen{Mode: descriptor.ListenPort, Port: port}}
		app.Port = port
		if delete(d.Process, name); len(d.Process) == 0 {
			d.Process = nil
		}
		return true
	}
	return false
}
