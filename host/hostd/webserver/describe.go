package webserver

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"ecounit/host"
	"ecounit/lazy"
)

// DescribeCommand is what makes Apache describe itself. RHEL's apachectl takes
// no options, and Debian's httpd is not to be run without apachectl.
func DescribeCommand(a host.Apache) []string {
	program := "/usr/sbin/httpd"
	if a.IsDebian() {
		program = "/usr/sbin/apachectl"
	}
	return []string{program, "-t", "-D", "DUMP_RUN_CFG", "-D", "DUMP_MODULES"}
}

// Group asks Apache for the number of the group that its processes have. It
// runs Apache itself, and so takes more rights than the service has.
func Group(ctx context.Context, a host.Apache) (int, error) {
	said, err := run(ctx, DescribeCommand(a))
	if err != nil {
		return 0, fmt.Errorf("cannot ask Apache for its group: %w: %s", err, lastLine(strings.TrimSpace(string(said))))
	}
	d, err := parseDescription(string(said))
	return d.GID, err
}

func run(ctx context.Context, argv []string) (said []byte, err error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second // apachectl is a script, and what it runs outlives it
	return cmd.CombinedOutput()
}

var (
	groupLine  = lazy.Regexp(`(?m)^Group: name="[^"]*" id=(\d+)`)
	moduleLine = lazy.Regexp(`(?m)^ (\w+)_module \(`)
)

func parseDescription(text string) (Description, error) {
	group := groupLine().FindStringSubmatch(text)
	if group == nil {
		return Description{}, errors.New("cannot find Apache's group in its own description")
	}
	gid, err := strconv.Atoi(group[1])
	if err != nil || gid == 0 {
		return Description{}, fmt.Errorf("cannot use the group %s of Apache", group[1])
	}
	d := Description{GID: gid}
	for _, m := range moduleLine().FindAllStringSubmatch(text, -1) {
		d.Modules = append(d.Modules, m[1])
	}
	return d, nil
}
