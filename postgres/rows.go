package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table is a table's schema and name.
type table struct{ schema, name string }

func (t table) String() string { return t.schema + "." + t.name }

// rowCounts are the rows of tables.
type rowCounts map[table]int64

func (r rowCounts) total() (n int64) {
	for _, rows := range r {
		n += rows
	}
	return n
}

// difference names the first table that has not the rows that it should.
func (r rowCounts) difference(should rowCounts) string {
	var wrong []string
	for t, want := range should {
		switch got, there := r[t]; {
		case !there && want > 0:
			wrong = append(wrong, fmt.Sprintf("%s is missing", t))
		case got != want:
			wrong = append(wrong, fmt.Sprintf("%s has %d rows in place of %d", t, got, want))
		}
	}
	if len(wrong) == 0 {
		return ""
	}
	slices.Sort(wrong)
	return wrong[0]
}

// userTables are the tables that a dump has the rows of: no views, no tables of
// other servers, none that an extension brings and fills itself.
const userTables = `
	SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	ORDER BY 1, 2`

// countRows counts the rows of every table, as the transaction sees them.
func countRows(ctx context.Context, tx pgx.Tx) (rowCounts, error) {
	// A policy that hides rows is an error then, as it is for pg_dump.
	if _, err := tx.Exec(ctx, "SET LOCAL row_security = off"); err != nil {
		return nil, err
	}
	list, err := tx.Query(ctx, userTables)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(list, func(row pgx.CollectableRow) (t table, err error) {
		err = row.Scan(&t.schema, &t.name)
		return t, err
	})
	if err != nil {
		return nil, err
	}
	counts := rowCounts{}
	for _, t := range tables {
		var n int64
		// Rows of tables that inherit from this one are counted with those.
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM ONLY "+pgx.Identifier{t.schema, t.name}.Sanitize()).Scan(&n); err != nil {
			return nil, err
		}
		counts[t] = n
	}
	return counts, nil
}

// countCopied counts the rows in the text of a dump: those between a COPY and
// the line that ends it. A row is one line, however long.
func countCopied(r io.Reader) (rowCounts, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	counts := rowCounts{}
	var (
		current table
		inside  bool
	)
	for {
		line, rest, err := startOfLine(in)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return counts, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		switch {
		case !inside:
			if current, inside = copiedTable(line); inside {
				counts[current] += 0
			}
		case !rest && (line == `\.`+"\n" || line == `\.`):
			inside = false
		default:
			counts[current]++
		}
		if err := skipLine(in, rest); err != nil {
			return nil, err
		}
	}
}

// startOfLine is a line, or as much of it as fits; rest says that there is more.
func startOfLine(in *bufio.Reader) (line string, rest bool, err error) {
	text, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return string(text), true, nil
	}
	return string(text), false, err
}

func skipLine(in *bufio.Reader, rest bool) error {
	for rest {
		_, err := in.ReadSlice('\n')
		switch {
		case err == nil || errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
	return nil
}

// copiedTable reads COPY schema."na me" (columns) FROM stdin; as pg_dump writes
// it.
func copiedTable(line string) (t table, ok bool) {
	rest, ok := strings.CutPrefix(line, "COPY ")
	if !ok {
		return table{}, false
	}
	if t.schema, rest, ok = identifier(rest); !ok || !strings.HasPrefix(rest, ".") {
		return table{}, false
	}
	if t.name, rest, ok = identifier(rest[1:]); !ok || !strings.HasPrefix(rest, " ") {
		return table{}, false
	}
	return t, true
}

// identifier reads a name, in quotes or not.
func identifier(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, `. "`)
		return text[:max(end, 0)], text[max(end, 0):], end > 0
	}
	var b strings.Builder
	for rest = text[1:]; ; {
		part, after, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", "", false
		}
		b.WriteString(part)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, b.Len() > 0
		}
		b.WriteByte('"')
		rest = after[1:]
	}
}
