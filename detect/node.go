package detect

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/plan"
)

const packageFile = "package.json"

// packageJSON is what matters here; values of other types than npm takes are
// passed over one by one.
type packageJSON struct {
	Main    any            `json:"main"`
	Scripts map[string]any `json:"scripts"`
}

func (c packageJSON) start() string {
	start, _ := c.Scripts["start"].(string)
	return strings.TrimSpace(start)
}

func (p *project) packageJSON() (content packageJSON, err error) {
	text, err := p.machine.head(filepath.Join(p.folder, packageFile), 1<<20)
	if err == nil {
		err = json.Unmarshal(text, &content)
	}
	return content, err
}

// node reads package.json. A server that the start script runs with node is
// run without npm, which passes on no signals and stays in memory.
func (p *project) node() bool {
	content, err := p.packageJSON()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !p.machine.isRegular(filepath.Join(p.folder, nodeServer)) {
			return false
		}
	case err != nil:
		p.note(packageFile, 0, "cannot read package.json: %s", p.machine.reason(packageFile, err))
		return false
	}
	d := p.result.Descriptor
	command := descriptor.Command{"npm", "start"}
	if start := content.start(); start != "" {
		env, rest := assignments(start)
		words, err := descriptor.Words(rest)
		if err == nil && len(words) > 1 && words[0] == "node" && !usesVariables(words) {
			command, d.Env = words, env
		}
		p.note(packageFile, 0, "scripts.start is: %s", start)
	} else if file := p.nodeMain(content); file != "" {
		command = descriptor.Command{"node", file}
		p.note(file, 0, "there is no start script in a package.json, so this file is the server")
	} else {
		p.note(packageFile, 0, "package.json has neither a start script nor a main file")
		return false
	}
	p.sum("Node app %s", strings.Join(command, " "))
	p.checkPort(command)
	p.pinNode(command)
	p.result.Kind, d.Web = Node, &descriptor.Web{Command: command}
	return true
}

// pinNode writes the path of a node that only the user's shell finds, as with
// nvm. npm starts a node itself, so a path to npm would not help.
func (p *project) pinNode(command descriptor.Command) {
	m, name := p.machine, command[0]
	p.result.Python = m.python(plan.PythonNeed{Optional: true}, place{app: p.result.Descriptor.Name, directory: p.folder, home: p.folder})
	program := m.program(name, p.folder, p.result.Python)
	if program.Problem == "" {
		return
	}
	if path := m.LookUp(name, filepath.SplitList(m.Path)); name == "node" && path != "" {
		command[0] = path
		p.note("", 0, "node is %s, which only your shell finds, so its path is written", path)
		return
	}
	p.note("", 0, "%s", joinHint(program.Problem, program.Hint))
}

// nodeServer is what npm start runs where there is no start script.
const nodeServer = "server.js"

// nodeMain is the main file, or the one that npm itself would start.
func (p *project) nodeMain(content packageJSON) string {
	main, _ := content.Main.(string)
	for _, file := range []string{main, nodeServer, "index.js", "app.js"} {
		if file != "" && filepath.IsLocal(file) && p.machine.isRegular(filepath.Join(p.folder, file)) {
			return file
		}
	}
	return ""
}

var portInNode = lazy.Regexp(`\benv\s*(\.|\[\s*["'])PORT\b`)

// checkPort warns of a server that will not listen where Apache looks for it.
func (p *project) checkPort(command descriptor.Command) {
	for _, word := range command[1:] {
		if !filepath.IsLocal(word) || strings.HasPrefix(word, "-") {
			continue
		}
		text, err := p.machine.head(filepath.Join(p.folder, word), maxSource)
		if err == nil && !portInNode().Match(text) {
			p.note(word, 0, "it does not mention process.env.PORT; the app must listen on 127.0.0.1 at the port that PORT says")
		}
		return
	}
}

var leadingAssignment = lazy.Regexp(`^\s*([A-Za-z_]\w*)=([A-Za-z0-9_./:,+@%-]*)(?:\s+|$)`)

// assignments takes NAME=value off the front of a command line, as a shell
// does. Values with quotes or variables in them stay where they are.
func assignments(line string) (env map[string]string, rest string) {
	for {
		found := leadingAssignment().FindStringSubmatch(line)
		if found == nil {
			return env, line
		}
		if env == nil {
			env = map[string]string{}
		}
		env[found[1]] = found[2]
		line = line[len(found[0]):]
	}
}

// usesVariables reports whether a word has a ${NAME} in it that is not one of
// the descriptor's own.
func usesVariables(words []string) bool {
	for _, word := range words {
		if strings.Contains(strings.ReplaceAll(word, "${PORT}", ""), "${") {
			return true
		}
	}
	return false
}
