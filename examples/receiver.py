# Your end of the line in Python, without packages: verifies callbacks and prints their events.
#   WEBHOOK_SECRET=whsec_… python3 examples/receiver.py
import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"]
seen = set()  # Yours would keep the ids in a database.


def is_genuine(body, headers):
    signed_at = headers.get("webhook-timestamp", "")
    if not signed_at.isdigit() or abs(time.time() - int(signed_at)) > 300:
        return False
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{signed_at}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(wanted, one) for one in headers.get("webhook-signature", "").split(" "))


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        genuine = is_genuine(body, self.headers)
        if genuine and self.headers["webhook-id"] not in seen:
            print(json.dumps(json.loads(body), ensure_ascii=False), flush=True)
            seen.add(self.headers["webhook-id"])
        # Only a 2xx ends the repetitions of an event.
        self.send_response(204 if genuine else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


port = int(os.environ.get("RECEIVER_PORT", 3000))
server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
print(f"Waiting for events at http://127.0.0.1:{port}/", flush=True)
server.serve_forever()
