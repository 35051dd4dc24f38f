package hostd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
	"ecounit/host/pghelper/order"
	"ecounit/host/policy"
)

// databaseCalls is less than what the gate lets through: databases are made one
// after another, and each costs the server some megabytes of writing.
var databaseCalls = admission.Limits{Burst: 10, Every: 3 * time.Second, UnderWay: 4, All: 64}

// desk carries out orders in the Postgres server.
type desk interface {
	Carry(ctx context.Context, o order.Order) (order.Outcome, error)
}

// makeDatabase gives the caller a database. Their role has the name of their
// account, so that the server knows them by their connection.
func (s *service) makeDatabase(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var name string
	if err := call.Store(&name); err != nil || len(name) > maxWord {
		return nil, invalid("the name of the database cannot be read")
	}
	account, rules, done, err := s.databaseUser(ctx, who, call.Method, name)
	if err != nil {
		return nil, err
	}
	defer done()
	o := order.Order{
		Do: order.Make, Role: account.Name, Database: name,
		PerUser: rules.Databases.PerUser, Connections: rules.Databases.Connections,
	}
	// One of any other name is theirs only if they have it already.
	notOwn := rules.OwnDatabase(account.Name, name)
	if notOwn != nil {
		o.Do = order.Adopt
	}
	outcome, err := s.carry(ctx, o)
	if notOwn != nil && reasonOf(outcome) == order.Missing {
		return nil, notOwn
	}
	if err != nil {
		return nil, err
	}
	if outcome.Made != (order.Made{}) {
		s.note(databaseEntry(audit.MakeDatabase, who, account, name))
	}
	answer := host.Database{
		Name: name, Host: outcome.Host, Port: uint16(outcome.Port),
		MadeRole: outcome.Made.Role, MadeDatabase: outcome.Made.Database,
	}
	if isLarge(rules, outcome.Bytes) {
		answer.Warning = fmt.Sprintf("%s takes %s of the server's disk; on this host owners are told from %s on",
			name, gigabytes(outcome.Bytes), gigabytes(rules.Databases.WarnSize))
	}
	return []any{answer}, nil
}

// unmakeDatabase takes back what makeDatabase made. The caller may send any
// ids: they are compared with what is the caller's.
func (s *service) unmakeDatabase(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var name string
	var made order.Made
	if err := call.Store(&name, &made.Role, &made.Database); err != nil || len(name) > maxWord {
		return nil, invalid("the name of the database cannot be read")
	}
	account, rules, done, err := s.databaseUser(ctx, who, call.Method, name)
	if err != nil {
		return nil, err
	}
	defer done()
	_, err = s.carry(ctx, order.Order{
		Do: order.Unmake, Role: account.Name, Database: name, Made: made, Connections: rules.Databases.Connections,
	})
	if err != nil {
		return nil, err
	}
	s.note(databaseEntry(audit.UnmakeDatabase, who, account, name))
	return nil, nil
}

// databaseUser is the account of a caller who may have databases.
func (s *service) databaseUser(ctx context.Context, who caller, method, name string) (account accounts.Account, rules policy.Policy, done func(), err error) {
	account, rules, err = s.known(ctx, who)
	if err != nil {
		return account, rules, nil, err
	}
	groups, err := s.accounts.GroupsOf(ctx, account, rules.Groups)
	if err != nil {
		return account, rules, nil, err
	}
	if err := rules.AllowsDatabases(groups); err != nil {
		return account, rules, nil, denied(err)
	}
	details := map[string]string{"method": method, "user": account.Name, "database": name}
	if err := s.authorize(ctx, who, host.DatabaseAction, details); err != nil {
		return account, rules, nil, err
	}
	done, err = s.databaseGate.Enter(who.uid)
	if err != nil {
		err = &host.Error{Kind: host.TooMany, Message: "too many calls of yours about databases", Fix: "wait some seconds, then try again"}
	}
	return account, rules, done, err
}

func databaseEntry(action audit.Action, who caller, account accounts.Account, name string) audit.Entry {
	return audit.Entry{Action: action, User: account.Name, UID: account.UID, Database: name, Caller: who.uid}
}

// databases lists them for an administrator.
func (s *service) databases(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	account, err := s.roleArgument(ctx, who, call, call.Store)
	if err != nil {
		return nil, err
	}
	outcome, err := s.carry(ctx, order.Order{Do: order.List, Role: account})
	if err != nil {
		return nil, err
	}
	rules, err := s.policy()
	if err != nil {
		rules = policy.Default()
	}
	all := []host.DatabaseUse{}
	gone := map[string]bool{}
	for _, d := range outcome.Databases {
		if _, asked := gone[d.Owner]; d.ByUs && !asked {
			gone[d.Owner], err = s.isGone(ctx, d.Owner)
			if err != nil {
				gone[d.Owner] = false // check says so
			}
		}
		use := host.DatabaseUse{
			Name: d.Name, Owner: d.Owner, Bytes: uint64(d.Bytes), Connections: uint32(d.Connections), Limit: uint32(d.Limit),
			ByUs: d.ByUs, Revoked: d.Revoked, Gone: gone[d.Owner],
		}
		var notes []string
		if d.Rights != "" {
			notes = append(notes, "the owner is "+d.Rights)
		}
		if isLarge(rules, d.Bytes) {
			notes = append(notes, "takes more than "+gigabytes(rules.Databases.WarnSize))
		}
		use.Warning = strings.Join(notes, ", ")
		all = append(all, use)
	}
	return []any{all}, nil
}

