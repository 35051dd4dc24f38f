package detect

import (
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

var importsStreamlit = lazy.Regexp(`^(?:from[ \t]+|import[ \t]+(?:[^#]*,[ \t]*)?)streamlit\b`)

// streamlitOrder are the names that the main file usually has. What is in
// pages is shown by the main file.
var streamlitOrder = []string{"streamlit_app.py", "app.py", "main.py", "Home.py", "home.py", "dashboard.py", "index.py"}

// streamlitScripts are the files that use Streamlit, the likeliest first.
func (p *project) streamlitScripts() (files []string, lines []int) {
	at := map[string]int{}
	for _, s := range p.sources() {
		if strings.HasPrefix(s.path, "pages/") || strings.HasSuffix(s.path, "__init__.py") {
			continue
		}
		for _, line := range statements(s.text) {
			if importsStreamlit().MatchString(line.text) {
				at[s.path] = line.line
				files = append(files, s.path)
				break
			}
		}
	}
	order := func(file string) int {
		i := slices.Index(streamlitOrder, filepath.Base(file))
		if i < 0 {
			i = len(streamlitOrder)
		}
		return i + 100*strings.Count(file, "/")
	}
	slices.SortStableFunc(files, func(a, b string) int { return order(a) - order(b) })
	for _, file := range files {
		lines = append(lines, at[file])
	}
	return files, lines
}

func (p *project) streamlitFile() (what, file string, line int) {
	files, lines := p.streamlitScripts()
	if len(files) == 0 {
		return "", "", 0
	}
	return "the Streamlit app " + files[0], files[0], lines[0]
}

// streamlit runs a script that has no server in it. What the command line says
// is stronger than .streamlit/config.toml.
func (p *project) streamlit() bool {
	files, lines := p.streamlitScripts()
	if len(files) == 0 {
		return false
	}
	p.result.Kind = Streamlit
	p.result.Descriptor.Web = &descriptor.Web{
		Command: descriptor.Command{streamlitProgram, "run", files[0]},
	}
	p.streamlitOptions(p.result.Descriptor.Web)
	p.note(files[0], lines[0], "it imports streamlit, so Streamlit runs it; links and files follow the path, which --server.baseUrlPath tells it")
	for i, file := range files[1:] {
		p.note(file, lines[i+1], "also possible: %s", file)
		if i == 4 {
			break
		}
	}
	environment := p.environment(streamlitProgram)
	p.needs(streamlitProgram)
	p.sum("%s app %s, %s", Streamlit, files[0], environment)
	return true
}

const streamlitProgram = "streamlit"

// streamlitOptions adds those that a command line lacks.
func (p *project) streamlitOptions(web *descriptor.Web) {
	for _, option := range [][2]string{
		{"--server.address", "127.0.0.1"}, {"--server.port", "${PORT}"}, {"--server.baseUrlPath", "${BASE_PATH}"}, {"--server.headless", "true"},
	} {
		given := func(word string) bool { return word == option[0] || strings.HasPrefix(word, option[0]+"=") }
		if !slices.ContainsFunc(web.Command, given) {
			web.Command = append(web.Command, option[0], option[1])
		}
	}
	web.Health = "/_stcore/health"
}

// pin writes the path of a program that is not where enable looks for it: one
// in an environment without a Python, or one that only the user's shell finds.
func (p *project) pin(command descriptor.Command, prefix string) {
	m, name := p.machine, command[0]
	program := m.program(name, p.folder, p.result.Python)
	if program.Problem == "" {
		return
	}
	if path := m.LookUp(name, []string{filepath.Join(prefix, "bin")}); prefix != "" && path != "" {
		command[0] = path
		p.note("", 0, "%s is in the environment %s, so its path is written", name, prefix)
		return
	}
	if path := m.LookUp(name, filepath.SplitList(m.Path)); path != "" {
		command[0] = path
		p.note("", 0, "%s is %s, which only your shell finds, so its path is written", name, path)
		return
	}
	p.note("", 0, "%s", joinHint(program.Problem, program.Hint))
}
