package pghelper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ecounit/host/pghelper/order"
	"ecounit/postgres"
)

// carryOut finds the server and does what was ordered.
func carryOut(ctx context.Context, o order.Order) order.Outcome {
	server, err := postgres.Find(ctx, postgres.Sought{User: order.User, Database: "postgres", Dirs: postgres.SocketDirs()})
	outcome := order.Outcome{Host: server.Host, Port: server.Port}
	if err == nil {
		err = do(ctx, postgres.Administrator{Server: server}, o, &outcome)
	}
	if err != nil {
		outcome.Refusal = refusal(err)
	}
	return outcome
}

func do(ctx context.Context, admin postgres.Administrator, o order.Order, outcome *order.Outcome) error {
	if o.Role == "" && o.Do != order.List && o.Do != order.Look {
		return errors.New("cannot carry out an order about nobody")
	}
	switch o.Do {
	case order.Make:
		return makeDatabase(ctx, admin, o, outcome)
	case order.Adopt:
		return adopt(ctx, admin, o, outcome)
	case order.Unmake:
		return admin.Undo(ctx, request(o), postgres.Made(o.Made))
	case order.List:
		return list(ctx, admin, o, outcome)
	case order.Revoke:
		return admin.Revoke(ctx, o.Role)
	case order.Allow:
		return admin.Allow(ctx, o.Role)
	case order.Limit:
		return admin.LimitRole(ctx, o.Role, o.Connections)
	case order.Look:
		return look(ctx, admin, outcome)
	}
	return fmt.Errorf("cannot carry out the order %q", o.Do)
}

func request(o order.Order) postgres.Request {
	return postgres.Request{Role: o.Role, Database: o.Database, RoleConnections: o.Connections}
}

// makeDatabase counts first: one order is carried out at a time, so that the
// number holds until the end. An interrupted making is nobody's yet.
func makeDatabase(ctx context.Context, admin postgres.Administrator, o order.Order, outcome *order.Outcome) error {
	before, err := admin.Databases(ctx, o.Role)
	if err != nil {
		return err
	}
	if len(before) >= o.PerUser && !slices.ContainsFunc(before, named(o.Database)) {
		return &refused{order.Refusal{
			Reason:  order.TooMany,
			Message: fmt.Sprintf("cannot make the database %s: you have %d, and this host allows %d", o.Database, len(before), o.PerUser),
			Fix:     "drop one that you do not need: ecounit db list shows them",
		}}
	}
	made, err := admin.Ensure(ctx, request(o))
	if err != nil {
		return err
	}
	outcome.Made = order.Made(made)
	if made.Database == 0 {
		outcome.Bytes = bytesOf(before, o.Database)
	}
	return nil
}

// adopt is for names that the account could not have made here. Ensure has
// nothing to make where the database is there.
func adopt(ctx context.Context, admin postgres.Administrator, o order.Order, outcome *order.Outcome) error {
	all, err := admin.Databases(ctx, "")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, named(o.Database)) {
		return &refused{order.Refusal{Reason: order.Missing, Message: fmt.Sprintf("there is no database %q", o.Database)}}
	}
	made, err := admin.Ensure(ctx, request(o))
	if made.Database != 0 { // it was dropped this very moment
		err = errors.Join(err, admin.Undo(context.WithoutCancel(ctx), request(o), made))
		err = errors.Join(err, fmt.Errorf("cannot use the database %s: it was dropped just now", o.Database))
	}
	outcome.Bytes = bytesOf(all, o.Database)
	return err
}

func named(name string) func(postgres.Database) bool {
	return func(d postgres.Database) bool { return d.Name == name }
}

func bytesOf(all []postgres.Database, name string) int64 {
	if i := slices.IndexFunc(all, named(name)); i >= 0 {
		return all[i].Bytes
	}
	return 0
}

func list(ctx context.Context, admin postgres.Administrator, o order.Order, outcome *order.Outcome) error {
	all, err := admin.Databases(ctx, o.Role)
	if err != nil {
		return err
	}
	roles, err := admin.Roles(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		owner := roles[d.Owner]
		outcome.Databases = append(outcome.Databases, order.Database{
			Name: d.Name, Owner: d.Owner, Bytes: d.Bytes, Connections: d.Connections,
			Limit: owner.Connections, ByUs: owner.ByUs, Revoked: !owner.CanLogIn, Rights: rights(d.Owner, owner),
		})
	}
	return nil
}

func look(ctx context.Context, admin postgres.Administrator, outcome *order.Outcome) (err error) {
	if outcome.Openings, err = admin.Openings(ctx); err != nil {
		return err
	}
	if outcome.Obstacles, err = admin.Obstacles(ctx); err != nil {
		return err
	}
	all, err := admin.Databases(ctx, "")
	if err != nil {
		return err
	}
	roles, err := admin.Roles(ctx)
	if err != nil {
		return err
	}
	outcome.Roles = owners(roles, all)
	return nil
}

// owners are the roles that were made for accounts, and those that have
// databases, sorted by name.
func owners(roles map[string]postgres.Role, databases []postgres.Database) []order.Role {
	has := map[string]int{}
	for _, d := range databases {
		has[d.Owner]++
	}
	var found []order.Role
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		r := roles[name]
		if r.ByUs || has[name] > 0 {
			found = append(found, order.Role{Name: name, ByUs: r.ByUs, Revoked: !r.CanLogIn, Rights: rights(name, r), Databases: has[name]})
		}
	}
	return found
}

// rights are what a role may do to the databases of others. The server's own
// role has to be able to.
func rights(name string, r postgres.Role) string {
	switch {
	case name == order.User:
		return ""
	case r.Superuser:
		return "a superuser"
	case r.MakesRoles:
		return "one that may make roles"
	}
	return ""
}

// refused is a refusal of this package's own.
type refused struct{ order.Refusal }

func (r *refused) Error() string { return r.Message }

var reasons = map[postgres.Kind]order.Reason{
	postgres.Taken: order.Taken, postgres.NoRole: order.Missing, postgres.NoDatabase: order.Missing,
	postgres.Revoked: order.Revoked, postgres.BadName: order.BadName,
}

func refusal(err error) *order.Refusal {
	var own *refused
	var theirs *postgres.Error
	switch {
	case errors.As(err, &own):
		return &own.Refusal
	case errors.As(err, &theirs):
		if reason, ok := reasons[theirs.Kind]; ok {
			return &order.Refusal{Reason: reason, Message: theirs.Message, Fix: theirs.Fix}
		}
		return &order.Refusal{Reason: order.Failed, Message: theirs.Message, Fix: theirs.Fix}
	}
	return &order.Refusal{Reason: order.Failed, Message: err.Error()}
}
