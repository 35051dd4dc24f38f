//go:build machine

package e2e

import "strings"

// flaskWithoutItsPath: prefix = "strip", with the path from Apache's header.
func flaskWithoutItsPath(alice *user) {
	dir := alice.hello("stripped", "", `prefix = "strip"`, "workers = 1")
	alice.Write(dir+"/app.py", `
from flask import Flask, redirect, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)

@app.route("/")
def index():
    return '<a href="%s">away</a> %s' % (url_for("away"), request.url)

@app.route("/away")
def away():
    return redirect(url_for("index"))
`)
	alice.OK("enable", "./stripped")
	alice.publish("stripped")
	b := alice.host.browser()
	const path = "/alice_stripped"
	b.get(path).is(308).leads(path + "/")
	b.get(path+"/").is(200, `href="`+path+`/away"`, site+path+"/")
	b.get(path+"/", "X-Forwarded-Prefix: /evil").is(200, `href="`+path+`/away"`)
	b.get(path + "/away").is(302).leads(path + "/")
}

// starletteWithItsPath: prefix = "keep", with an app that mounts itself.
func starletteWithItsPath(alice *user) {
	dir := alice.hello("mounted", "")
	alice.descriptor(dir, `name = "mounted"`, "[python]", `interpreter = "/usr/bin/python3"`, "[web]", `asgi = "main:app"`, `prefix = "keep"`)
	alice.Write(dir+"/main.py", `
import os
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute

async def index(request):
    return PlainTextResponse(str(request.url) + " " + str(request.url_for("away")))

async def away(request):
    return RedirectResponse(request.url_for("index"))

async def ws(websocket):
    await websocket.accept()
    await websocket.send_text("heard " + await websocket.receive_text())
    await websocket.close()

routes = [Route("/", index, name="index"), Route("/away", away, name="away"), WebSocketRoute("/ws", ws)]
app = Starlette(routes=[Mount(os.environ["BASE_PATH"], routes=routes)])
`)
	alice.OK("enable", "./mounted")
	alice.publish("mounted")
	b := alice.host.browser()
	const path = "/alice_mounted"
	b.get(path).is(308).leads(path + "/")
	if got := b.get(path + "/").is(200).body; got != strings.Join([]string{site + path + "/", site + path + "/away"}, " ") {
		b.t.Errorf("got %q", got)
	}
	b.get(path + "/away").is(307).leads(path + "/")
	alice.echoes(path + "/ws")
	alice.installOldForm("mounted")
	b.get(path + "/away").is(307).leads(path + "/")
	alice.echoes(path + "/ws")
}

func (u *user) echoes(path string) {
	u.host.t.Helper()
	s := u.host.webSocket(path)
	defer s.Close()
	u.host.Must(s.send("you"))
	if got, err := s.receive(); err != nil || got != "heard you" {
		u.host.t.Errorf("%s: got %q, %v", path, got, err)
	}
}
