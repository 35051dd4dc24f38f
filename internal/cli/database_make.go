package cli

import (
	"context"
	"fmt"

	"ecounit/apply"
	"ecounit/internal/hint"
	"ecounit/postgres"
	"ecounit/report"
)

// maker makes the database of an app for apply: as the user, and through the
// host service where the user has no role or may not make databases.
type maker struct {
	*command
	*database
}

// existence is a server's answer about a database.
type existence struct {
	has bool
	err error
}

// ask begins to ask the server whether the database is there. It takes as long
// as all the rest of an enable that changes nothing, and waits for missing.
func (db *database) ask(ctx context.Context) {
	if db == nil || db.problem != nil || db.urlFile.Problem != "" {
		return
	}
	answer, server, name := make(chan existence, 1), db.server, db.name
	go func() {
		has, err := server.Has(ctx, name)
		answer <- existence{has, err}
	}()
	db.answer = answer
}

// missing says whether the database has to be made. One that belongs to
// somebody else is an error.
func (db *database) missing(ctx context.Context) (bool, error) {
	if db.problem != nil {
		return false, db.problem
	}
	if db.answer == nil {
		db.ask(ctx)
	}
	answer := <-db.answer
	db.answer = nil
	answer.err = db.renamed(ctx, answer, db.server.Has)
	if db.made(answer.err) {
		return true, nil
	}
	return answer.err == nil && !answer.has, answer.err
}

// askServer complains about a database that enable could not use or make.
func (l *loaded) askServer(ctx context.Context) {
	if l.database == nil {
		return
	}
	if _, err := l.database.missing(ctx); err != nil {
		l.report.Add(l.descriptor.Entry(report.Error, "database.postgres", fmt.Sprintf("`database.postgres`: %v", err), hint.Of(err)))
	}
}

// Ensure makes the database unless it is there, and makes a table in it, as the
// app will.
func (m maker) Ensure(ctx context.Context) (apply.Made, error) {
	ids, err := m.server.Ensure(ctx, m.name)
	made := apply.Made{Database: ids.Database, Role: ids.Role, Name: m.name, Server: m.server.String()}
	if m.made(err) {
		made, err = m.askHost(ctx)
	}
	if err == nil {
		err = m.server.Probe(ctx, m.name)
	}
	return made, err
}

func (m maker) askHost(ctx context.Context) (made apply.Made, err error) {
	err = m.home.hosting().ask(ctx, func(ctx context.Context, client service) error {
		answer, err := client.MakeDatabase(ctx, m.name)
		if err != nil {
			return err
		}
		made = apply.Made{Database: answer.MadeDatabase, Role: answer.MadeRole, Name: answer.Name, Server: m.server.String(), Hosted: true}
		if answer.Warning != "" {
			m.Warn("%s", answer.Warning)
		}
		if answer.Host != m.server.Host || int(answer.Port) != m.server.Port {
			return hint.With(fmt.Errorf("cannot use the database %s: the host service made it in %s, port %d, and you reach %s", m.name, answer.Host, answer.Port, m.server),
				"write PGHOST and PGPORT of the one that you mean into [env]")
		}
		return nil
	})
	return made, err
}

// Undo removes what was made. What is on another server by now is left there:
// nothing of it is known any more.
func (m maker) Undo(ctx context.Context, made apply.Made) error {
	switch {
	case made.Server != m.server.String():
		return nil
	case made.Hosted:
		return m.home.hosting().ask(ctx, func(ctx context.Context, client service) error {
			return client.UnmakeDatabase(ctx, made.Name, made.Role, made.Database)
		})
	}
	return m.server.Undo(ctx, made.Name, postgres.Made{Database: made.Database, Role: made.Role})
}
