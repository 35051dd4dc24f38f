package detect

import (
	"errors"
	"fmt"
	"io/fs"

	"ecounit/plan"
)

// maxEnvFile is far larger than any list of variables.
const maxEnvFile = 1 << 20

// envFile checks that a file of variables is there, is the user's, and says
// what systemd will read from it.
func (m Machine) envFile(path string) plan.File {
	answer := plan.File{Path: path}
	text, err := m.head(path, maxEnvFile+1)
	if err != nil {
		answer.Problem = fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))
		if errors.Is(err, fs.ErrNotExist) {
			answer.Hint = "make it with lines NAME=value, or take it out of env_files"
		}
		return answer
	}
	info, err := m.stat(path)
	if err != nil {
		answer.Problem = fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))
		return answer
	}
	if owner := ownerOf(info); owner != m.User.UID && owner != 0 {
		answer.Problem = fmt.Sprintf("%s belongs to %s, who could change what the app runs with", path, m.UserWords(owner))
		answer.Hint = "make a copy of your own"
		return answer
	}
	answer.Exposed = m.exposed(path)
	if len(text) > maxEnvFile {
		answer.Problem = fmt.Sprintf("%s is larger than %d KiB, so it is not a file of variables", path, maxEnvFile>>10)
		return answer
	}
	if _, bad := parseAssignments(string(text)); bad != nil {
		answer.Problem, answer.Hint = fmt.Sprintf("%s:%d: %s", path, bad.line, bad.message), bad.hint
	}
	return answer
}

// EnvFile returns the variables that systemd would read from the file, in
// their order. Files that a plan lists were checked when it was made.
func (m Machine) EnvFile(path string) ([]plan.Variable, error) {
	text, err := m.head(path, maxEnvFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %s", path, m.reason(path, err))
	}
	variables, bad := parseAssignments(string(text))
	if bad != nil {
		return nil, &Error{Message: fmt.Sprintf("%s:%d: %s", path, bad.line, bad.message), Hint: bad.hint}
	}
	return variables, nil
}
