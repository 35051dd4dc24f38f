package plan

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"ecounit/descriptor"
)

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// shells expand ${NAME} themselves; elsewhere an unknown one is a mistake.
var shells = []string{"sh", "bash", "dash", "zsh", "ksh"}

// argv puts values in place of ${NAME} and pins the program.
func (b *builder) argv(key string, command descriptor.Command, values map[string]string) []string {
	argv := make([]string, len(command))
	inShell := len(command) > 0 && slices.Contains(shells, path.Base(command[0]))
	known := slices.Sorted(maps.Keys(values))
	for i, word := range command {
		argv[i] = placeholder.ReplaceAllStringFunc(word, func(found string) string {
			name := found[2 : len(found)-1]
			if value, ok := values[name]; ok {
				if value == "" {
					b.fail(key, placeholderHint(name), "`%s`: %s has no value here", key, found)
				}
				return value
			}
			if !inShell {
				hint := "known are ${" + strings.Join(known, "}, ${") + `}; for other variables write ["sh", "-c", "…"]`
				if near := descriptor.Nearest(name, known); near != "" {
					hint = "did you mean ${" + near + "}?"
				}
				b.fail(key, hint, "`%s`: %s is not known", key, found)
			}
			return found
		})
	}
	if len(argv) > 0 {
		b.pin(key, argv)
	}
	return argv
}

func placeholderHint(name string) string {
	switch name {
	case "PORT":
		return `use ${SOCKET} or ${FD}, or write listen = "port"`
	case "SOCKET":
		return `use ${PORT} or ${FD}; sockets need a directory that the web server can reach, which an administrator provides`
	}
	return "only the command of [web] has it"
}

// pin replaces the first word by the absolute path that was found for it.
func (b *builder) pin(key string, argv []string) {
	needs := NeedsOf(b.d).Programs
	i := slices.Index(needs, argv[0])
	if i < 0 || i >= len(b.facts.Programs) {
		return
	}
	program := b.facts.Programs[i]
	if program.Problem != "" {
		b.fail(key, program.Hint, "`%s`: %s", key, program.Problem)
	}
	argv[0] = program.Path
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
