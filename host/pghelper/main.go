// Package pghelper is ecounit-postgres: it reads one order, carries it out on
// the Postgres server of this host, and writes what came of it. It runs as the
// account postgres in a unit of its own, so that the host service, which
// everybody can call, has no rights in the server.
//
// It must not decide who may have what: that is the service's, which knows who
// calls and the policy. It counts, since only the server knows what is there.
package pghelper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"time"

	"ecounit/host/pghelper/order"
)

// patience is less than the unit has, so that there is time to clear away what
// was begun.
const patience = 45 * time.Second

// Main carries out the order in in. It returns 0 also when the outcome is a
// refusal: that is an answer.
func Main(ctx context.Context, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := run(ctx, in, out); err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	return 0
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	o, err := read(in)
	if err != nil {
		return err
	}
	outcome := carryOut(ctx, o)
	outcome.ID = o.ID
	text, err := json.Marshal(outcome)
	if err == nil && len(text) > order.MaxOutcome {
		err = errors.New("it is too long")
	}
	if err == nil {
		_, err = out.Write(text)
	}
	if err != nil {
		return fmt.Errorf("cannot write the outcome: %w", err)
	}
	return nil
}

// read reads an order and nothing else.
func read(in io.Reader) (o order.Order, err error) {
	limited := &io.LimitedReader{R: in, N: order.MaxOrder + 1}
	d := json.NewDecoder(limited)
	d.DisallowUnknownFields()
	err = d.Decode(&o)
	if err == nil && limited.N <= 0 {
		err = fmt.Errorf("it has more than %d bytes", order.MaxOrder)
	}
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is something behind it")
		}
	}
	if err != nil {
		return o, fmt.Errorf("cannot read the order: %w", err)
	}
	return o, nil
}
