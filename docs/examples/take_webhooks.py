"""Takes webhooks: checks who sent them, and does each message once.

pip install standardwebhooks
SECRET=whsec_… python take_webhooks.py 8080
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

LARGEST = 1_000_000
# Keep the ids where they outlive a restart: in the database that the message changes, best in the
# same transaction.
taken: set[str] = set()


class Take(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            message = Webhook(os.environ["SECRET"]).verify(body, dict(self.headers))
        except WebhookVerificationError:
            return self.answer(401)
        if self.headers["webhook-id"] not in taken:
            taken.add(self.headers["webhook-id"])
            print(message["type"], message["data"], flush=True)
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Take).serve_forever()
