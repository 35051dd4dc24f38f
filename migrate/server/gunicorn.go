package server

import (
	"slices"
	"strings"

	"ecounit/descriptor"
)

// cmdArgs is where gunicorn reads further options since 19.7; those on the
// command line, which ecounit writes, come before them.
const cmdArgs = "GUNICORN_CMD_ARGS"

// gunicornRules are all options of gunicorn 23. An option may not be shortened
// here, as argparse allows.
var gunicornRules = func() map[string]rule {
	all := map[string]rule{}
	rules(all, "-b --bind", true, bind)
	rules(all, "-w --workers", true, workers)
	rules(all, "-k --worker-class", true, workerClass)
	rules(all, "--chdir", true, func(r *reader, _, value string) bool {
		r.server.Directory = value
		return true
	})
	rules(all, "-e --env", true, func(r *reader, _, value string) bool {
		name, value, _ := strings.Cut(value, "=")
		r.server.Env[name] = value
		return true
	})
	rules(all, "-c --config", true, func(r *reader, option, value string) bool {
		r.note("what " + value + " says about bind, workers and the access log does not count: listen and workers in [web] do")
		return keep(r, option, value)
	})
	rules(all, "-D --daemon", false, drop)
	rules(all, "-n --name -p --pid --backlog --forwarded-allow-ips", true, drop)
	rules(all, "--access-logfile", true, func(r *reader, option, value string) bool {
		if value != "-" {
			r.lose(joinedWords(option, value) + ": that file is not written any more; requests go where the app's standard output goes")
		}
		return true
	})
	rules(all, "--error-logfile --log-file", true, func(r *reader, option, value string) bool {
		return value == "-" || keep(r, option, value)
	})
	rules(all, "-u --user -g --group", true, func(r *reader, option, value string) bool {
		r.note(joinedWords(option, value) + ": the app runs as you")
		return true
	})
	rules(all, "--keyfile --certfile --ca-certs --cert-reqs --ssl-version --ciphers", true, tls)
	rules(all, "--do-handshake-on-connect --suppress-ragged-eofs", false, tls)
	rules(all, "--proxy-protocol", false, func(r *reader, option, _ string) bool {
		r.lose(option + ": the web server does not speak it")
		return true
	})
	rules(all, "--proxy-allow-from", true, drop)
	rules(all, `--threads --worker-connections --max-requests --max-requests-jitter -t --timeout --graceful-timeout --keep-alive
		--limit-request-line --limit-request-fields --limit-request-field_size --reload-engine --reload-extra-file -m --umask
		--worker-tmp-dir --access-logformat --log-level --logger-class --log-config --log-config-json --log-syslog-to
		--log-syslog-prefix --log-syslog-facility --statsd-host --dogstatsd-tags --statsd-prefix --pythonpath
		--header-map --forwarder-headers --casefold-http-method`, true, keep)
	rules(all, `--reload --preload --spew --no-sendfile --reuse-port --capture-output -R --enable-stdio-inheritance
		--log-syslog --disable-redirect-access-to-syslog --strip-header-spaces --permit-obsolete-folding
		--permit-unconventional-http-method --permit-unconventional-http-version`, false, keep)
	return all
}()

func (r *reader) gunicorn(words []string) bool {
	if more, isSet := r.env[cmdArgs]; isSet {
		added, err := descriptor.Words(more)
		if err != nil {
			return false
		}
		r.server.Unset = append(r.server.Unset, cmdArgs)
		words = slices.Concat(added, words)
	}
	if !r.walk(words, gunicornRules) {
		return false
	}
	if !strings.Contains(r.app, ":") {
		r.app += ":application" // gunicorn's own default
	}
	if r.isASGI {
		if len(r.rest) > 0 || strings.HasSuffix(r.app, "()") {
			return false // uvicorn has no such options
		}
		r.note("the worker class became asgi: uvicorn runs it without gunicorn")
		r.server.Web.ASGI = r.app
	} else {
		r.server.Web.WSGI = r.app
	}
	if r.server.Web.Workers == nil {
		r.concurrency()
	}
	if len(r.rest) > 0 {
		r.server.Env[cmdArgs] = strings.Join(r.rest, " ")
		r.note(r.server.Env[cmdArgs] + " went into " + cmdArgs + ", which gunicorn reads")
	}
	r.listens(words)
	const variable = "SCRIPT_NAME"
	if name, isSet := r.env[variable]; isSet {
		r.server.Unset = append(r.server.Unset, variable)
		r.path(variable, name)
	}
	return true
}

// keep leaves an option to gunicorn.
func keep(r *reader, option, value string) bool {
	r.rest = append(r.rest, option)
	if value != "" {
		r.rest = append(r.rest, shell(value))
	}
	return true
}

func workerClass(r *reader, option, value string) bool {
	switch {
	case value == "sync":
		return true
	case strings.HasPrefix(value, "uvicorn"):
		r.isASGI = true
		return true
	}
	return keep(r, option, value)
}

// bind reads an address; gunicorn can have several.
func bind(r *reader, option, value string) bool {
	address, ok := addressOf(value)
	switch {
	case !ok:
		return false
	case r.server.Address != Address{}:
		r.lose(joinedWords(option, value) + ": an app listens at one address")
	default:
		r.server.Address = address
	}
	return true
}

// listens decides where it listens if nothing is said: not known with a file
// that may say more.
func (r *reader) listens(words []string) {
	hasFile := slices.ContainsFunc(words, func(word string) bool {
		return word == "-c" || strings.HasPrefix(word, "--config")
	})
	if r.server.Address == (Address{}) && !hasFile {
		r.server.Address = Address{Host: local, Port: 8000}
		if address, ok := addressOf(everywhere + ":" + r.env["PORT"]); ok && r.env["PORT"] != "" {
			r.server.Address = address
		}
	}
}
