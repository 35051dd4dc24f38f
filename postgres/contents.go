package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"ecounit/lazy"
)

// contents are what a dump holds, and the program that can read it.
type contents struct {
	program program
	rows    rowCounts
	list    string // what pg_restore is to restore, as its --list has it
}

// openDump opens a dump and says how big it is.
func openDump(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a file") // to open a pipe would wait for its writer
	}
	var dump *os.File
	if err == nil {
		dump, err = os.Open(path)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read the dump %s: %w", path, reason(err))
	}
	return dump, info.Size(), nil
}

// inspect reads a dump from its beginning to its end.
func (p Programs) inspect(ctx context.Context, dump *os.File, server int) (contents, error) {
	candidates, err := p.find(ctx, "pg_restore", server)
	if err != nil {
		return contents{}, err
	}
	doing := "read the dump " + dump.Name()
	for _, restore := range candidates {
		// A dump of a newer version is read by a newer program only.
		var rows rowCounts
		if rows, err = readBack(ctx, doing, restore, p, dump); err == nil {
			list, err := listOf(ctx, doing, restore, p, dump)
			return contents{restore, rows, list}, err
		}
		if ctx.Err() != nil {
			return contents{}, err
		}
	}
	return contents{}, &Error{Kind: NotADump, Message: err.Error(), Fix: "a dump is a file of: pg_dump --format=custom", cause: err}
}

// readBack counts the rows that the dump holds.
func readBack(ctx context.Context, doing string, restore program, programs Programs, dump *os.File) (rowCounts, error) {
	r, w := io.Pipe()
	counted := make(chan error, 1)
	var rows rowCounts
	go func() {
		var err error
		rows, err = countCopied(r)
		r.CloseWithError(err)
		counted <- err
	}()
	err := tool{
		program: restore, env: programs.environ(nil), stdin: dump, stdout: w,
		args: []string{"--data-only", "--file=-"},
	}.run(ctx, doing)
	w.Close()
	if countErr := <-counted; err == nil && countErr != nil {
		err = fmt.Errorf("cannot %s: %w", doing, countErr)
	}
	return rows, err
}

// commentOnExtension may be set by the extension's owner only, who is an
// administrator, where one installed it.
var commentOnExtension = lazy.Regexp(`^[0-9]+; [0-9]+ [0-9]+ COMMENT - EXTENSION `)

func listOf(ctx context.Context, doing string, restore program, programs Programs, dump *os.File) (string, error) {
	var all bytes.Buffer
	err := tool{program: restore, env: programs.environ(nil), stdin: dump, stdout: &all, args: []string{"--list"}}.run(ctx, doing)
	var kept strings.Builder
	for line := range strings.Lines(all.String()) {
		if !commentOnExtension().MatchString(line) {
			kept.WriteString(line)
		}
	}
	return kept.String(), err
}

// grants reports whether the dump gives rights to other roles.
func (c contents) grants() bool { return strings.Contains(c.list, " ACL ") }

// carryOut restores in one transaction.
func (c contents) carryOut(ctx context.Context, doing string, dump *os.File, env, args []string) error {
	list, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot %s: %w", doing, err)
	}
	defer list.Close()
	go func() {
		defer w.Close()
		_, _ = io.WriteString(w, c.list) // the program complains of what it did not get
	}()
	return tool{
		program: c.program, env: env, stdin: dump, stdout: io.Discard, list: list,
		args: append([]string{"--no-owner", "--no-password", "--single-transaction", "--use-list=/dev/fd/3"}, args...),
	}.run(ctx, doing)
}
