# Receives events that are signed with v1: OFFAIR_SECRET=whsec_… python3 receive_events.py
import base64, hashlib, hmac, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

key = base64.b64decode(os.environ["OFFAIR_SECRET"].removeprefix("whsec_"))
seen = set()  # in your database, in one transaction with what you do about the event


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))  # exactly as received
        name, timestamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        content = f"{name}.{timestamp}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = self.headers.get("webhook-signature", "").split(" ")
        signed = any(hmac.compare_digest(each.encode(), expected.encode()) for each in given)
        fresh = signed and abs(time.time() - int(timestamp)) <= 300
        if fresh and name not in seen:
            print(body.decode(), flush=True)  # your own work; if it takes longer than a second, queue it and answer first
            seen.add(name)
        if not fresh:
            print(f"answered 401 to {name}: not signed with OFFAIR_SECRET, or the clock is off", file=sys.stderr)
        self.send_response(204 if fresh else 401)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 9000))), Receiver).serve_forever()
