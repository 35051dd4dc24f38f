package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"ecounit/cron"
	"ecounit/cutover"
	"ecounit/descriptor"
	"ecounit/internal/imports"
)

// startedByCron finds what the crontab's lines have started: the shells that
// cron gave them to, whoever listens where the app does, and programs with the
// same words in the same folder. What systemd runs is none of them, and neither
// is systemd itself, which holds the sockets of its units.
func (mv *migration) startedByCron(m *moving) []cutover.Process {
	uid := mv.h.User.UID
	lines := mv.startedBy(m)
	var found []cutover.Process
	for _, p := range slices.Concat(cutover.Holders(m.old.Port, uid), cutover.SocketHolders(m.old.Socket, uid)) {
		if !p.IsManaged() {
			found = append(found, p)
		}
	}
	for _, p := range cutover.Processes(uid) {
		isOne := slices.ContainsFunc(lines, func(j *cron.Job) bool { return isShellFor(p.Argv, j.Command) })
		for _, process := range m.old.Descriptor.Process {
			isOne = isOne || sameCommand(p.Argv, process.Command) && sameFile(p.Directory, m.old.Directory)
		}
		if isOne && !p.IsManaged() {
			found = append(found, p)
		}
	}
	leaders := cutover.Leaders(found)
	for i, p := range leaders {
		if p.CanLaunch() != nil && len(lines) > 0 { // it has changed its own words
			leaders[i].Argv, leaders[i].Directory = []string{"/bin/sh", "-c", lines[0].Command}, mv.h.User.Home
		}
	}
	return leaders
}

// startedBy are the lines of the crontab from which an app came that goes on
// running.
func (mv *migration) startedBy(m *moving) (jobs []*cron.Job) {
	lines, _ := cron.ParseTable(mv.crontab, imports.Dialect(mv.h.Machine)) // what cron refuses is in the report
	for _, old := range m.old.Old {
		if _, isJob := m.old.Descriptor.Job[old.Name]; old.Kind != "cron" || isJob {
			continue
		}
		for _, l := range lines {
			if l.Number == old.Line && l.Job != nil {
				jobs = append(jobs, l.Job)
			}
		}
	}
	return jobs
}

// isShellFor says whether this is the shell that cron starts for a command.
func isShellFor(argv []string, command string) bool {
	return len(argv) == 3 && argv[1] == "-c" && strings.TrimSpace(argv[2]) == strings.TrimSpace(command)
}

// sameCommand also knows a script by its interpreter's words.
func sameCommand(runs []string, command descriptor.Command) bool {
	if len(command) == 0 || len(runs) < len(command) {
		return false
	}
	tail := runs[len(runs)-len(command):]
	return slices.Equal(tail[1:], command[1:]) && filepath.Base(tail[0]) == filepath.Base(command[0])
}
