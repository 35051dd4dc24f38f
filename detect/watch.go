package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ecounit/plan"
)

// watch answers what can be watched for changes.
func (m Machine) watch(needs plan.Needs, directory string) plan.WatchFacts {
	var facts plan.WatchFacts
	for _, path := range needs.Watch {
		facts.Paths = append(facts.Paths, m.watched(m.absolute(path, directory)))
	}
	if needs.Git {
		facts.Git = m.git(directory)
	}
	return facts
}

// watched checks that systemd will notice changes. What does not exist yet is
// noticed through the folder that it will be in; with a folder that cannot be
// read systemd goes without a word, and below a file the unit does not start.
func (m Machine) watched(path string) plan.File {
	answer := plan.File{Path: path}
	at := path
	info, err := m.stat(at)
	for errors.Is(err, fs.ErrNotExist) && at != "/" {
		at = filepath.Dir(at)
		info, err = m.stat(at)
	}
	if err == nil && (at == path || info.IsDir()) {
		err = unix.Faccessat(unix.AT_FDCWD, m.real(at), unix.R_OK, unix.AT_EACCESS)
	} else if err == nil {
		err = unix.ENOTDIR
	}
	if err != nil {
		answer.Problem = fmt.Sprintf("cannot watch %s: %s", path, m.reason(at, err))
	}
	return answer
}
