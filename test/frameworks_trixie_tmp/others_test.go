//go:build machine

package frameworks_trixie_tmp

import (
	"encoding/json"
	"regexp"
	"strings"

	"ecounit/test/scene"
)

// express knows nothing of a path: its links and redirects are relative.
var express = app{
	name: "expressed",
	files: map[string]string{
		"package.json":     `{"name": "expressed", "scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "ws": "8"}}`,
		"public/style.css": style,
		"server.js": `
const express = require('express')
const { WebSocketServer } = require('ws')
const app = express()
app.get('/', (request, response) => response.send('<link href="style.css">'))
app.get('/old', (request, response) => response.redirect('./'))
app.use(express.static('public'))
const server = app.listen(process.env.PORT, '127.0.0.1')
new WebSocketServer({ server, path: '/ws' }).on('connection', ws => ws.on('message', text => ws.send('heard ' + text)))
`,
	},
	says: []string{"found        Node app node server.js", "no file reads BASE_PATH"},
	has:  []string{`command = ["node", "server.js"]`, `prefix = "strip"`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, `href="style.css"`)
		v.get(path+"/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
		hears(u, path+"/ws", "you", "heard you")
	},
}

// expressWithPath reads it, so requests keep it.
var expressWithPath = app{
	name: "pathed",
	files: map[string]string{
		"package.json":     `{"name": "pathed", "main": "server.js"}`,
		"public/style.css": style,
		"server.js": `
const express = require('express')
const { WebSocketServer } = require('ws')
const base = process.env.BASE_PATH || ''
const routes = express.Router()
routes.get('/', (request, response) => response.send('<link href="' + base + '/style.css">'))
routes.get('/old', (request, response) => response.redirect(base + '/'))
routes.use(express.static('public'))
const app = express()
app.use(base, routes)
const server = app.listen(process.env.PORT, '127.0.0.1')
new WebSocketServer({ server, path: base + '/ws' }).on('connection', ws => ws.on('message', text => ws.send('heard ' + text)))
`,
	},
	says: []string{"found        Node app node server.js", "the app reads its path, so requests keep it (server.js:4)"},
	has:  []string{`command = ["node", "server.js"]`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, `href="`+path+`/style.css"`)
		v.get(path+"/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
		hears(u, path+"/ws", "you", "heard you")
	},
}

// shiny answers a session on its websocket. It has no redirects.
var shiny = app{
	name: "shined",
	files: map[string]string{
		"www/style.css": style,
		"app.R": `library(shiny)
ui <- fluidPage(tags$link(href = "style.css", rel = "stylesheet"), textInput("name", "Name"), textOutput("greeting"))
server <- function(input, output) output$greeting <- renderText(paste("hello", input$name))
shinyApp(ui, server)
`,
	},
	says: []string{"found        R Shiny app app.R, Rscript", "(app.R:1)"},
	has:  []string{`prefix = "strip"`, `"Rscript"`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, `href="style.css"`)
		v.get(path+"/style.css").is(200, style)
		scripts := regexp.MustCompile(`src="([^"]*shiny[^"]*\.js)"`).FindStringSubmatch(v.get(path + "/").body)
		if scripts == nil || strings.HasPrefix(scripts[1], "/") {
			v.t.Fatalf("Shiny's own script is not asked for relative to the page: %q", scripts)
		}
		v.get(path + "/" + scripts[1]).is(200)
		hears(u, path+"/websocket/", `{"method":"init","data":{"name":"you",".clientdata_output_greeting_hidden":false}}`, "hello you")
	},
}

var shown = regexp.MustCompile(`\?token=([0-9a-f]{32,})`)

// jupyter lets nobody in without the token, which its log shows.
var jupyter = app{
	name:  "noted",
	files: map[string]string{"first.ipynb": `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`},
	says:  []string{"found        Jupyter by jupyter-lab", "(first.ipynb)", "ecounit logs shows it behind ?token="},
	has:   []string{"--ServerApp.base_url=${BASE_PATH}", "allow_remote_access=True"},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path + "/").leads(path + "/lab?")
		v.get(path + "/lab").leads(path + "/login?next=%2Falice_noted%2Flab")
		v.get(path+"/login").is(200, path+"/static/")
		v.get(path + "/static/favicon.ico").is(200)
		v.get(path + "/api/contents").is(403)
		secret := shown.FindStringSubmatch(u.OK("logs", "noted"))
		if secret == nil {
			v.t.Fatalf("no token in the log:\n%s", u.OK("logs", "noted"))
		}
		v.get(path+"/api/contents?token="+secret[1]).is(200, "first.ipynb")
		v.get(path+"/lab?token="+secret[1]).is(200, `"baseUrl": "`+path+`/"`)
		started := u.Sh("curl -sf -X POST -H 'Authorization: token " + secret[1] + "' " + site + path + "/api/kernels")
		var kernel struct{ ID string }
		if err := json.Unmarshal([]byte(started), &kernel); err != nil || kernel.ID == "" {
			v.t.Fatalf("no kernel: %v %s", err, started)
		}
		ask := `{"header":{"msg_id":"1","username":"u","session":"s","msg_type":"execute_request","version":"5.3"},"parent_header":{},"metadata":{},` +
			`"content":{"code":"print(6*7)","silent":false},"channel":"shell","buffers":[]}`
		hears(u, path+"/api/kernels/"+kernel.ID+"/channels?token="+secret[1], ask, `"text": "42`)
	},
}

// pages are served by ecounit itself.
var pages = app{
	name: "papers",
	files: map[string]string{
		"index.html":       `<link rel="stylesheet" href="css/style.css"><a href="/top">top</a>`,
		"css/style.css":    style,
		"talks/index.html": "talks\n",
		".git/config":      "secret\n",
	},
	make: "ln -s /etc/passwd passwd && ln -s css/style.css inside.css && mkfifo pipe",
	says: []string{"found        static pages in /home/alice/papers", "/top leads out of the app's path", "(index.html:1)"},
	has:  []string{`command = ["ecounit", "serve", "--fd", "${FD}"]`, `prefix = "strip"`},
	visit: func(v *visitor, _ *scene.User, path string) {
		v.get(path+"/").is(200, "css/style.css")
		v.get(path+"/css/style.css").is(200, style)
		v.get(path+"/inside.css").is(200, style)
		v.get(path + "/talks").leads(path + "/talks/")
		v.get(path+"/talks/").is(200, "talks")
		for _, closed := range []string{"/css/", "/.git/config", "/ecounit.toml", "/passwd", "/pipe", "/nothing"} {
			v.get(path + closed).is(404)
		}
		v.ask("POST", path+"/", nil).is(405)
	},
}
