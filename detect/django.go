package detect

import (
	"path/filepath"
	"strings"

	"ecounit/lazy"
)

// manageFile is the program that Django puts beside a project.
const manageFile = "manage.py"

var settingsModule = lazy.Regexp(`DJANGO_SETTINGS_MODULE["'][ \t]*,[ \t]*["']([\w.]+)["']`)

// djangoBelow looks for a Django project in a folder of the folder, as in
// backend/manage.py: such a project must run where its manage.py is.
func (p *project) djangoBelow(sources []source) bool {
	for _, s := range sources {
		folder, name := filepath.Split(s.path)
		if name != manageFile || !settingsModule().MatchString(s.text) {
			continue
		}
		if folder = strings.TrimSuffix(folder, "/"); folder == "" || strings.Contains(folder, "/") {
			return false
		}
		p.result.Descriptor.Directory = folder
		p.note(s.path, 0, "manage.py is in %s, so the app runs there", folder)
		return true
	}
	return false
}

// Django settings that stand in the way of an app below a path.
var (
	allowedHosts = lazy.Regexp(`^ALLOWED_HOSTS\b[^=]*=[ \t]*[\[(][ \t]*[\])]`)
	debugOn      = lazy.Regexp(`^DEBUG\b[^=]*=[ \t]*True\b`)
	plainURL     = lazy.Regexp(`^(STATIC_URL|MEDIA_URL)\b[^=]*=[ \t]*["'](/?)([^"'/:][^"':]*)["']`)
	staticURL    = lazy.Regexp(`^STATIC_URL\b`)
	staticPrefix = lazy.Regexp(`^WHITENOISE_STATIC_PREFIX\b`)
)

// settingsFiles are where the settings of the project can be.
func (p *project) settingsFiles() []string {
	directory := p.result.Descriptor.Directory
	// The server imports the module of the app, which has the last word.
	for _, file := range []string{strings.ReplaceAll(p.moduleOfApp(), ".", "/") + ".py", manageFile} {
		text, err := p.machine.head(p.path(filepath.Join(directory, file)), maxSource)
		found := settingsModule().FindSubmatch(text)
		if err != nil || found == nil {
			continue
		}
		base := filepath.Join(directory, strings.ReplaceAll(string(found[1]), ".", "/"))
		return []string{base + ".py", filepath.Join(base, "__init__.py"), filepath.Join(base, "base.py"), filepath.Join(filepath.Dir(base), "base.py")}
	}
	return nil
}

// moduleOfApp is the module that the server imports.
func (p *project) moduleOfApp() string {
	web := p.result.Descriptor.Web
	module, _, _ := strings.Cut(web.WSGI+web.ASGI, ":")
	return module
}

// djangoSettings says what in the settings will not do behind a web server and
// below a path. That the visitor came by https, and to which host, gunicorn and
// uvicorn pass on, so CSRF_TRUSTED_ORIGINS is not among it.
//
// A relative STATIC_URL is completed when it is first asked for. whitenoise asks
// before the first request, when Django does not know its path yet, so the path
// has to be in it, and whitenoise has to be told what is behind the path.
func (p *project) djangoSettings() {
	static, told, whitenoise := finding{}, false, false
	decided := map[string]bool{} // what base.py says counts where the settings themselves are silent
	for _, file := range p.settingsFiles() {
		text, err := p.machine.head(p.path(file), maxSource)
		if err != nil {
			continue
		}
		whitenoise = whitenoise || strings.Contains(string(text), "whitenoise.")
		for _, at := range statements(string(text)) {
			name := at.text[:len(at.text)-len(strings.TrimLeft(at.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"))]
			if at.within || name == "" || decided[name] {
				continue
			}
			decided[name] = true
			switch plain := plainURL().FindStringSubmatch(at.text); {
			case allowedHosts().MatchString(at.text):
				p.note(file, at.line, `ALLOWED_HOSTS is empty: put the name of this server into it, as visitors type it; Django answers 400 otherwise`)
			case debugOn().MatchString(at.text):
				p.note(file, at.line, "DEBUG = True shows the code and its variables to any visitor who meets an error")
			case plain != nil:
				p.note(file, at.line, `%[1]s leads out of the app's path: write %[1]s = os.environ.get("BASE_PATH", "") + "/%[2]s"`, plain[1], shortened(plain[3]))
			}
			if staticURL().MatchString(at.text) {
				static = finding{file, at.line}
			}
			told = told || staticPrefix().MatchString(at.text)
		}
	}
	switch {
	case static.file == "":
	case !whitenoise:
		p.note(static.file, static.line, `servers for Python serve no static files, so the admin and the app would have no style: install whitenoise, put whitenoise.middleware.WhiteNoiseMiddleware behind SecurityMiddleware, set STATIC_ROOT and WHITENOISE_STATIC_PREFIX = "/static/", and type python manage.py collectstatic`)
	case !told:
		p.note(static.file, static.line, `whitenoise does not know the app's path when it starts: add WHITENOISE_STATIC_PREFIX = "/static/"`)
	}
}

// finding is a place in a file.
type finding struct {
	file string
	line int
}
