package detect

import (
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// jupyterConfigs are what Jupyter reads in the folder that it runs in.
var jupyterConfigs = []string{
	"jupyter_server_config.py", "jupyter_server_config.json", "jupyter_lab_config.py", "jupyter_lab_config.json",
	"jupyter_notebook_config.py", "jupyter_notebook_config.json",
}

const notebookSuffix = ".ipynb"

func (p *project) notebook() (what, file string, line int) {
	for _, file := range jupyterConfigs {
		if p.machine.isRegular(p.path(file)) {
			return "Jupyter, which " + file + " is for", file, 0
		}
	}
	for _, name := range p.machine.names(p.folder) {
		if strings.HasSuffix(name, notebookSuffix) && p.machine.isRegular(p.path(name)) {
			return "the notebook " + name + ", for Jupyter", name, 0
		}
	}
	return "", "", 0
}

// jupyter serves notebooks. It is a shell for whoever gets in, so its token
// stays on; with allow_remote_access it takes visitors that the web server
// brings, and it must not listen at another port when its own is taken.
func (p *project) jupyter() bool {
	_, file, _ := p.notebook()
	if file == "" {
		return false
	}
	const lab, notebook = "jupyterlab", "notebook"
	environment := p.environment(lab, notebook)
	p.needs(lab, notebook)
	program, class := "jupyter-lab", "ServerApp"
	found := p.result.Python.Modules
	if found[lab] == "" && found[notebook] != "" {
		if program = "jupyter-notebook"; compareVersions(found[notebook], "7") < 0 {
			class = "NotebookApp"
		}
	}
	web := &descriptor.Web{
		Command: descriptor.Command{
			program, "--no-browser", "--ip=127.0.0.1", "--port=${PORT}", "--" + class + ".port_retries=0",
			"--" + class + ".base_url=${BASE_PATH}", "--" + class + ".allow_remote_access=True", "--" + class + ".trust_xheaders=True",
		},
		Health: "/login",
	}
	p.result.Kind, p.result.Descriptor.Web = Jupyter, web
	if slices.Contains(jupyterConfigs, file) {
		p.note(file, 0, "it configures Jupyter")
	} else {
		p.note(file, 0, "it is a notebook, and there is no other app, so Jupyter serves the folder")
	}
	p.note("", 0, "who gets in can run anything as you, so Jupyter goes on asking for its token: ecounit logs shows it behind ?token= after each start; %s password sets a password in its place", program)
	p.openJupyter()
	p.pin(web.Command, p.result.Python.Prefix)
	p.sum("%s by %s, %s", Jupyter, program, environment)
	return true
}

var openedJupyter = lazy.Regexp(`^c\.\w+\.(token|password)[ \t]*=[ \t]*u?["']{2}[ \t]*(?:#.*)?$|^[ \t]*"(token|password)"[ \t]*:[ \t]*""`)

// openJupyter warns of settings that let everybody in.
func (p *project) openJupyter() {
	folders := []string{p.folder, filepath.Join(p.machine.User.Home, ".jupyter")}
	for _, folder := range folders {
		for _, config := range jupyterConfigs {
			file := filepath.Join(folder, config)
			text, err := p.machine.head(file, maxSource)
			if err != nil {
				continue
			}
			shown := config
			if folder != p.folder {
				shown = p.machine.fromHome(file)
			}
			number := 0
			for line := range strings.Lines(string(text)) {
				number++
				if openedJupyter().MatchString(strings.TrimRight(line, "\r\n")) {
					p.note(shown, number, "this switches the token or the password off: anybody who can visit the app could run anything as you; take it out, or write auth or allow_from in [web]")
				}
			}
		}
	}
}
