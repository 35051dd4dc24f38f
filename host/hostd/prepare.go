package hostd

import (
	"context"
	"fmt"

	"ecounit/host"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/sockets"
	"ecounit/host/hostd/webserver"
)

// prepare makes the caller's folder for sockets.
func (s *service) prepare(ctx context.Context, who caller, _ bus.Call) ([]any, error) {
	u, err := s.publisher(ctx, who)
	if err != nil {
		return nil, err
	}
	if u.rules.PortsOnly {
		return []any{""}, nil
	}
	if gid, err := webserver.KnownGroup(s.store.Dir); err == nil {
		if (sockets.Folder{Parent: socketDir, UID: u.UID, GID: gid}).Right() {
			return []any{host.SocketDir(u.UID)}, nil
		}
	}
	if err := s.jobs.Start(ctx, fmt.Sprintf("ecounit-sockets@%d.service", u.UID)); err != nil {
		return nil, fmt.Errorf("cannot make a folder for your sockets: %w", err)
	}
	return []any{host.SocketDir(u.UID)}, nil
}
