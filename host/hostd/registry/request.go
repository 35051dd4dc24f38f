package registry

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"ecounit/host"
	"ecounit/plan"
)

// maxField is more than any text of an honest request has, in bytes.
const maxField = 128

// Bounded refuses a request that is larger than any honest one. It is to be
// asked before anything of it gets into a message or before a pattern.
func Bounded(request host.Request) error {
	if n := len(request.AllowFrom); n > plan.MaxAllowFrom {
		return invalid("the request allows %d networks, at most %d are possible", n, plan.MaxAllowFrom)
	}
	for _, text := range append(slices.Clone(request.AllowFrom), request.App, request.Path, request.Prefix, request.Auth) {
		if len(text) > maxField {
			return invalid("a text of the request is longer than %d bytes", maxField)
		}
	}
	return nil
}

// derive makes a site of a request: who owns it and which socket it has is not
// for the caller to say, and what the policy demands is added.
func derive(caller Caller, request host.Request, terms Terms) (plan.Site, error) {
	if err := Bounded(request); err != nil {
		return plan.Site{}, err
	}
	if !plainAccount(caller.Account) || len(caller.Label) > maxField || caller.UID < 0 {
		return plan.Site{}, invalid("the account %.*q cannot have sites", maxField, caller.Account)
	}
	networks, err := networks(request.AllowFrom)
	if err != nil {
		return plan.Site{}, err
	}
	if request.BodyLimit > math.MaxInt64 {
		return plan.Site{}, invalid("the body limit %d is too large", request.BodyLimit)
	}
	site := plan.Site{
		Owner: caller.Label, App: request.App, Path: request.Path, Port: int(request.Port),
		Prefix: plan.Prefix(request.Prefix), WebSocket: request.WebSocket, Timeout: time.Duration(request.Timeout) * time.Second,
		AllowFrom: networks, Auth: request.Auth, HTTPSOnly: request.HTTPSOnly,
		BodyLimit: int64(request.BodyLimit), Connections: int(request.Connections),
	}
	if request.Port == 0 {
		site.Socket = host.Socket(caller.UID, request.App)
	}
	if err := site.Validate(); err != nil {
		return plan.Site{}, invalid("%v", err)
	}
	return tightened(site, terms.Policy), nil
}

// networks reads allow_from, in an order that does not depend on the caller's.
func networks(texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if address, notPrefix := netip.ParseAddr(text); notPrefix == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, invalid("%q is not a network of IPv4 or IPv6 addresses", text)
		}
		networks = append(networks, network)
	}
	return slices.Compact(slices.SortedFunc(slices.Values(networks), netip.Prefix.Compare)), nil
}

// allowed asks the policy.
func (r *Registry) allowed(caller Caller, site plan.Site, granted bool, terms Terms) error {
	rules := terms.Policy
	switch {
	case !rules.Valid():
		return refusal(host.BadSetup, rules.AllowsPath(caller.Label, site.Path, granted))
	case site.Socket != "" && rules.PortsOnly:
		return refused(`write listen = "port" in [web]`, "cannot use a socket: on this host apps listen on ports")
	case site.Port != 0 && !rules.AllowsPort(site.Port):
		return refused("", "cannot use the port %d: on this host apps have ports from %d to %d", site.Port, rules.FirstPort, rules.LastPort)
	}
	if err := rules.AllowsPath(caller.Label, site.Path, granted); err != nil {
		return refusal(host.Refused, err)
	}
	if site.Auth == "" {
		return nil
	}
	if err := rules.AllowsAuth(site.Auth); err != nil {
		return refusal(host.Refused, err)
	}
	if site.Auth != plan.AuthBasic && (terms.HasLogin == nil || !terms.HasLogin(site.Auth)) {
		return refused("ask your administrator to set it up", "cannot use the login %q: the web server does not have it", site.Auth)
	}
	return nil
}

// check refuses what the registry did not give away, but somebody has.
func (c Claims) check(site plan.Site) error {
	if file := c.Config[site.Path]; file != "" {
		return taken("write another path in [web]", "%s is used by the web server's own configuration, in %q", site.Path, file)
	}
	if id := c.ByHand[site.Path]; id != "" && id != site.ID() {
		return taken("write another path in [web]", "%s is published for %q, installed by an administrator", site.Path, id)
	}
	return nil
}

func invalid(format string, args ...any) *host.Error {
	return &host.Error{Kind: host.Invalid, Message: fmt.Sprintf(format, args...)}
}

func refused(fix, format string, args ...any) *host.Error {
	return &host.Error{Kind: host.Refused, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func taken(fix, format string, args ...any) *host.Error {
	return &host.Error{Kind: host.Taken, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func failed(format string, args ...any) *host.Error {
	return &host.Error{Kind: host.Failed, Message: fmt.Sprintf(format, args...), Fix: "your administrator finds more in: journalctl -u ecounit-hostd"}
}

func noSite(what string) *host.Error {
	return &host.Error{Kind: host.NoSite, Message: fmt.Sprintf("there is no site %.64q", what)}
}

// refusal keeps the words of the policy.
func refusal(kind host.Kind, err error) *host.Error {
	refusal := &host.Error{Kind: kind, Message: err.Error()}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		refusal.Fix = hinted.Hint()
	}
	return refusal
}
