// Package pgorders has ecounit-postgres carry out orders, in a unit that may do
// in the Postgres server what the service may not.
//
// It must not decide anything, nor know Postgres.
package pgorders

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"ecounit/host/pghelper/order"
)

// Desk takes orders, from several goroutines. They are carried out one after
// another.
type Desk struct{ Jobs Jobs }

// Jobs is the part of jobs.Runner that is needed.
type Jobs interface {
	Exchange(ctx context.Context, unit, input string, text []byte, output string, most int64) ([]byte, error)
}

// Carry has an order carried out. An outcome that is a refusal is no error.
//
// Where the service was killed, its unit may still run, and start counts as
// done when that one ends: what it leaves behind is the answer to another
// order, or nothing. Each order can be carried out twice.
func (d Desk) Carry(ctx context.Context, o order.Order) (outcome order.Outcome, err error) {
	const attempts = 3
	for range attempts {
		o.ID = rand.Text()
		outcome, err = d.once(ctx, o)
		if !errors.Is(err, errOther) {
			return outcome, err
		}
	}
	return outcome, err
}

var errOther = errors.New("it answered another order")

func (d Desk) once(ctx context.Context, o order.Order) (outcome order.Outcome, err error) {
	text, err := json.Marshal(o)
	if err != nil || len(text) > order.MaxOrder {
		return outcome, fmt.Errorf("cannot have %s do anything: the order is too long", order.Unit)
	}
	answer, err := d.Jobs.Exchange(ctx, order.Unit, order.File, text, order.Out, order.MaxOutcome)
	if errors.Is(err, fs.ErrNotExist) {
		return outcome, errOther
	}
	if err != nil {
		return outcome, err
	}
	if err := json.Unmarshal(answer, &outcome); err != nil {
		return outcome, fmt.Errorf("cannot read what %s said: %w", order.Unit, err)
	}
	if outcome.ID != o.ID {
		return outcome, fmt.Errorf("cannot use what %s said: %w", order.Unit, errOther)
	}
	return outcome, nil
}
