"""Stands in for the API server of Kubernetes: takes whatever is made and starts nothing.

Prints its port, and writes every pod that it is asked for to the file that its argument names.
"""

import http.server
import json
import sys


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def make(self):
        length = int(self.headers.get("Content-Length", 0))
        made = json.loads(self.rfile.read(length) or b"{}")
        made.setdefault("metadata", {}).update(uid="1", resourceVersion="1")
        if self.path.split("?")[0].endswith("/pods"):
            with open(sys.argv[1], "a") as pods:
                print(json.dumps(made), file=pods)
        self.answer(201, made)

    do_POST = do_PATCH = do_PUT = make

    def do_GET(self):
        self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404})

    def do_DELETE(self):
        self.answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
print(server.server_port, flush=True)
server.serve_forever()
