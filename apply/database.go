package apply

import (
	"context"
	"errors"
)

// Database is what apply asks of a Postgres server about one database.
type Database interface {
	// Ensure makes the database unless it is there. What it made counts also
	// when it fails.
	Ensure(ctx context.Context) (Made, error)
	// Undo removes what an Ensure made, and nothing else.
	Undo(ctx context.Context, made Made) error
}

// Made is what a change made on a server: object ids, 0 for what was there
// before. The rest says where.
type Made struct {
	Database uint32 `json:"database,omitempty"`
	Role     uint32 `json:"role,omitempty"`
	Name     string `json:"name,omitempty"` // of the database
	Server   string `json:"server,omitempty"`
	Hosted   bool   `json:"hosted,omitempty"` // the host service made it
}

func (m Made) anything() bool { return m.Database != 0 || m.Role != 0 }

// makeDatabase notes what was made at once: a change that is killed from here
// on and fails at the next try takes it back.
func (m *Machine) makeDatabase(ctx context.Context, app string, before State) error {
	if m.Database == nil {
		return errors.New("cannot make the database: there is no server")
	}
	made, err := m.Database.Ensure(ctx)
	if !made.anything() {
		return err
	}
	m.made = made
	if noted := m.beginChange(app, before, made); err == nil {
		err = noted
	}
	return err
}

// unmake is the end of the way back: the processes that use the database are
// gone by then.
func (m *Machine) unmake(ctx context.Context) error {
	if !m.made.anything() || m.Database == nil {
		return nil
	}
	return m.Database.Undo(ctx, m.made)
}
