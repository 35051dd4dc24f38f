"""A web app that does what its visitor asks for, and tells what it was sent.

    backend.py NAME ADDRESS [MODE]

ADDRESS is a port of 127.0.0.1 or the path of a unix socket, made with MODE.
Query: status=302&header=Name:+value&type=text/html&body=text&wait=seconds.
A request for an upgrade becomes a websocket that stays open.
"""
import base64, hashlib, http.server, json, os, socketserver, sys, time, urllib.parse

NAME, ADDRESS = sys.argv[1:3]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self.websocket()
        wish = self.wish()
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode("latin-1")
        time.sleep(float(wish.get("wait", ["0"])[0]))
        told = json.dumps({"app": NAME, "uid": os.getuid(), "method": self.command, "target": self.path,
                           "headers": [list(h) for h in self.headers.items()], "body": sent})
        body = wish.get("body", [told])[0].encode()
        self.send_response(int(wish.get("status", ["200"])[0]))
        self.send_header("Content-Type", wish.get("type", ["application/json"])[0])
        self.send_header("Content-Length", str(len(body)))
        self.send_wished_headers()
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def wish(self):
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)

    def send_wished_headers(self):
        for header in self.wish().get("header", []):
            name, _, value = header.partition(": ")
            self.send_header(name, value)

    do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = answer

    def websocket(self):
        key = self.headers.get("Sec-WebSocket-Key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.send_wished_headers()
        self.end_headers()
        self.wfile.write(b"\x81" + bytes([len(NAME)]) + NAME.encode())
        while self.rfile.read(1):
            pass
        self.close_connection = True

    def address_string(self):
        return "apache"

    def log_message(self, *args):
        pass


class Port(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 256


class Socket(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads, request_queue_size = True, 256


if ADDRESS.isdigit():
    server = Port(("127.0.0.1", int(ADDRESS)), Handler)
else:
    if os.path.lexists(ADDRESS):
        os.unlink(ADDRESS)
    old = os.umask(0o777 & ~int(sys.argv[3] if len(sys.argv) > 3 else "660", 8))
    server = Socket(ADDRESS, Handler)
    os.umask(old)
print("ready", flush=True)
server.serve_forever()
