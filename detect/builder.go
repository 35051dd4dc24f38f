package detect

import "ecounit/lazy"

// builder is a program that makes pages for a browser out of a project in
// JavaScript. The index.html at the top is then what it builds from.
type builder struct {
	name     string // of the package, or ""
	folder   string // where it puts the pages, if nobody says otherwise
	relative string // what makes it write links that work below any path, or ""
}

var builders = []builder{
	{"vite", "dist", `base: "./" in vite.config.js`},
	{"react-scripts", "build", `"homepage": "." in package.json`},
	{"@vue/cli-service", "dist", `publicPath: "" in vue.config.js`},
	{"parcel", "dist", "parcel build --public-url ."},
	{"astro", "dist", ""},
}

// builtFolders are where people have them put the pages.
var builtFolders = []string{"dist", "build", "out"}

// forDevelopment is a start script that compiles for each visitor.
var forDevelopment = lazy.Regexp(`^(?:npx[ \t]+)?(?:vite(?:[ \t]+(?:dev|serve|-.*))?$|react-scripts start|ng serve|vue-cli-service serve|webpack(?:-dev-server| serve)|parcel(?:[ \t]+serve|[ \t]+\S+\.html|$)|astro dev)`)

func builderOf(content packageJSON) builder {
	if content.Scripts["build"] == nil {
		return builder{}
	}
	for _, b := range builders {
		if content.DevDependencies[b.name] != nil || content.Dependencies[b.name] != nil {
			return b
		}
	}
	return builder{}
}
