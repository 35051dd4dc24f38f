package supervisor

import (
	"maps"
	"slices"

	"ecounit/descriptor"
	"ecounit/migrate"
)

// part is the programs of a group that can be one app.
type part struct {
	programs []*program
	reason   string // why it is not one with the first part
	app      *migrate.App
}

func (p *part) join(program *program) { p.programs = append(p.programs, program) }

// conflict says why a program cannot be in the app, or is "".
func (p *part) conflict(other *program) string {
	first := p.programs[0]
	has := func(differs bool, what string) string {
		if differs {
			return other.name + " has another " + what + " than " + first.name
		}
		return ""
	}
	for _, reason := range []string{
		has(first.directory != other.directory, "directory"),
		has(first.policy != other.policy, "autorestart"),
		has(first.off != other.off, "autostart"),
		has(!maps.EqualFunc(first.unit, other.unit, slices.Equal), "startretries"),
		has(!maps.EqualFunc(first.whole(), other.whole(), slices.Equal), "way to stop, umask or exit codes"),
	} {
		if reason != "" {
			return reason
		}
	}
	for _, program := range p.programs {
		if program.web != nil && other.web != nil {
			return program.name + " and " + other.name + " both answer requests"
		}
		if none := (descriptor.Python{}); program.python != other.python && program.python != none && other.python != none {
			return other.name + " has another Python than " + program.name
		}
		for name, value := range other.env {
			if had, isSet := program.env[name]; isSet && had != value {
				return other.name + " has another " + name + " than " + program.name
			}
		}
	}
	return ""
}

// whole are the settings of the service with those that ecounit makes itself.
func (p *program) whole() map[string][]string {
	all := maps.Clone(p.service)
	if p.isKnownServer() {
		all[killMode] = []string{mixed}
	}
	return all
}

// env has all variables of all programs.
func (p *part) env() map[string]string {
	all := map[string]string{}
	for _, program := range p.programs {
		maps.Copy(all, program.env)
	}
	return all
}

// service is the settings that all programs share. Where their logs differ,
// they go to the journal.
func (p *part) service() (all map[string][]string, areLogsShared bool) {
	all = maps.Clone(p.programs[0].service)
	if len(p.programs) > 1 {
		all = p.programs[0].whole()
	}
	for _, program := range p.programs[1:] {
		if !maps.EqualFunc(program.logs, p.programs[0].logs, slices.Equal) {
			return all, true
		}
	}
	maps.Copy(all, p.programs[0].logs)
	return all, false
}

func processOf(p *program) string {
	if p.web != nil || len(p.commands) == 0 {
		return "web"
	}
	return migrate.Name(p.commands[0].name, "process")
}

// settings sorts by key, as descriptors have them.
func settings(all map[string][]string) (sorted descriptor.Settings) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		sorted = append(sorted, descriptor.Setting{Key: key, Values: all[key]})
	}
	return sorted
}
