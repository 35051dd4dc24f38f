package hostd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/audit"
	"ecounit/host/pghelper/order"
)

// leftRoles are those that were made for accounts that are gone. A role has no
// uid: whoever gets the name next would have what is the role's. A directory
// that does not answer is an error, and nobody is gone then.
func (s *service) leftRoles(ctx context.Context, roles []order.Role) (left []order.Role, err error) {
	for _, r := range roles {
		if !r.ByUs {
			continue
		}
		gone, err := s.isGone(ctx, r.Name)
		if err != nil {
			return nil, err
		}
		if gone {
			left = append(left, r)
		}
	}
	return left, nil
}

// isGone says whether there is surely no account of that name.
func (s *service) isGone(ctx context.Context, account string) (bool, error) {
	_, err := s.accounts.ByName(ctx, account)
	if errors.Is(err, accounts.ErrUnknown) {
		return true, nil
	}
	return false, err
}

func cannotTell(err error) host.Finding {
	return warning("getent passwd", "databases: cannot find out whose roles are of accounts that are gone, so all are kept: %v", err)
}

// lastSystemUID is SYS_UID_MAX of login.defs(5) everywhere.
const lastSystemUID = 999

// checkRoles tells of roles that nobody has any more, and of those that have
// more rights than the service gives.
func (s *service) checkRoles(ctx context.Context, roles []order.Role) []host.Finding {
	var found []host.Finding
	left, err := s.leftRoles(ctx, roles)
	if err != nil {
		found = append(found, cannotTell(err))
	}
	for _, r := range left {
		what := fmt.Sprintf("databases: the account %s is gone, and its role, which is shut out, has %s", r.Name, databaseCount(r.Databases))
		hint := fmt.Sprintf(`ecounit host db list %s; then, in psql as postgres, DROP DATABASE each of them and DROP ROLE "%s", `+
			`or ALTER ROLE "%[2]s" RENAME TO the new name of a renamed account`, r.Name, r.Name)
		if !r.Revoked {
			what = fmt.Sprintf("databases: the account %s is gone, and its role has %s: whoever gets the name next would have them", r.Name, databaseCount(r.Databases))
			hint = "ecounit host reconcile shuts the role out; " + hint
		}
		found = append(found, warning(hint, "%s", what))
	}
	for _, r := range roles {
		if r.Rights == "" {
			continue
		}
		// Programs of the system may need such a role.
		if a, err := s.accounts.ByName(ctx, r.Name); err == nil && a.UID > lastSystemUID {
			found = append(found, warning(fmt.Sprintf(`if that is not meant, in psql as postgres: ALTER ROLE "%s" NOSUPERUSER NOCREATEROLE`, r.Name),
				"databases: the role of the account %s is %s, and can get at the databases of others", r.Name, r.Rights))
		}
	}
	return found
}

func databaseCount(n int) string {
	switch n {
	case 0:
		return "no database"
	case 1:
		return "one database"
	}
	return fmt.Sprintf("%d databases", n)
}

// shutOutDeparted takes the right to log in from the roles of accounts that are
// gone: their databases stay for the administrator, and not for the next
// account of that name.
func (s *service) shutOutDeparted(ctx context.Context, who caller) []host.Finding {
	rules, err := s.policy()
	if err != nil || !rules.Databases.Allowed {
		return nil
	}
	outcome, err := s.carry(ctx, order.Order{Do: order.Look})
	if err != nil {
		return []host.Finding{warning("ecounit host check", "databases: cannot look for roles of accounts that are gone: %v", err)}
	}
	in := slices.DeleteFunc(outcome.Roles, func(r order.Role) bool { return !r.ByUs || r.Revoked })
	left, err := s.leftRoles(ctx, in)
	if err != nil {
		return []host.Finding{cannotTell(err)}
	}
	if tooMany(len(left), len(in)) {
		return []host.Finding{failure("getent passwd; ecounit host db revoke",
			"databases: %d of %d accounts with roles are gone at once: is the directory service in order? Nobody is shut out", len(left), len(in))}
	}
	var found []host.Finding
	for _, r := range left {
		if _, err := s.carry(ctx, order.Order{Do: order.Revoke, Role: r.Name}); err != nil {
			found = append(found, failure("ecounit host db revoke "+r.Name, "databases: %v", err))
			continue
		}
		s.note(audit.Entry{Action: audit.RevokeDatabases, User: r.Name, Caller: who.uid, Details: "the account is gone"})
		found = append(found, well("databases: the role %s is shut out, since the account is gone; its databases stay", r.Name))
	}
	return found
}
