package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/plan"
	"ecounit/postgres"
)

// databaseStatus is how the database of an app is, in status.
type databaseStatus struct {
	Name    string `json:"name"`
	Host    string `json:"host"`
	Port    int    `json:"port"`
	User    string `json:"user"`
	Bytes   int64  `json:"bytes,omitempty"`   // on the server's disk
	Problem string `json:"problem,omitempty"` // why it cannot be used
	Hint    string `json:"hint,omitempty"`    // what to type
}

// statusDatabase is how long status waits for the server.
const statusDatabase = 3 * time.Second

// databaseStatus asks the server that the app was enabled with.
func (h *home) databaseStatus(ctx context.Context, p *plan.Database) *databaseStatus {
	s := &databaseStatus{Name: p.Name, Host: p.Host, Port: p.Port, User: p.User}
	limited, cancel := context.WithTimeout(ctx, statusDatabase)
	defer cancel()
	server, _, err := postgres.FromVariables(func(name string) string { return valueOf(p.Variables, name) })
	if server.PassFile == "" {
		server.PassFile = h.ownPassFile()
	}
	if err == nil {
		s.Bytes, err = server.Size(limited, p.Name)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.Problem = fmt.Sprintf("no answer within %s", statusDatabase)
	case err != nil:
		err = h.explainStatus(p, err)
		s.Problem, s.Hint = err.Error(), hint.Of(err)
	}
	return s
}

func (c *command) printDatabase(s *databaseStatus) {
	if s.Problem == "" {
		c.row("database", s.Name+", "+terminal.Size(uint64(s.Bytes)))
		return
	}
	c.row("database", s.Name, s.Problem)
	c.Hint(s.Hint)
}
