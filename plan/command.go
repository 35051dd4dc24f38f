package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

var placeholder = lazy.Regexp(`\$\{([^}]*)\}`)

// shells expand ${NAME} themselves; elsewhere an unknown one is a mistake.
var shells = []string{"sh", "bash", "dash", "zsh", "ksh"}

// argv puts values in place of ${NAME} and pins the program.
func (b *builder) argv(key string, command descriptor.Command, values map[string]string) []string {
	argv := make([]string, len(command))
	inShell := len(command) > 0 && slices.Contains(shells, path.Base(command[0]))
	for i, word := range command {
		at := key
		if item := fmt.Sprintf("%s[%d]", key, i); b.d.Has(item) {
			at = item
		}
		argv[i] = placeholder().ReplaceAllStringFunc(word, func(found string) string {
			value, known := values[found[2:len(found)-1]]
			switch {
			case known && value != "":
				return value
			case known:
				b.noValue(key, at, found)
			case !inShell:
				b.unknownPlaceholder(key, at, found, values)
			}
			return found
		})
	}
	if len(argv) > 0 {
		b.pin(key, argv)
	}
	return argv
}

func (b *builder) unknownPlaceholder(key, at, found string, values map[string]string) {
	known := slices.Sorted(maps.Keys(values))
	hint := "known are ${" + strings.Join(known, "}, ${") + `}; for other variables write ["sh", "-c", "…"]`
	if near := descriptor.Nearest(found[2:len(found)-1], known); near != "" {
		hint = "did you mean ${" + near + "}?"
	}
	b.fail(at, hint, "`%s`: %s is not known", key, found)
}

// noValue complains about a placeholder that is empty here, unless the reason
// was told already.
func (b *builder) noValue(key, at, found string) {
	var hint string
	switch {
	case key != "web.command":
		hint = "only the command of [web] has it"
	case b.failed("web.listen"):
		return
	case found == "${PORT}":
		hint = `use ${SOCKET} or ${FD}, or write listen = "port"`
	case b.d.Web.Listen.Mode == descriptor.ListenPort:
		hint = `use ${PORT} or ${FD}, or take listen out`
	default:
		hint = `use ${PORT} or ${FD}; sockets need a directory that the web server can reach, which an administrator provides`
	}
	b.fail(at, hint, "`%s`: %s has no value here", key, found)
}

// pin replaces the first word by the absolute path that was found for it.
func (b *builder) pin(key string, argv []string) {
	i := slices.Index(NeedsOf(b.d).Programs, argv[0])
	if i < 0 || i >= len(b.facts.Programs) {
		b.fail(key, "write the program itself without it", "`%s`: the program can have no placeholder but ${NAME}", key)
		return
	}
	found := b.facts.Programs[i]
	// What is wrong with the Python is said once, about [python].
	if py := b.facts.Python; found.Problem != "" && (py == nil || found.Problem != py.Problem) {
		b.fail(key, found.Hint, "`%s`: %s", key, found.Problem)
	}
	argv[0] = found.Path
}

// names are the values for ${NAME}; those of the web process are empty
// elsewhere.
func (b *builder) names(w *Web) map[string]string {
	values := map[string]string{"NAME": b.d.Name, "PORT": "", "SOCKET": "", "FD": "", "BASE_PATH": ""}
	if b.d.Web != nil {
		values["BASE_PATH"] = b.sitePath()
	}
	if w == nil {
		return values
	}
	values["FD"] = listenFD
	values["SOCKET"] = w.Site.Socket
	if w.Site.Port != 0 {
		values["PORT"] = fmt.Sprint(w.Site.Port)
	}
	return values
}

// listenFD is the first descriptor that systemd passes (sd_listen_fds(3)).
const listenFD = "3"
