package detect

import (
	"strings"
	"testing"
)

func TestProjectBuiltForBrowsers(t *testing.T) {
	const (
		vite  = `{"scripts": {"start": "vite", "build": "vite build"}, "devDependencies": {"vite": "5"}}`
		react = `{"scripts": {"start": "react-scripts start", "build": "react-scripts build"}, "dependencies": {"react-scripts": "5"}}`
		rest  = `"--fd", "${FD}", `
	)
	page := "<script src=\"/assets/a.js\"></script>\n"
	for _, test := range []projectTest{
		{
			"by vite",
			map[string]string{"package.json": vite, "index.html": page, "dist/index.html": page},
			Pages, `[web]; command = ["ecounit", "serve", ` + rest + `"dist"]; prefix = "strip"`,
			[]string{"scripts.start is: vite, a server for development", `dist/index.html:1: /assets/a.js leads out of the app's path: write base: "./" in vite.config.js, and build again`},
		},
		{
			"by react-scripts",
			map[string]string{"package.json": react, "public/index.html": page, "build/index.html": ""},
			Pages, `[web]; command = ["ecounit", "serve", ` + rest + `"build"]; prefix = "strip"`, nil,
		},
		{
			"not yet",
			map[string]string{"package.json": react, "public/index.html": page},

			Pages, `[web]; command = ["ecounit", "serve", ` + rest + `"build"]; prefix = "strip"`,
			[]string{"package.json: react-scripts builds pages, which ecounit itself serves; they are not there yet, so first type: npm run build"},
		},
		{
			"beside a server",
			map[string]string{"package.json": `{"scripts": {"start": "node s.js", "build": "vite build"}, "devDependencies": {"vite": "5"}}`, "s.js": "process.env.PORT"},
			Node, `[web]; command = ["node", "s.js"]; prefix = "strip"`, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, below(test.files))
			m.add(t, map[string]string{"/usr/bin/ecounit": elf, "/usr/bin/node": elf})
			test.check(t, m)
			if got := texts(m.Project("/srv/tasks")); strings.Contains(got, "\nindex.html:1") || strings.Contains(got, "also there") {
				t.Errorf("it tells of what is not served:\n%s", got)
			}
		})
	}
}

func TestProjectInNodeNotBuilt(t *testing.T) {
	for _, test := range []projectTest{
		{
			"TypeScript",
			map[string]string{"package.json": `{"scripts": {"start": "node dist/index.js", "build": "tsc"}}`},
			Node,
			`[web]; command = ["node", "dist/index.js"]; prefix = "strip"`,
			[]string{"package.json: dist/index.js is not there yet: npm run build"},
		},
		{
			"through another program",
			map[string]string{"package.json": `{"scripts": {"start": "nodemon --quiet index.js"}}`, "index.js": "listen(3000)\n"},
			Node,
			`[web]; command = ["npm", "start"]; prefix = "strip"`,
			[]string{"index.js: it does not mention process.env.PORT"},
		},
	} {
		t.Run(test.name, test.run)
	}
}

// TestProjectWithPagesAtHome: a page in the home directory is no wish to show
// all of it to everybody.
func TestProjectWithPagesAtHome(t *testing.T) {
	m := system(t, map[string]string{"/home/alice/index.html": ""})
	p := m.Project("/home/alice")
	if wants(t, texts(p), "index.html: this is your home directory"); p.Kind != Unknown || p.Descriptor.Web != nil {
		t.Errorf("%s, %v", p.Kind, p.Descriptor.Web)
	}
}
