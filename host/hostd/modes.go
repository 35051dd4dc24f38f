package hostd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/probe"
	"ecounit/host/hostd/webserver"
	"ecounit/host/policy"
)

var errNoApache = &host.Error{
	Kind:    host.BadSetup,
	Message: "there is no Apache on this host (neither /usr/sbin/httpd nor /usr/sbin/apache2)",
	Fix:     "install httpd, or apache2 on Debian",
}

// describe becomes Apache, which prints what it is made of.
func (p program) describe() error {
	web, found := host.FindApache("")
	if !found {
		return errNoApache
	}
	argv := webserver.DescribeCommand(web)
	return fmt.Errorf("cannot run %s: %w", argv[0], syscall.Exec(argv[0], argv, os.Environ()))
}

// probe prints who listens on a port, or waits for a generation.
func (p program) probe(ctx context.Context, what string) error {
	if text, ok := strings.CutPrefix(what, "port-"); ok {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return fmt.Errorf("cannot probe the port %q", text)
		}
		who, err := probe.Listener(int(port))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, who)
		return err
	}
	text, ok := strings.CutPrefix(what, "generation-")
	number, err := strconv.ParseUint(text, 10, 64)
	if !ok || err != nil {
		return fmt.Errorf("cannot probe %q", what)
	}
	rules, _, err := policyfile.New(p.policyFile).Read()
	if err != nil {
		rules = policy.Default() // what is published stays, whatever the policy says now
	}
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return probe.Generation(ctx, probe.Target{URL: rules.ProbeURL(), Host: rules.ProbeHost()}, number)
}

// accountsFile is what ecounit-accounts.path watches.
const accountsFile = "/etc/passwd"

// reconcile asks the service, as an administrator would, and prints what it
// finds into the journal. It asks again when accounts changed meanwhile: systemd
// does not start a unit for what happens while it runs.
func (p program) reconcile(ctx context.Context) error {
	client, err := host.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	for before := ""; ; {
		now := version(accountsFile)
		if now == before {
			return nil
		}
		before = now
		found, err := client.Reconcile(ctx)
		if err != nil {
			return errors.New(withHint(err))
		}
		for _, f := range found {
			if f.Severity != host.SeverityOK {
				fmt.Fprintf(p.errs, "%s: %s\n", f.Severity, f.What)
			}
		}
	}
}

// version changes with each change of a file.
func version(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return info.ModTime().String()
}

func withHint(err error) string {
	var refusal *host.Error
	if errors.As(err, &refusal) && refusal.Fix != "" {
		return refusal.Message + " (" + refusal.Fix + ")"
	}
	return err.Error()
}
