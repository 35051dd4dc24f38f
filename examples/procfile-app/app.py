"""Takes texts in and shows what the worker made of them."""

import html
import os
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
QUEUE, DONE = os.path.join(HERE, "queue"), os.path.join(HERE, "done")
LONGEST = 64 * 1024
SHOWN = 20

PAGE = """<!doctype html>
<html lang="en">
<title>Word count</title>
<h1>Word count</h1>
<form method="post"><textarea name="text" aria-label="Text" rows="5" cols="60"></textarea><p><button>Count</button></form>
<ul>%s</ul>
"""


def app(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        size = min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST)
        put(QUEUE, uuid.uuid4().hex, environ["wsgi.input"].read(size))
        start_response("303 See Other", [("Location", environ.get("SCRIPT_NAME", "") + "/")])
        return []
    page = PAGE % "".join("<li>%s</li>" % html.escape(line) for line in answers())
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]


def answers():
    os.makedirs(DONE, exist_ok=True)
    finished = [entry for entry in os.scandir(DONE) if not entry.name.startswith(".")]
    newest_first = sorted(finished, key=lambda entry: -entry.stat().st_mtime)
    for entry in newest_first[:SHOWN]:
        with open(entry.path, encoding="utf-8") as file:
            yield file.read()


def put(folder, name, data):
    """Writes a file that nobody ever sees half of."""
    os.makedirs(folder, exist_ok=True)
    unfinished = os.path.join(folder, "." + name)
    with open(unfinished, "wb") as file:
        file.write(data)
    os.rename(unfinished, os.path.join(folder, name))