// revokeDatabases shuts an account out, or lets it in again.
func (s *service) revokeDatabases(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var undo bool
	account, err := s.roleArgument(ctx, who, call, func(into ...any) error { return call.Store(append(into, &undo)...) })
	if err != nil {
		return nil, err
	}
	verb, action := order.Revoke, audit.RevokeDatabases
	if undo {
		verb, action = order.Allow, audit.AllowDatabases
	}
	return nil, s.changeRole(ctx, who, action, order.Order{Do: verb, Role: account})
}

// mostConnections is what Postgres itself can count.
const mostConnections = 1<<18 - 1

// limitDatabases sets how many connections an account may have open.
func (s *service) limitDatabases(ctx context.Context, who caller, call bus.Call) ([]any, error) {
	var connections uint32
	account, err := s.roleArgument(ctx, who, call, func(into ...any) error { return call.Store(append(into, &connections)...) })
	if err != nil {
		return nil, err
	}
	if connections > mostConnections {
		return nil, invalid("%d connections are more than any server takes", connections)
	}
	return nil, s.changeRole(ctx, who, audit.LimitDatabases, order.Order{Do: order.Limit, Role: account, Connections: int(connections)})
}

// roleArgument is the account that an administrator's call is about. It need
// not be one of this host any more.
func (s *service) roleArgument(ctx context.Context, who caller, call bus.Call, store func(...any) error) (account string, err error) {
	if err := store(&account); err != nil || len(account) > maxWord {
		return "", invalid("the account cannot be read")
	}
	if account == "" && call.Method != "Databases" {
		return "", invalid("the account is missing")
	}
	return account, s.administrator(ctx, who, map[string]string{"method": call.Method, "user": account})
}

func (s *service) changeRole(ctx context.Context, who caller, action audit.Action, o order.Order) error {
	if _, err := s.carry(ctx, o); err != nil {
		return err
	}
	e := audit.Entry{Action: action, User: o.Role, Caller: who.uid}
	if action == audit.LimitDatabases {
		e.Details = fmt.Sprintf("%d connections", o.Connections)
	}
	if a, err := s.accounts.ByName(ctx, o.Role); err == nil {
		e.UID = a.UID
	}
	s.note(e)
	return nil
}

// carry has an order carried out; a refusal is an error in the words of the
// contract.
func (s *service) carry(ctx context.Context, o order.Order) (order.Outcome, error) {
	if _, err := s.accounts.ByName(ctx, order.User); errors.Is(err, accounts.ErrUnknown) {
		return order.Outcome{}, &host.Error{
			Kind: host.BadSetup, Message: "there is no Postgres server on this host: it has no account " + order.User,
			Fix: "an administrator installs postgresql, or postgresql-server",
		}
	} else if err != nil {
		return order.Outcome{}, err
	}
	outcome, err := s.desk.Carry(ctx, o)
	if err != nil {
		return outcome, &host.Error{
			Kind: host.Failed, Message: err.Error(),
			Fix: "try again; your administrator finds the reason with: systemctl status ecounit-postgres",
		}
	}
	if r := outcome.Refusal; r != nil {
		return outcome, refusedOrder(o, *r)
	}
	return outcome, nil
}

var orderKinds = map[order.Reason]host.Kind{
	order.Taken: host.Taken, order.TooMany: host.TooMany, order.Missing: host.Refused,
	order.Revoked: host.Denied, order.BadName: host.Invalid,
}

func refusedOrder(o order.Order, r order.Refusal) error {
	e := &host.Error{Kind: host.Failed, Message: r.Message, Fix: r.Fix}
	if kind, ok := orderKinds[r.Reason]; ok {
		e.Kind = kind
	}
	if r.Reason == order.Revoked {
		// By whom is not known: also with psql, or since an account of that name
		// was gone.
		e.Message = fmt.Sprintf("cannot use the role %s: it is shut out of the Postgres server", o.Role)
		e.Fix = "ask an administrator: they let it in with: ecounit host db revoke --undo " + o.Role
	}
	return e
}

func reasonOf(outcome order.Outcome) order.Reason {
	if outcome.Refusal == nil {
		return ""
	}
	return outcome.Refusal.Reason
}

func isLarge(rules policy.Policy, bytes int64) bool {
	return rules.Databases.WarnSize > 0 && bytes > rules.Databases.WarnSize
}

// gigabytes is a size as the policy writes it.
func gigabytes(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%dM", bytes>>20)
	}
	return fmt.Sprintf("%.1fG", float64(bytes)/(1<<30))
}

// checkDatabases asks the server, where users may have databases.
func (s *service) checkDatabases(ctx context.Context) []host.Finding {
	rules, err := s.policy()
	if err != nil || !rules.Databases.Allowed {
		return nil
	}
	outcome, err := s.carry(ctx, order.Order{Do: order.Look})
	if err != nil {
		var e *host.Error
		if errors.As(err, &e) {
			return []host.Finding{failure(e.Fix, "databases: %s", e.Message)}
		}
		return []host.Finding{failure("", "databases: %v", err)}
	}
	var found []host.Finding
	const reload = ", then: systemctl reload postgresql"
	for _, opening := range outcome.Openings {
		found = append(found, warning("write peer in the place of trust"+reload, "databases: %s", opening))
	}
	for _, obstacle := range outcome.Obstacles {
		found = append(found, warning(`write the line "local all all peer" above it into pg_hba.conf`+reload,
			"databases: %s, who cannot connect without a password", obstacle))
	}
	found = append(found, s.checkRoles(ctx, outcome.Roles)...)
	return append(found, well("databases: the Postgres server in %s, port %d", outcome.Host, outcome.Port))
}
