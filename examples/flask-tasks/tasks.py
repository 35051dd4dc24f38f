"""A to-do list for a psychology lab."""

import os
import time

from flask import Flask, abort, flash, jsonify, redirect, render_template, request, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from secret import secret_key
from store import Store

LONGEST_TITLE = 200
LONGEST_WAIT = 30  # seconds


def create_app():
    app = Flask(__name__)
    os.makedirs(app.instance_path, exist_ok=True)
    app.config.update(
        SECRET_KEY=secret_key(app.instance_path),
        SESSION_COOKIE_NAME="flasktasks",
        SESSION_COOKIE_PATH=os.environ.get("SCRIPT_NAME") or "/",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    # One web server stands in front of the app and sets these headers.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)
    store = store_of(app)

    @app.route("/")
    def index():
        session["visits"] = session.get("visits", 0) + 1
        return render_template("index.html", tasks=store.all(), visits=session["visits"], longest=LONGEST_TITLE)

    @app.route("/tasks", methods=["POST"])
    def add():
        title = " ".join(request.form.get("title", "").split())
        if not title or len(title) > LONGEST_TITLE:
            flash("A task needs a text of at most %d characters." % LONGEST_TITLE)
        else:
            store.add(title)
            flash("Added: " + title)
        return redirect(url_for("index"), code=303)

    @app.route("/tasks/<int:number>/<any(done, open, gone):state>", methods=["POST"])
    def change(number, state):
        if not store.change(number, state):
            abort(404)
        return redirect(url_for("index"), code=303)

    @app.route("/healthz")
    def healthz():
        return text("ok\n")

    @app.route("/whoami")
    def whoami():
        return jsonify(
            scheme=request.scheme,
            host=request.host,
            client=request.remote_addr,
            path=request.script_root,
            index=url_for("index", _external=True),
            pid=os.getpid(),
        )

    @app.route("/slow")
    def slow():
        wait = min(max(request.args.get("ms", 1000, type=int), 0) / 1000, LONGEST_WAIT)
        time.sleep(wait)
        return text("answered after %g s\n" % wait)

    @app.route("/crash")
    def crash():
        if os.environ.get("ALLOW_CRASH") != "1":
            abort(403)
        os._exit(70)

    return app


def store_of(app):
    """Postgres where there is a database, else a file."""
    url = os.environ.get("DATABASE_URL")
    if url:
        from postgres_store import PostgresStore

        return PostgresStore(url)
    return Store(os.path.join(app.instance_path, "tasks.sqlite"))


def text(body):
    return body, 200, {"Content-Type": "text/plain; charset=utf-8"}
