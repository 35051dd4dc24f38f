"""A chat room: one page, one websocket, one stream of events."""

import asyncio
import html
import json
import os
import string
import time

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 2000  # characters of a message
REMEMBERED = 50  # messages shown to who comes late
STREAM_SECONDS = 5


def read(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()


PAGE = string.Template(read("page.html"))
# StaticFiles would do, but needs a further package with old versions of Starlette.
STATIC = {
    "chat.css": Response(read("static", "chat.css"), media_type="text/css"),
    "chat.js": Response(read("static", "chat.js"), media_type="text/javascript"),
}


class Room:
    def __init__(self):
        self.people = {}  # by id(): old versions of Starlette cannot hash a WebSocket
        self.said = []

    async def enter(self, socket):
        await socket.accept()
        for message in self.said:
            await socket.send_text(message)
        self.people[id(socket)] = socket

    async def say(self, text):
        message = json.dumps({"time": int(time.time()), "text": text[:LONGEST]})
        self.said = (self.said + [message])[-REMEMBERED:]
        await asyncio.gather(*(self.send(socket, message) for socket in list(self.people.values())))

    async def send(self, socket, message):
        try:
            await socket.send_text(message)
        except Exception:  # of whichever websocket package: this one has left
            self.leave(socket)

    def leave(self, socket):
        self.people.pop(id(socket), None)


room = Room()


async def index(request):
    addresses = {
        "index": request.url_for("index"),
        "style": request.url_for("static", file="chat.css"),
        "script": request.url_for("static", file="chat.js"),
        "socket": request.url_for("socket"),
        "events": request.url_for("events"),
    }
    # The host in them is what the visitor sent.
    return HTMLResponse(PAGE.substitute({name: html.escape(str(url)) for name, url in addresses.items()}))


async def socket(websocket):
    await room.enter(websocket)
    try:
        while True:
            text = (await websocket.receive_text()).strip()
            if text:
                await room.say(text)
    except WebSocketDisconnect:
        pass
    finally:
        room.leave(websocket)


async def events(request):
    async def stream():
        yield "retry: 500\n\n"
        before = None
        for _ in range(STREAM_SECONDS * 2):
            if len(room.people) != before:
                before = len(room.people)
                yield "event: people\ndata: %d\n\n" % before
            await asyncio.sleep(0.5)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def static(request):
    return STATIC.get(request.path_params["file"]) or PlainTextResponse("not found\n", status_code=404)


async def healthz(request):
    return PlainTextResponse("ok\n")


async def whoami(request):
    return JSONResponse(
        {
            "scheme": request.url.scheme,
            "host": request.headers.get("host"),
            "client": request.client.host if request.client else None,
            "path": request.scope.get("root_path", ""),
            "index": str(request.url_for("index")),
            "pid": os.getpid(),
        }
    )


app = Starlette(
    routes=[
        Route("/", index, name="index"),
        Route("/events", events, name="events"),
        Route("/healthz", healthz),
        Route("/whoami", whoami),
        WebSocketRoute("/ws", socket, name="socket"),
        Route("/static/{file}", static, name="static"),
    ]
)
