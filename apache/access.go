package apache

import "ecounit/plan"

// PasswordFolder holds an htpasswd file for each site with auth = "basic".
const PasswordFolder = "/var/lib/ecounit/htpasswd" //nolint:gosec // no password is in it

const (
	overHTTPS = fixed("%{REQUEST_SCHEME} == 'https'")
	overHTTP  = fixed("%{REQUEST_SCHEME} != 'https'")
)

// AuthFile is the administrator's file with the AuthType and what belongs to
// it for every other auth, below Apache's ServerRoot.
func AuthFile(auth string) string { return "ecounit-auth/" + auth + ".conf" }

func (s include) restricted() bool { return len(s.allowFrom) > 0 || s.auth != "" }

// restrict lets in only whom the site is for.
//
// It is all in <If>, which httpd merges last: a virtual host's own
// <Location "/"> with "Require all granted" opens what stands in ours. And it
// only narrows (AuthMerging And), or it would open what the administrator
// closed to everybody. Over http, where https is required, nothing is asked:
// the redirect comes after the authentication, which would have had the
// password sent in the clear.
func (s include) restrict(b block) {
	when := fixed("true")
	if s.httpsOnly {
		when = overHTTPS
	}
	if s.auth != "" && s.auth != plan.AuthBasic {
		// On its own, because a Require in it would be an alternative to ours.
		b.section("If", when, func(b block) {
			b.set("AuthMerging", fixed("And"))
			b.set("Include", value(AuthFile(string(s.auth))))
		})
	}
	b.section("If", when, func(b block) {
		b.set("AuthMerging", fixed("And"))
		if s.auth == plan.AuthBasic {
			s.askForPassword(b)
		}
		b.group("RequireAll", s.require)
		s.rewrite(b)
		s.guard(b)
		if s.balanced {
			s.rewriteWebSockets(b)
		}
	})
}

func (s include) askForPassword(b block) {
	b.set("AuthType", fixed("Basic"))
	b.set("AuthName", word{s.owner, fixed("_"), s.app})
	b.set("AuthBasicProvider", fixed("file"))
	b.set("AuthUserFile", s.passwords)
}

func (s include) require(b block) {
	if len(s.allowFrom) > 0 {
		args := []part{fixed("ip")}
		for _, p := range s.allowFrom {
			args = append(args, network(p))
		}
		b.set("Require", args...)
	}
	if s.auth != "" {
		b.set("Require", fixed("valid-user"))
	}
}

// guard looks again just before a request is passed on. An administrator's
// "Satisfy Any", or an <If> in a later Location, switches off what Require
// asks for, and an app that trusts X-Remote-User must get no request without a
// user. "Satisfy All" of ours would be no cure: it makes httpd forget the
// "Deny from" lines around it.
func (s include) guard(b block) {
	forbid := func() { b.set("RewriteRule", fixed("^"), fixed("-"), fixed("[F]")) }
	if len(s.allowFrom) > 0 {
		for _, p := range s.allowFrom {
			b.set("RewriteCond", fixed("expr"), word{fixed("! -R '"), network(p), fixed("'")})
		}
		forbid()
	}
	if s.auth != "" {
		b.set("RewriteCond", fixed("%{REMOTE_USER}"), fixed("^$"))
		forbid()
	}
}

// redirectToHTTPS is the last of the sections with a Redirect, so that it wins.
func (s include) redirectToHTTPS(b block) {
	b.section("If", overHTTP, func(b block) {
		b.set("Redirect", fixed("308"), fixed("https://%{SERVER_NAME}%{REQUEST_URI}"))
	})
}
