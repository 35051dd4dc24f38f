package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"ecounit/plan"
)

// maxURLFile is far longer than any URL.
const maxURLFile = 16 << 10

// ServerSettings are what an app's files say of its database server.
type ServerSettings struct {
	URLFile     plan.File // its Path is "" where the descriptor names none
	URL         string    // the one line of the file
	Environment map[string]string
}

// ServerSettings reads the file of the URL, and the app's variables as its
// processes will see them: those of its files win over those of [env].
func (m Machine) ServerSettings(needs plan.Needs, env map[string]string, home string) ServerSettings {
	directory := m.absolute(needs.Directory, home)
	s := ServerSettings{Environment: maps.Clone(env)}
	if s.Environment == nil {
		s.Environment = map[string]string{}
	}
	for _, file := range needs.EnvFiles {
		variables, _ := m.EnvFile(m.absolute(file, directory)) // Facts complains
		for _, v := range variables {
			s.Environment[v.Name] = v.Value
		}
	}
	if needs.URLFile != "" {
		s.URLFile, s.URL = m.urlFile(m.absolute(needs.URLFile, directory))
	}
	return s
}

// urlFile reads a file with a URL. Nothing of it may get into a message: there
// is a password in it.
func (m Machine) urlFile(path string) (plan.File, string) {
	answer := plan.File{Path: path}
	text, err := m.head(path, maxURLFile+1)
	if err != nil {
		answer.Problem = fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))
		if errors.Is(err, fs.ErrNotExist) {
			answer.Hint = "make it with one line: postgresql://ROLE:PASSWORD@HOST/"
		}
		return answer, ""
	}
	if info, err := m.stat(path); err == nil {
		if owner := ownerOf(info); owner != m.User.UID && owner != 0 {
			answer.Problem = fmt.Sprintf("%s belongs to %s, who could send the app to another server", path, m.UserWords(owner))
			answer.Hint = "make a copy of your own"
			return answer, ""
		}
	}
	answer.Exposed = m.exposed(path)
	url := strings.TrimSpace(string(text))
	switch {
	case len(text) > maxURLFile, strings.ContainsAny(url, "\r\n"):
		answer.Problem = path + " has more than the one line of a URL"
	case url == "":
		answer.Problem, answer.Hint = path+" is empty", "write one line: postgresql://ROLE:PASSWORD@HOST/"
	}
	return answer, url
}
