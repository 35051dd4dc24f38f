package detect

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"ecounit/plan"
)

// program finds the program of a command, and checks that it can be started.
func (m Machine) program(written, directory string, python *plan.Interpreter) plan.File {
	if python != nil && (written == "python" || written == "python3") {
		return plan.File{Path: python.Path, Problem: python.Problem, Hint: python.Hint}
	}
	search := plan.SearchPath(m.User.Home, python)
	if strings.Contains(written, "/") {
		return m.executable(m.absolute(written, directory), search)
	}
	if path := m.LookUp(written, search); path != "" {
		return m.executable(path, search)
	}
	missing := plan.File{Path: written, Problem: fmt.Sprintf("there is no program %s in %s", written, strings.Join(search, ", "))}
	if path := m.LookUp(written, filepath.SplitList(m.Path)); path != "" {
		missing.Hint = "your shell finds it elsewhere; write its path: " + path
	} else if m.isRegular(filepath.Join(directory, written)) {
		missing.Hint = "for the file in the app's own folder write ./" + written
	}
	return missing
}

// LookUp returns the first executable file of that name, or "".
func (m Machine) LookUp(name string, search []string) string {
	for _, folder := range search {
		if path := filepath.Join(folder, name); filepath.IsAbs(path) && m.isRegular(path) && m.mayRun(path) {
			return path
		}
	}
	return ""
}

func (m Machine) mayRun(path string) bool {
	return unix.Faccessat(unix.AT_FDCWD, m.real(path), unix.X_OK, unix.AT_EACCESS) == nil
}

// executable checks that the kernel can start a file: a shell would do more,
// but systemd runs none.
func (m Machine) executable(path string, search []string) plan.File {
	answer := plan.File{Path: path}
	info, err := m.stat(path)
	switch {
	case err != nil:
		answer.Problem = fmt.Sprintf("cannot run %s: %s", path, m.reason(path, err))
	case !info.Mode().IsRegular():
		answer.Problem = fmt.Sprintf("cannot run %s: it is %s", path, kindOf(info.Mode()))
	case !m.mayRun(path):
		answer.Problem = fmt.Sprintf("cannot run %s: it is not executable", path)
		if answer.Hint = "chmod +x " + path; strings.HasSuffix(path, ".py") {
			answer.Hint = `write python in front of it`
		}
	default:
		answer.Problem, answer.Hint = m.scriptProblem(path, search)
	}
	return answer
}

// maxInterpreterLine is how much of a script the kernel looks at (execve(2)).
const maxInterpreterLine = 255

// scriptProblem finds what keeps a script from starting. A program that may be
// run but not read cannot be a script.
func (m Machine) scriptProblem(path string, search []string) (problem, hint string) {
	start, err := m.head(path, maxInterpreterLine)
	if err != nil {
		return "", ""
	}
	line, isScript := bytes.CutPrefix(start, []byte("#!"))
	if !isScript {
		if !bytes.ContainsRune(start, 0) {
			return fmt.Sprintf("cannot run %s: it is a text without a #! line", path), `begin it with a line such as #!/bin/sh, or write sh or python in front of it`
		}
		return "", ""
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	if bytes.HasSuffix(line, []byte("\r")) {
		return fmt.Sprintf("cannot run %s: its lines end as on Windows", path), `sed -i 's/\r$//' ` + path
	}
	words := strings.Fields(string(line))
	if len(words) == 0 {
		return fmt.Sprintf("cannot run %s: its #! line names no program", path), ""
	}
	interpreter := words[0]
	if !filepath.IsAbs(interpreter) {
		return fmt.Sprintf("cannot run %s: its #! line must name an absolute path, not %s", path, shortened(interpreter)), ""
	}
	if _, err := m.stat(interpreter); err != nil {
		return fmt.Sprintf("cannot run %s: it needs %s: %s", path, shortened(interpreter), m.reason(interpreter, err)), "install the package it is part of again"
	}
	if filepath.Base(interpreter) != "env" {
		return "", ""
	}
	for _, word := range words[1:] {
		if strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		if !strings.Contains(word, "/") && m.LookUp(word, search) == "" {
			return fmt.Sprintf("cannot run %s: it needs %s, which is not in %s", path, shortened(word), strings.Join(search, ", ")), ""
		}
		break
	}
	return "", ""
}
