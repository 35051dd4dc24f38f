package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ecounit/apache"
	"ecounit/detect"
	"ecounit/host/policy"
	"ecounit/templates"
)

// Links by which systemd starts the units of the package.
var hostUnits = []string{
	"/etc/systemd/system/multi-user.target.wants/ecounit-boot.service",
	"/etc/systemd/system/timers.target.wants/ecounit-reconcile.timer",
}

// steps are those that were not taken before, in order.
func (s *setup) steps(ctx context.Context) (steps []setupStep, err error) {
	if steps, err = s.policySteps(ctx); err != nil {
		return nil, err
	}
	steps = append(steps, s.apacheSteps()...)
	loads := len(steps) > 0 // what Apache has not read yet
	if loads {
		steps = append(steps, byCommand("test", "the configuration of Apache is in order", strings.Fields(s.server.Test())...))
	}
	var units []string
	for _, link := range hostUnits {
		if !s.exists(link) {
			units = append(units, path.Base(link))
		}
	}
	if len(units) > 0 {
		steps = append(steps, byCommand("units", strings.Join(units, " ")+": at every boot", append([]string{"systemctl", "enable", "--quiet"}, units...)...))
	}
	if len(steps) > 0 || !s.exists("/var/lib/ecounit/sites") {
		steps = append(steps,
			byCommand("sockets", "/run/ecounit, and the registry in /var/lib/ecounit", "systemctl", "start", "ecounit-boot.service"),
			byCommand("timer", "looks after the sites once a day", "systemctl", "start", "ecounit-reconcile.timer"))
	}
	if loads && s.server.Runs() {
		steps = append(steps, byCommand("reload", "Apache has read it", strings.Fields(s.server.Reload())...))
	}
	return steps, nil
}

func byCommand(name, text string, argv ...string) setupStep {
	return setupStep{name: name, text: text, argv: argv}
}

// policySteps write the policy where there is none. One that is there is the
// administrator's, and host check says what is wrong with it.
func (s *setup) policySteps(ctx context.Context) ([]setupStep, error) {
	if s.exists(policy.Path) {
		return nil, nil
	}
	s.wrote = true
	url := s.baseURL
	if url == "" {
		url = s.guessURL(ctx)
	}
	text, err := templates.HostPolicy(url)
	if err != nil {
		return nil, err
	}
	if _, mistakes := policy.Parse("--base-url", text); mistakes.HasErrors() {
		return nil, usage("ecounit host setup --base-url https://eco.example.ac.uk", "%q is not the address of a web server", url)
	}
	says := "wrote " + policy.Path + "; base_url is " + url
	if url == "" {
		says = "wrote " + policy.Path + "; write base_url into it, so that users are told addresses"
	}
	return []setupStep{{name: "policy", text: says, file: policy.Path, content: text}}, nil
}

// guessURL takes the name that the host has for others, if it has one.
func (s *setup) guessURL(ctx context.Context) string {
	name, err := s.at.run(ctx, "hostname", "-f")
	name = strings.ToLower(strings.TrimSpace(name))
	if err != nil || !strings.Contains(name, ".") || strings.HasPrefix(name, "localhost.") {
		return ""
	}
	return "https://" + name
}

// apacheSteps have Debian's Apache load the modules that includes need, and the
// package's piece of configuration. Others load all that is installed.
func (s *setup) apacheSteps() (steps []setupStep) {
	if !s.server.IsDebian() {
		return nil
	}
	var modules []string
	for _, m := range apache.Modules {
		wanted := m.Before == apache.Version{} || m.NeededOn(s.server.Release())
		known := s.exists("/etc/apache2/mods-available/" + m.Name + ".load") // else it is built in
		if wanted && known && !s.exists("/etc/apache2/mods-enabled/"+m.Name+".load") && !slices.Contains(modules, m.Name) {
			modules = append(modules, m.Name)
		}
	}
	if len(modules) > 0 {
		steps = append(steps, byCommand("modules", strings.Join(modules, " "), append([]string{"a2enmod", "--quiet"}, modules...)...))
	}
	if !s.exists("/etc/apache2/conf-enabled/ecounit.conf") {
		steps = append(steps, byCommand("config", s.packaged(), "a2enconf", "--quiet", "ecounit"))
	}
	return steps
}

// rootTime is more than systemd gives a unit to start.
const rootTime = 2 * time.Minute

// runAsRoot runs a program of the system's and returns all that it said.
func runAsRoot(ctx context.Context, argv ...string) (string, error) {
	const search = "/usr/sbin:/usr/bin:/sbin:/bin" // after su, an administrator's shell has no sbin
	file := detect.Machine{}.LookUp(argv[0], filepath.SplitList(search))
	if file == "" {
		return "", exec.ErrNotFound
	}
	limited, cancel := context.WithTimeout(ctx, rootTime)
	defer cancel()
	program := exec.CommandContext(limited, file, argv[1:]...)
	program.Env = []string{"PATH=" + search, "LC_ALL=C", "HOME=/root"}
	var said bytes.Buffer
	program.Stdout, program.Stderr = &said, &said
	program.WaitDelay = time.Second // for what it may have started
	err := program.Run()
	switch {
	case ctx.Err() == nil && limited.Err() != nil:
		err = fmt.Errorf("it did not end within %s", rootTime)
	case errors.Is(err, exec.ErrWaitDelay): // it left something running
		err = nil
	}
	return said.String(), err
}
