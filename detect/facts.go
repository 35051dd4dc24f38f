package detect

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ecounit/plan"
)

// Known is what the caller has found out by other means.
type Known struct {
	Descriptor string         // absolute path of ecounit.toml
	Systemd    plan.Systemd   // see Machine.Systemd
	KeptPort   int            // the port that this app has, or 0
	TakenPorts map[int]string // ports of the user's other apps, by app

	// What the host service says of ports, where there is one.
	FirstPort, LastPort int                   // where to choose one; 0: the default
	PortHolder          func(port int) string // who else has a port, or ""
}

// Facts answers what a descriptor asks of the machine. What is missing or
// wrong is not an error: it is in the answer, for plan.Build to report.
func (m Machine) Facts(needs plan.Needs, known Known) plan.Facts {
	home := filepath.Dir(known.Descriptor)
	directory := m.directory(m.absolute(needs.Directory, home))
	facts := plan.Facts{
		User:       m.User,
		Systemd:    known.Systemd,
		Descriptor: known.Descriptor,
		Directory:  directory,
		EnvFiles:   []plan.File{},
		Programs:   []plan.File{},
		Port:       m.port(needs.Port, known),
		SocketDir:  m.SocketDir(),
		Watch:      m.watch(needs, directory.Path),
		Preloads:   m.preloads(needs, directory.Path),
	}
	for _, file := range needs.EnvFiles {
		facts.EnvFiles = append(facts.EnvFiles, m.envFile(m.absolute(file, directory.Path)))
	}
	if needs.Python != nil {
		facts.Python = m.python(*needs.Python, place{app: needs.App, directory: directory.Path, home: home})
	}
	for _, program := range needs.Programs {
		facts.Programs = append(facts.Programs, m.program(program, directory.Path, facts.Python))
	}
	for _, zone := range needs.TimeZones {
		facts.TimeZones = append(facts.TimeZones, m.timeZone(zone))
	}
	return facts
}

// directory checks that a process can run in the folder.
func (m Machine) directory(path string) plan.File {
	answer := plan.File{Path: path}
	info, err := m.stat(path)
	if err == nil && info.IsDir() {
		err = unix.Faccessat(unix.AT_FDCWD, m.real(path), unix.R_OK|unix.X_OK, unix.AT_EACCESS)
	}
	switch {
	case err != nil:
		answer.Problem = fmt.Sprintf("cannot use the directory %s: %s", path, m.reason(path, err))
	case !info.IsDir():
		answer.Problem = fmt.Sprintf("%s is not a directory", path)
	}
	return answer
}
