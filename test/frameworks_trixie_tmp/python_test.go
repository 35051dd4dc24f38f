//go:build machine

package frameworks_trixie_tmp

import (
	"net/url"
	"os"
	"regexp"
	"strings"

	"ecounit/test/scene"
)

const style = "body { color: rebeccapurple }\n"

var flask = app{
	name: "flasky",
	files: map[string]string{
		"static/style.css":     style,
		"templates/index.html": "<link rel=stylesheet href=\"{{ url_for('static', filename='style.css') }}\"><a href=\"/about\">about</a>\n",
		"app.py": `
from flask import Flask, redirect, render_template, url_for

app = Flask(__name__)

@app.route("/")
def index():
    return render_template("index.html")

@app.route("/old")
def old():
    return redirect(url_for("index"))
`,
	},
	says: []string{"found        Flask app app:app", "/about leads out of the app's path: write {{ url_for(…) }} (templates/index.html:1)"},
	has:  []string{`wsgi = "app:app"`},
	visit: func(v *visitor, _ *scene.User, path string) {
		v.get(path+"/").is(200, `href="`+path+`/static/style.css"`)
		v.get(path+"/static/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
	},
}

var token = regexp.MustCompile(`name="csrfmiddlewaretoken" value="(\w+)"`)

// djangoSettings are the lines of docs/frameworks.md that do not stand for more.
func djangoSettings() string {
	text, err := os.ReadFile("../../docs/frameworks.md")
	if err != nil {
		panic(err)
	}
	_, after, _ := strings.Cut(string(text), "```python\n")
	code, _, _ := strings.Cut(after, "```")
	var lines []string
	for line := range strings.Lines(code) {
		if name, _, isSetting := strings.Cut(line, " = "); isSetting && name != "MIDDLEWARE" {
			lines = append(lines, "'"+strings.TrimSpace(line)+"'")
		}
	}
	return strings.Join(lines, " ")
}

// django is what "django-admin startproject" makes, with what the page says
// about its settings.
var django = app{
	name: "djangoed",
	make: `django-admin startproject mysite . && mkdir assets && echo 'body { color: rebeccapurple }' > assets/style.css &&
sed -i "/^ALLOWED_HOSTS = /d; s|^DEBUG = .*|DEBUG = False|; /^STATIC_URL = /d; s|'django.middleware.security.SecurityMiddleware',|& 'whitenoise.middleware.WhiteNoiseMiddleware',|" mysite/settings.py &&
printf '%s\n' 'import os' 'STATICFILES_DIRS = [BASE_DIR / "assets"]' ` + djangoSettings() + ` >> mysite/settings.py &&
python3 manage.py collectstatic --noinput`,
	files: map[string]string{
		"mysite/urls.py": `
from django.contrib import admin
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse

def index(request):
    if request.method == "POST":
        return HttpResponse("posted " + str(request.is_secure()))
    return HttpResponse('<link href="%s"><form><input name="csrfmiddlewaretoken" value="%s"></form>%s' % (static("style.css"), get_token(request), reverse("old")))

def old(request):
    return redirect("index")

urlpatterns = [path("", index, name="index"), path("old", old, name="old"), path("admin/", admin.site.urls)]
`,
	},
	says: []string{"found        Django app mysite.wsgi:application"},
	has:  []string{`wsgi = "mysite.wsgi:application"`},
	visit: func(v *visitor, _ *scene.User, path string) {
		form := v.get(path+"/").is(200, `href="`+path+`/static/style.css"`, path+"/old")
		v.get(path+"/static/style.css").is(200, style)
		v.get(path+"/static/admin/css/base.css").is(200, "body")
		v.get(path + "/old").leads(path + "/")
		v.get(path + "/admin/").leads(path + "/admin/login/?next=" + path + "/admin/")
		v.ask("POST", path+"/", url.Values{"csrfmiddlewaretoken": token.FindStringSubmatch(form.body)[1:]}).is(200, "posted True")
		v.ask("POST", path+"/", url.Values{}).is(403)
	},
}

var fastAPI = app{
	name: "fasty",
	files: map[string]string{
		"static/style.css": style,
		"main.py": `
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

app = FastAPI()
app.mount("/static", StaticFiles(directory="static"), name="static")

@app.get("/")
def index(request: Request):
    return {"style": str(request.url_for("static", path="style.css"))}

@app.get("/old")
def old(request: Request):
    return RedirectResponse(request.url_for("index"))

@app.get("/slashed/")
def slashed():
    return "slashed"

@app.websocket("/ws")
async def ws(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("heard " + await websocket.receive_text())
`,
	},
	says: []string{"found        FastAPI app main:app"},
	has:  []string{`asgi = "main:app"`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, site+path+"/static/style.css")
		v.get(path+"/static/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
		v.get(path + "/slashed").leads(path + "/slashed/")
		v.get(path+"/openapi.json").is(200, `"servers":[{"url":"`+path+`"}]`)
		hears(u, path+"/ws", "you", "heard you")
	},
}

var starlette = app{
	name: "starry",
	files: map[string]string{
		"static/style.css": style,
		"stars.py": `
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

async def index(request):
    return PlainTextResponse(str(request.url_for("static", path="style.css")))

async def old(request):
    return RedirectResponse(request.url_for("index"))

async def ws(websocket):
    await websocket.accept()
    await websocket.send_text("heard " + await websocket.receive_text())

def create_app():
    return Starlette(routes=[
        Route("/", index, name="index"), Route("/old", old), WebSocketRoute("/ws", ws),
        Mount("/static", StaticFiles(directory="static"), name="static"),
    ])
`,
	},
	says: []string{"found        Starlette app stars:create_app", "create_app() makes the Starlette app (stars.py:17)"},
	has:  []string{`asgi = "stars:create_app()"`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, site+path+"/static/style.css")
		v.get(path+"/static/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
		hears(u, path+"/ws", "you", "heard you")
	},
}

// quart has no websockets through any web server with the uvicorn of Debian 12.
var quart = app{
	name: "quarty",
	files: map[string]string{
		"static/style.css": style,
		"app.py": `
from quart import Quart, redirect, url_for, websocket

app = Quart(__name__)

@app.route("/")
async def index():
    return url_for("static", filename="style.css")

@app.route("/old")
async def old():
    return redirect(url_for("index"))

@app.websocket("/ws")
async def ws():
    await websocket.send("heard " + await websocket.receive())
`,
	},
	says: []string{"found        Quart app app:app"},
	has:  []string{`asgi = "app:app"`},
	visit: func(v *visitor, u *scene.User, path string) {
		v.get(path+"/").is(200, path+"/static/style.css")
		v.get(path+"/static/style.css").is(200, style)
		v.get(path + "/old").leads(path + "/")
		hears(u, path+"/ws", "you", "heard you")
	},
}
