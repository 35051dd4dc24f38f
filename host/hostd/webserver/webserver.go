// Package webserver works the host's Apache through systemd: it has the
// configuration tested, reloads it, and asks what is being served. It must not
// know what is in the configuration.
package webserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ecounit/apache"
	"ecounit/dbusctl"
	"ecounit/host"
)

// The units that do it, and where each leaves what it says.
const (
	testUnit     = "ecounit-configtest.service"
	testOutput   = "configtest"
	describeUnit = "ecounit-describe.service"
	describeFile = "describe"
	probeUnit    = "ecounit-probe@%s.service"
	probeOutput  = "probe-%s"
)

// Jobs runs units.
type Jobs interface {
	Run(ctx context.Context, unit, output string) (said string, err error)
	Reload(ctx context.Context, unit string) error
	Active(ctx context.Context, unit string) (bool, error)
	Processes(ctx context.Context, unit string) (int, error)
}

// Server is the web server of the host.
type Server struct {
	Apache host.Apache
	Jobs   Jobs
}

// Test has the configuration on disk checked. mistakes is what Apache says
// against it, and "" when it is in order.
func (s Server) Test(ctx context.Context) (mistakes string, err error) {
	said, err := s.Jobs.Run(ctx, testUnit, testOutput)
	if err == nil {
		return "", nil
	}
	var failed *dbusctl.JobError
	if errors.As(err, &failed) && failed.Result == "failed" && said != "" {
		return said, nil
	}
	return "", fmt.Errorf("cannot test Apache's configuration: %w", err)
}

// Reload has the configuration on disk loaded, without losing a request.
func (s Server) Reload(ctx context.Context) error { return s.Jobs.Reload(ctx, s.Apache.Unit) }

// Running says whether Apache runs.
func (s Server) Running(ctx context.Context) (bool, error) { return s.Jobs.Active(ctx, s.Apache.Unit) }

// Processes is how many processes Apache has, those of older configurations
// included.
func (s Server) Processes(ctx context.Context) (int, error) {
	return s.Jobs.Processes(ctx, s.Apache.Unit)
}

// Probe waits until Apache answers with a generation, several times in a row.
func (s Server) Probe(ctx context.Context, generation uint64) error {
	_, err := s.probe(ctx, "generation-"+strconv.FormatUint(generation, 10))
	return err
}

// Listener is the user whose process takes connections to a port of 127.0.0.1.
func (s Server) Listener(ctx context.Context, port int) (uid int, listening bool, err error) {
	said, err := s.probe(ctx, "port-"+strconv.Itoa(port))
	if err != nil || said == "nobody" {
		return 0, false, err
	}
	uid, err = strconv.Atoi(said)
	if err != nil {
		return 0, false, fmt.Errorf("cannot find out who listens on port %d: %w", port, err)
	}
	return uid, true, nil
}

func (s Server) probe(ctx context.Context, what string) (said string, err error) {
	said, err = s.Jobs.Run(ctx, fmt.Sprintf(probeUnit, what), fmt.Sprintf(probeOutput, what))
	if err != nil && said != "" {
		err = errors.New(said)
	}
	return said, err
}

// Description is what Apache says of itself.
type Description struct {
	Modules []string // "proxy_http", sorted as Apache does
	GID     int
}

// Describe asks Apache about its configuration on disk.
func (s Server) Describe(ctx context.Context) (Description, error) {
	said, err := s.Jobs.Run(ctx, describeUnit, describeFile)
	if err != nil {
		return Description{}, fmt.Errorf("cannot ask Apache about its configuration: %w: %s", err, lastLine(said))
	}
	return parseDescription(said)
}

func lastLine(text string) string {
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// Modules are those that the configuration on disk loads.
func (s Server) Modules(ctx context.Context) ([]string, error) {
	d, err := s.Describe(ctx)
	return d.Modules, err
}

// Generation is the number of the includes on disk, and false where nothing was
// published yet.
func (s Server) Generation() (number uint64, known bool) {
	text, err := os.ReadFile(filepath.Join(s.Apache.IncludeDir(), apache.GenerationName))
	if err != nil {
		return 0, false
	}
	return apache.ParseGeneration(text)
}
