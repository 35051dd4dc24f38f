package cli

import (
	"slices"
	"strings"

	"ecounit/cutover"
	"ecounit/plan"
)

// variables that a shell, a login, cron, supervisord or systemd set for
// everybody.
var usualVariables = []string{
	"HOME", "USER", "LOGNAME", "USERNAME", "SHELL", "PATH", "PWD", "OLDPWD", "SHLVL", "_", "LANG", "LANGUAGE", "LC_*", "TERM*", "COLORTERM", "MAIL",
	"XDG_*", "SSH_*", "DBUS_SESSION_BUS_ADDRESS", "LS_COLORS", "LESS*", "HOSTNAME", "HOSTTYPE", "HIST*", "SUPERVISOR_*", "CONDA_*", "_CE_*", "MAMBA_*",
	"VIRTUAL_ENV*", "PS1", "PS2", "EDITOR", "VISUAL", "PAGER", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "MANAGERPID*", "MEMORY_PRESSURE_*",
	"LISTEN_*", "NOTIFY_SOCKET", "WATCHDOG_*", "SUDO_*", "DISPLAY", "TMUX*", "STY", "WINDOW*", "BASH*", "GPG_*", "SELINUX_*", "which_declare", "MOTD_SHOWN",
	"LOADEDMODULES", "_LMFILES_", "MODULE*", "MANPATH", "DEBUGINFOD_URLS", "SERVER_SOFTWARE", "PORT", "HOST", "SCRIPT_NAME", "BASE_PATH", "SOCKET", "LINES", "COLUMNS", "VTE_VERSION",
}

func isUsual(name string) bool {
	return slices.ContainsFunc(usualVariables, func(usual string) bool {
		prefix, isPattern := strings.CutSuffix(usual, "*")
		return name == usual || isPattern && strings.HasPrefix(name, prefix)
	})
}

// missingVariables are those that the old program has and the new one will
// not: a shell may have set them before it started supervisord.
func (mv *migration) missingVariables(m *moving) []string {
	var known []string
	for _, s := range m.loaded.plan.Services {
		for _, v := range s.Environment {
			known = append(known, v.Name)
		}
	}
	known = append(known, mv.inFiles(m.loaded.plan)...)
	processes := slices.Clone(m.processes)
	for _, p := range m.programs {
		if process, ok := cutover.ProcessAt(p.PID, mv.h.User.UID); ok && p.PID != 0 {
			processes = append(processes, process)
		}
	}
	if d := m.daemon; d != nil && d.process != nil && d.control == nil {
		processes = append(processes, *d.process) // its programs have at least these
	}
	var missing []string
	for _, p := range processes {
		for _, variable := range p.Environment {
			name, _, _ := strings.Cut(variable, "=")
			if !isUsual(name) && !slices.Contains(known, name) && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// inFiles are the variables of env_files.
func (mv *migration) inFiles(p *plan.Plan) (names []string) {
	for _, file := range p.EnvFiles {
		text, _ := mv.h.ReadImport(strings.TrimPrefix(file, "-")) // check has complained
		for line := range strings.Lines(string(text)) {
			if name, _, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	return names
}
