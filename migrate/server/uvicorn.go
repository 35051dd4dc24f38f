package server

import (
	"strconv"
	"strings"
)

// uvicornRules are the options of uvicorn 0.35 that can be said once. Those
// without a key it reads from variables as well, since 0.16.
var uvicornRules = func() map[string]rule {
	all := map[string]rule{}
	rules(all, "--host", true, func(r *reader, _, value string) bool {
		r.server.Address.Host = value
		return true
	})
	rules(all, "--port", true, func(r *reader, _, value string) bool {
		address, ok := addressOf(local + ":" + value)
		r.server.Address.Port = address.Port
		return ok
	})
	rules(all, "--uds", true, func(r *reader, _, value string) bool {
		r.server.Address.Unix = value
		return true
	})
	rules(all, "--workers", true, workers)
	rules(all, "--factory", false, func(r *reader, _, _ string) bool {
		r.rest = append(r.rest, "()")
		return true
	})
	rules(all, "--root-path", true, func(r *reader, option, value string) bool {
		r.path(option, value)
		return true
	})
	rules(all, "--reload", false, func(r *reader, option, _ string) bool {
		r.lose(option + ": it is for development; ecounit restart takes up new code, and [watch] does so by itself")
		return true
	})
	rules(all, "--backlog --forwarded-allow-ips", true, drop)
	rules(all, "--proxy-headers --access-log", false, drop)
	rules(all, "--ssl-keyfile --ssl-keyfile-password --ssl-certfile --ssl-version --ssl-cert-reqs --ssl-ca-certs --ssl-ciphers", true, tls)
	rules(all, `--log-level --log-config --loop --http --ws --ws-max-size --ws-max-queue --ws-ping-interval --ws-ping-timeout
		--ws-per-message-deflate --lifespan --interface --env-file --limit-concurrency --limit-max-requests
		--timeout-keep-alive --timeout-graceful-shutdown --app-dir --h11-max-incomplete-event-size`, true, variable)
	rules(all, "--use-colors --server-header --date-header", false, variable)
	rules(all, "--no-proxy-headers --no-access-log --no-use-colors --no-server-header --no-date-header", false, variable)
	return all
}()

func (r *reader) uvicorn(words []string) bool {
	if !r.walk(words, uvicornRules) || strings.HasSuffix(r.app, "()") || !strings.Contains(r.app, ":") {
		return false
	}
	r.server.Web.ASGI = r.app + strings.Join(r.rest, "")
	if r.server.Web.Workers == nil {
		r.concurrency()
	}
	if name := r.env["SCRIPT_NAME"]; name != "" && r.server.Web.Path == "" {
		r.path("SCRIPT_NAME", name) // and the app may read it
	}
	if address := &r.server.Address; address.Unix == "" {
		if address.Host == "" {
			address.Host = local
		}
		if address.Port == 0 {
			address.Port = 8000
		}
	}
	return true
}

// variable says an option in the environment: UVICORN_LOG_LEVEL.
func variable(r *reader, option, value string) bool {
	name, isOff := strings.CutPrefix(strings.TrimPrefix(option, "--"), "no-")
	if value == "" {
		value = strconv.FormatBool(!isOff)
	}
	name = "UVICORN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	r.server.Env[name] = value
	r.note(joinedWords(option, strings.TrimSuffix(strings.TrimSuffix(value, "true"), "false")) + " became the variable " + name + ", which uvicorn reads from 0.16 on")
	return true
}
