package apache

import "ecounit/plan"

// Module is an httpd module that the includes use.
type Module struct {
	Name   string  // as a2enmod takes it; `httpd -M` adds _module
	Before Version // only older releases need it, for websockets; zero: all do

	only func(plan.Site) bool // the sites that need it; nil: all do
}

// Modules are the modules that a server must have loaded before it is given an
// include. Look before, with `httpd -M`: `httpd -t` passes without proxy_http,
// where every request then gets a 500, and without lbmethod_byrequests or
// slotmem_shm, where httpd ends at the reload (measured on 2.4.71). A server
// also has authz_core and an MPM, which httpd does not run without.
var Modules = []Module{
	{Name: "alias"},      // RedirectMatch, from the bare path to the path with a slash, and Redirect
	{Name: "headers"},    // RequestHeader and Header
	{Name: "proxy"},      // ProxyPass
	{Name: "proxy_http"}, // ProxyPass to an http:// address, on a port or a unix socket
	{Name: "setenvif"},   // SetEnvIf ECOUNIT_APP, for the log of all apps
	{Name: "lbmethod_byrequests", Before: upgradeInHTTP}, // the balancer that websockets go through
	{Name: "proxy_balancer", Before: upgradeInHTTP},      // the balancer that websockets go through
	{Name: "proxy_wstunnel", Before: upgradeInHTTP},      // the ws:// address of a BalancerMember
	{Name: "rewrite", Before: upgradeInHTTP},             // RewriteRule, which sends websockets to the balancer
	{Name: "slotmem_shm", Before: upgradeInHTTP},         // proxy_balancer
	{Name: "auth_basic", only: asksForPassword},          // AuthBasicProvider
	{Name: "authn_core", only: asksWho},                  // AuthType
	{Name: "authn_file", only: asksForPassword},          // AuthUserFile
	{Name: "authz_host", only: asksWhere},                // Require ip
	{Name: "authz_user", only: asksWho},                  // Require valid-user
	{Name: "rewrite", only: asks},                        // RewriteRule, which looks again at who is let in
}

func asksWho(s plan.Site) bool         { return s.Auth != "" }
func asksForPassword(s plan.Site) bool { return s.Auth == plan.AuthBasic }
func asksWhere(s plan.Site) bool       { return len(s.AllowFrom) > 0 }
func asks(s plan.Site) bool            { return asksWho(s) || asksWhere(s) }

// NeededOn reports whether includes for the given release use the module,
// whatever the site.
func (m Module) NeededOn(server Version) bool { return m.only == nil && m.inUse(server) }

// NeededFor reports whether the include of a site for the given release uses
// the module.
func (m Module) NeededFor(site plan.Site, server Version) bool {
	if m.Before != (Version{}) && !site.WebSocket {
		return false
	}
	return m.inUse(server) && (m.only == nil || m.only(site))
}

func (m Module) inUse(server Version) bool {
	return m.Before == Version{} || !server.AtLeast(m.Before)
}
