package hostd

import (
	"context"
	"errors"
	"fmt"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/registry"
	"ecounit/host/policy"
)

// user is a caller with an account, and the policy that holds for them.
type user struct {
	registry.Caller
	account accounts.Account
	rules   policy.Policy
}

// known finds out which account a caller has. Root has no apps.
func (s *service) known(ctx context.Context, who caller) (accounts.Account, policy.Policy, error) {
	rules, err := s.policy()
	if err != nil {
		return accounts.Account{}, rules, err
	}
	if who.isRoot() {
		return accounts.Account{}, rules, &host.Error{
			Kind: host.Denied, Message: "apps belong to ordinary users, and root publishes none",
			Fix: "type it as the user whose app it is",
		}
	}
	account, err := s.accounts.ByUID(ctx, who.uid)
	if errors.Is(err, accounts.ErrUnknown) {
		err = &host.Error{Kind: host.Denied, Message: fmt.Sprintf("your uid %d has no account on this host", who.uid)}
	}
	return account, rules, err
}

// user is a caller who can have paths.
func (s *service) user(ctx context.Context, who caller) (user, error) {
	account, rules, err := s.known(ctx, who)
	if err != nil {
		return user{}, err
	}
	label, ok := rules.Label(account.Name)
	if !ok {
		return user{}, &host.Error{
			Kind:    host.Refused,
			Message: fmt.Sprintf("the account name %q cannot be part of a web path", account.Name),
			Fix:     fmt.Sprintf("an administrator names it below [names] in %s", s.rules.Path()),
		}
	}
	return user{registry.Caller{UID: account.UID, Account: account.Name, Label: label}, account, rules}, nil
}

// publisher is user for who may also publish by the groups of the policy.
func (s *service) publisher(ctx context.Context, who caller) (user, error) {
	u, err := s.user(ctx, who)
	if err != nil {
		return u, err
	}
	groups, err := s.accounts.GroupsOf(ctx, u.account, u.rules.Groups)
	if err != nil {
		return u, err
	}
	if err := u.rules.AllowsUser(groups); err != nil {
		return u, denied(err)
	}
	return u, nil
}

// denied is a refusal of the policy that is about the user.
func denied(err error) error {
	e := refusal(err).(*host.Error) //nolint:errorlint // it is what refusal returns
	e.Kind = host.Denied
	return e
}

// authorize asks polkit.
func (s *service) authorize(ctx context.Context, who caller, action string, details map[string]string) error {
	what := map[string]string{
		host.PublishAction: "publish", host.DatabaseAction: "have databases", host.AdministerAction: "administer the host service",
	}[action]
	decision, err := s.bus.Authorize(ctx, who.sender, action, details, who.interactive)
	switch {
	case errors.Is(err, bus.ErrNoPolkit):
		return &host.Error{
			Kind: host.Denied, Message: "nobody but root may " + what + ", because polkit is not running on this host",
			Fix: "an administrator installs polkit (polkitd on Debian)",
		}
	case err != nil:
		return err
	case decision.Allowed:
		return nil
	case decision.Challenge:
		return &host.Error{
			Kind: host.Denied, Message: "polkit wants a password before you may " + what,
			Fix: "type it where polkit can ask, or as root",
		}
	}
	return &host.Error{Kind: host.Denied, Message: "this host does not let you " + what + " (polkit: " + action + ")"}
}

// administrator lets root through, and whom polkit lets.
func (s *service) administrator(ctx context.Context, who caller, details map[string]string) error {
	if who.isRoot() {
		return nil
	}
	return s.authorize(ctx, who, host.AdministerAction, details)
}

// present is the accounts as the registry asks for them.
type present struct{ accounts.Directory }

func (p present) ByUID(ctx context.Context, uid int) (account string, exists bool, err error) {
	a, err := p.Directory.ByUID(ctx, uid)
	if errors.Is(err, accounts.ErrUnknown) {
		return "", false, nil
	}
	return a.Name, err == nil, err
}
