package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Dumped is a dump that was written, or one that was read.
type Dumped struct {
	Bytes  int64 // of the file
	Tables int
	Rows   int64
}

// Dump writes the database into a new file, in the custom format of pg_dump,
// and reads it back: it has every row that the tables had when it began, or
// there is no file. A file that is there is not overwritten.
func (s Server) Dump(ctx context.Context, database, file string, programs Programs, progress Progress) (Dumped, error) {
	doing := "dump the database " + database
	c, err := s.connect(ctx, database)
	if err != nil {
		return Dumped{}, err
	}
	defer c.close()
	dumps, err := programs.find(ctx, "pg_dump", c.major)
	if err != nil {
		return Dumped{}, err
	}
	restores, err := programs.find(ctx, "pg_restore", dumps[0].major)
	if err != nil {
		return Dumped{}, err
	}
	target, err := newFile(file, database)
	if err != nil {
		return Dumped{}, err
	}
	defer target.discard()

	env, err := s.environ(database)
	if err != nil {
		return Dumped{}, err
	}
	total, err := c.size(ctx)
	if err != nil {
		return Dumped{}, err
	}
	stop := watch(progress, target.size, total)
	rows, err := c.dumpSnapshot(ctx, doing, func(ctx context.Context, snapshot string) error {
		return tool{
			program: dumps[0], env: programs.environ(env), stdout: target.File,
			args: []string{"--format=custom", "--no-password", "--snapshot=" + snapshot, "--lock-wait-timeout=60s"},
		}.run(ctx, doing)
	})
	stop()
	if err != nil {
		return Dumped{}, err
	}
	written, err := readBack(ctx, doing, restores[0], programs, target.File)
	if err != nil {
		return Dumped{}, err
	}
	if wrong := written.difference(rows); wrong != "" {
		return Dumped{}, &Error{Kind: Mismatch, Message: "cannot " + doing + ": in the dump, " + wrong}
	}
	if err := target.commit(); err != nil {
		return Dumped{}, err
	}
	return Dumped{Bytes: target.size(), Tables: len(rows), Rows: rows.total()}, nil
}

// dumpSnapshot runs a dump while a transaction holds the state of the database
// that is dumped, and counts the rows in the same state.
func (c *session) dumpSnapshot(ctx context.Context, doing string, dump func(context.Context, string) error) (rowCounts, error) {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, c.explain(err, doing)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	var snapshot string
	if err := tx.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, c.explain(err, doing)
	}
	both, cancel := context.WithCancel(ctx)
	defer cancel()
	dumped := make(chan error, 1)
	go func() { dumped <- dump(both, snapshot) }()
	rows, countErr := countRows(ctx, tx)
	if countErr != nil {
		cancel()
	}
	// pg_dump needs the snapshot only in the beginning, but when that is over
	// only its end tells.
	err = <-dumped
	if countErr != nil && ctx.Err() == nil {
		return nil, c.explain(countErr, doing)
	}
	return rows, err
}

// environ is env with what any program needs. What the caller's own
// environment has is not passed on.
func (p Programs) environ(env []string) []string {
	return append([]string{"HOME=" + p.Home, "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"}, env...)
}

// DumpName is a name for a dump's file that sorts by time.
func DumpName(database string, at time.Time) string {
	return fmt.Sprintf("%s-%s.dump", fileName(database), at.Format("2006-01-02-150405"))
}

func fileName(database string) string { return strings.ReplaceAll(database, "/", "_") }
