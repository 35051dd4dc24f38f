package detect

import (
	"fmt"
	"io"
	"slices"

	"ecounit/plan"
)

// maxImport is far larger than any configuration that people write.
const maxImport = 1 << 20

// ReadImport reads a configuration that is to be imported, whatever the path
// leads to: it neither waits nor reads without end. Errors are *Error.
func (m Machine) ReadImport(path string) ([]byte, error) {
	text, err := m.head(path, maxImport+1)
	if err != nil {
		return nil, &Error{Message: fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))}
	}
	return bounded(path, text)
}

// ReadStream reads a configuration that comes from another program.
func ReadStream(name string, from io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	return bounded(name, text)
}

func bounded(name string, text []byte) ([]byte, error) {
	if len(text) > maxImport {
		return nil, &Error{Message: fmt.Sprintf("cannot read %s: it is larger than %d KiB, so it is not what is imported here", name, maxImport>>10)}
	}
	return text, nil
}

// Names lists a folder in order; one that cannot be read is empty.
func (m Machine) Names(folder string) []string { return m.names(folder) }

// HasCronie reports whether jobs are run by cronie, Red Hat's cron, which
// differs from the one of Debian in what a crontab means.
func (m Machine) HasCronie() bool {
	return slices.ContainsFunc([]string{"/usr/sbin/crond", "/usr/bin/crond"}, m.isRegular)
}

// HasSendmail reports whether [on_failure] can send mail.
func (m Machine) HasSendmail() bool { return m.program(plan.Sendmail, "/", nil).Problem == "" }
