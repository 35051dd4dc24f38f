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

	Dependencies    map[string]any `json:"dependencies"`
	DevDependencies map[string]any `json:"devDependencies"`
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

func (p *project) startScript() (what, file string, line int) {
	if content, err := p.packageJSON(); err == nil && content.start() != "" && (p.result.Kind != Pages || !forDevelopment().MatchString(content.start())) {
		return "npm start", packageFile, 0
	}
	return "", "", 0
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
	d, start := p.result.Descriptor, content.start()
	p.builder = builderOf(content)
	command := descriptor.Command{"npm", "start"}
	if forDevelopment().MatchString(start) {
		p.note(packageFile, 0, "scripts.start is: %s, a server for development; visitors get the pages that npm run build makes", start)
		return false
	} else if start != "" {
		env, rest := assignments(start)
		words, err := descriptor.Words(rest)
		if err == nil && len(words) > 1 && words[0] == "node" && !usesVariables(words) {
			command, d.Env = words, env
		}
		p.note(packageFile, 0, "scripts.start is: %s", start)
	} else if file := p.nodeMain(content); file != "" {
		command = descriptor.Command{"node", file}
		p.note(file, 0, "there is no start script in a package.json, so this file is the server")
	} else if p.builder.name != "" {
		return false
	} else {
		p.note(packageFile, 0, "package.json has neither a start script nor a main file")
		return false
	}
	p.sum("Node app %s", strings.Join(command, " "))
	p.result.Kind, d.Web = Node, &descriptor.Web{Command: command}
	p.checkServer(content, command)
	p.nodePath(content)
	p.pinNode(command)
	return true
}

// pinNode writes the path of a node that only the user's shell finds, as with
// nvm. npm starts a node itself, so a path to npm would not help.
func (p *project) pinNode(command descriptor.Command) {
	m, name := p.machine, command[0]
	p.result.Python = m.python(plan.PythonNeed{Optional: true}, place{app: p.result.Descriptor.Name, directory: p.folder, home: p.folder})
	if program := m.program(name, p.folder, p.result.Python); name != "node" && program.Problem != "" {
		p.note("", 0, "%s", joinHint(program.Problem, program.Hint))
		return
	}
	p.pin(command, "")
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

// checkServer warns of a server that is not there yet, or will not listen where
// Apache looks for it.
func (p *project) checkServer(content packageJSON, command descriptor.Command) {
	words := command[1:]
	if command[0] == "npm" {
		words = strings.Fields(content.start())
	}
	for _, word := range words {
		if !filepath.IsLocal(word) || strings.HasPrefix(word, "-") {
			continue
		}
		text, err := p.machine.head(p.path(word), maxSource)
		if command[0] != "npm" && errors.Is(err, fs.ErrNotExist) {
			if content.Scripts["build"] != nil {
				p.note(packageFile, 0, "%s is not there yet: npm run build", word)
			} else {
				p.note(packageFile, 0, "%s is not there", word)
			}
		} else if err != nil && command[0] == "npm" {
			continue // a program, or one of its words
		}
		if err == nil && !portInNode().Match(text) {
			p.note(word, 0, "it does not mention process.env.PORT; the app must listen on 127.0.0.1 at the port that PORT says")
		}
		return
	}
}

// nodePath decides who takes the path off. An app that has never heard of it
// sees requests as it would at the top of a server; one that reads BASE_PATH
// wants to see it.
func (p *project) nodePath(content packageJSON) {
	web := p.result.Descriptor.Web
	for _, framework := range []struct{ name, setting string }{
		{"next", "basePath in next.config.js"}, {"nuxt", "app.baseURL in nuxt.config.ts"}, {"@sveltejs/kit", "kit.paths.base in svelte.config.js"},
	} {
		if content.Dependencies[framework.name] != nil {
			p.note(packageFile, 0, "%s builds the path into its pages: write %s and build again; the path is the one in [web], or /USER_NAME", framework.name, framework.setting)
			return
		}
	}
	if file, line := p.readsBasePath(web.Command); file != "" {
		p.note(file, line, "the app reads its path, so requests keep it")
		return
	}
	web.Prefix = "strip"
	p.note("", 0, "no file reads BASE_PATH, so the web server takes the path off: links and redirects must not begin with /")
	if content.Dependencies["socket.io"] != nil {
		p.note(packageFile, 0, "socket.io's client asks at the top of the server: give it its path, as in io({ path: location.pathname + 'socket.io' })")
	}
}

// maxScripts are looked at for the name of a variable.
const maxScripts = 100

var basePathInNode = lazy.Regexp(`\benv\s*(\.|\[\s*["'])(BASE_PATH|SCRIPT_NAME)\b|\{[^}\n]*\b(BASE_PATH|SCRIPT_NAME)\b[^}\n]*\}\s*=\s*process\.env`)

// readsBasePath looks for it in the files of the command, the project's folder
// and those where code usually is.
func (p *project) readsBasePath(command descriptor.Command) (file string, line int) {
	files := []string{}
	for _, word := range command[1:] {
		if filepath.IsLocal(word) && !strings.HasPrefix(word, "-") {
			files = append(files, word)
		}
	}
	for _, folder := range []string{"", "src", "lib", "server", "app", "routes", "bin"} {
		for _, name := range p.machine.names(p.path(folder)) {
			switch filepath.Ext(name) {
			case ".js", ".mjs", ".cjs", ".ts":
				files = append(files, filepath.Join(folder, name))
			}
		}
	}
	for _, file := range files[:min(len(files), maxScripts)] {
		text, err := p.machine.head(p.path(file), maxSource)
		if err != nil {
			continue
		}
		if at := basePathInNode().FindIndex(text); at != nil {
			return file, 1 + strings.Count(string(text[:at[0]]), "\n")
		}
	}
	return "", 0
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
