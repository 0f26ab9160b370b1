"""ntlm_door.py ADDRESS CERTIFICATE KEY BEHIND LOG COMMAND...: HTTPS at port 443 that lets nobody in
but by NTLM, and hands requests on to BEHIND (an address with HTTPS). Each connection has a COMMAND
of its own, which speaks Squid's protocol for such helpers: Samba's ntlm_auth."""

import http.client
import http.server
import ssl
import subprocess
import sys

ADDRESS, CERTIFICATE, KEY, BEHIND, LOG = sys.argv[1:6]
COMMAND = sys.argv[6:]


def blindly():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def setup(self):
        super().setup()
        self.is_open = False
        self.helper = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def finish(self):
        self.helper.communicate()
        super().finish()

    def ask_helper(self, word, token):
        self.helper.stdin.write(f"{word} {token}\n")
        self.helper.stdin.flush()
        return self.helper.stdout.readline().split()

    def answer(self, code, body=b"", fields=()):
        self.send_response(code)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hand_on(self, body):
        behind = http.client.HTTPSConnection(BEHIND, context=blindly(), timeout=30)
        behind.request("POST", self.path, body, {"Authorization": "NTLM done", "Content-Type": "text/xml"})
        reply = behind.getresponse()
        self.answer(reply.status, reply.read(), [("Content-Type", reply.getheader("Content-Type"))])
        behind.close()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if not token and self.is_open:
            return self.hand_on(body)
        if scheme.upper() != "NTLM":
            return self.answer(401, fields=[("WWW-Authenticate", "NTLM")])
        is_first = token.startswith("TlRMTVNTUAABAAAA")
        word, *rest = self.ask_helper("YR" if is_first else "KK", token) or ["BH"]
        with open(LOG, "a") as log:
            log.write(f"{word} {' '.join(rest) if word != 'TT' else ''}\n")
        if word == "TT":
            return self.answer(401, fields=[("WWW-Authenticate", f"NTLM {rest[0]}")])
        if word != "AF":
            return self.answer(401, fields=[("WWW-Authenticate", "NTLM")])
        self.is_open = True
        return self.hand_on(body)


server = http.server.ThreadingHTTPServer((ADDRESS, 443), Door)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
