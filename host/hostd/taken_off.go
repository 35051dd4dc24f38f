package hostd

import (
	"context"
	"fmt"
	"strings"

	"ecounit/host"
	"ecounit/host/hostd/publish"
)

// takenOff has the web server let go of a site that is not to be served any
// more. It is an error, and recorded all the same, when it does not yet.
func (s *service) takenOff(ctx context.Context, record host.Record) error {
	if s.queue == nil { // and nobody serves it
		if err := s.registry.Unserved(record.ID(), ""); err != nil {
			return err
		}
	}
	result, err := s.publish(ctx)
	if err != nil {
		return err
	}
	why := s.still(result, record.ID())
	if why == "" {
		return nil
	}
	return &host.Error{
		Kind: host.Served, Message: fmt.Sprintf("recorded, but %s is still served: %s", record.ID(), why), Fix: s.fix(result),
	}
}

// still is why the web server may have a site that is not wanted, or "".
func (s *service) still(result publish.Result, id string) string {
	switch {
	case !result.Serves(id):
		return ""
	case result.Waits == "":
		return "its include in " + s.web.Apache.IncludeDir() + " is not known to be ecounit's"
	}
	return "waits: " + result.Waits
}

// fix is what an administrator types so that what waits is done.
func (s *service) fix(result publish.Result) string {
	if result.Crowded {
		return s.restart()
	}
	return "ecounit host check; when that is mended: ecounit host reconcile"
}

// restart ends every process of the web server, also those that a websocket
// holds. The next start has what is on the disk.
func (s *service) restart() string {
	return "systemctl restart " + strings.TrimSuffix(s.web.Apache.Unit, ".service")
}
