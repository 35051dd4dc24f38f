package cli

import (
	"context"

	"ecounit/descriptor"
	"ecounit/host"
	"ecounit/internal/hint"
)

// prepareSockets has the service make the user's folder for sockets when an
// app may need it and it is not there. Whoever is refused one gets a port.
func (c *command) prepareSockets(ctx context.Context, h *home, d *descriptor.Descriptor) {
	s := h.hosting()
	if s == nil || d.Web == nil || d.Web.Listen.Mode == descriptor.ListenPort || !s.offersSockets() || h.SocketDir() != "" {
		return
	}
	err := s.ask(ctx, func(ctx context.Context, client service) error {
		_, err := client.Prepare(ctx)
		return err
	})
	if err != nil {
		h.noSockets = true
		c.Warn("there is no folder for sockets: %v", err)
		c.Hint(hint.Of(err))
	}
}

// socketDir is the folder for sockets that enable uses, or is going to make.
func (h *home) socketDir(s *hosting) string {
	switch dir := h.SocketDir(); {
	case s.policy.PortsOnly:
		return ""
	case dir != "" || h.noSockets || !s.offersSockets():
		return dir
	}
	return host.SocketDir(h.User.UID)
}
