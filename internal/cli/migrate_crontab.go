package cli

import (
	"context"
	"errors"

	"ecounit/cutover"
	"ecounit/internal/imports"
)

// comment comments lines of the crontab out, unless it was edited since it was
// read.
func (r *mover) comment(ctx context.Context, numbers []int) error {
	if len(numbers) == 0 {
		return nil
	}
	if err := sameCrontab(ctx, r.table); err != nil {
		return err
	}
	next := cutover.Comment(r.table, r.move.Mark, numbers)
	if err := cutover.InstallCrontab(ctx, next); err != nil {
		return err
	}
	r.table = next
	return nil
}

func sameCrontab(ctx context.Context, expected string) error {
	now, err := imports.ListCrontab(ctx)
	if err == nil && string(now) != expected {
		err = errors.New("your crontab was edited meanwhile")
	}
	return err
}
