"""A mailbox over EWS: the lab's scripted one, and before it real servers that ask who comes."""

import base64
import hashlib
import pathlib
import subprocess
import sys

from harness import BUILD, DEADLINE

from .apache import WebServer
from .samba import smb_conf
from .server import Server

BEHIND = "127.0.0.81"
DOOR = pathlib.Path(__file__).with_name("ntlm_door.py")


class Mailbox(Server):
    """lab_ews, which takes everybody who shows anything."""

    PORTS = (443,)

    def __init__(self, network, behaviour):
        super().__init__(network, BEHIND)
        self.behaviour = behaviour
        self.requests = None

    def start(self):
        self.process = subprocess.Popen(
            [BUILD / "tests/lab_ews", f"{self.address}={self.behaviour}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def has_ended(self):
        return self.process.poll() is not None

    def stop(self):
        self.process.communicate(timeout=DEADLINE)


class Door(WebServer):
    """Apache before the mailbox. `logon` is a word: tickets, password, token, away."""

    def __init__(self, network, address, name, word, secret=None, **more):
        self.word = word
        self.secret = secret
        super().__init__(network, address, name, **more)

    def place(self):
        modules = ("proxy", "proxy_http", "auth_basic", "authn_file", "rewrite", "headers")
        return [
            *(f"LoadModule {module}_module {self.module(module)}" for module in modules),
            f'CustomLog {self.folder}/authorization.txt "%>s %U %{{Authorization}}i"',
            "SSLProxyEngine on",
            "SSLProxyCheckPeerName off",
            "SSLProxyCheckPeerCN off",
            f"ProxyPass /EWS https://{BEHIND}/EWS",
        ]

    def logon(self):
        if self.word == "password":
            digest = base64.b64encode(hashlib.sha1(self.secret.encode()).digest()).decode()
            self.write("passwords", f"alice:{{SHA}}{digest}\n")
            return [
                "AuthType Basic", 'AuthName "EWS"', f"AuthUserFile {self.folder}/passwords",
                "Require valid-user",
            ]  # fmt: skip
        if self.word == "token":
            return [
                "RewriteEngine on",
                f'RewriteCond "%{{HTTP:Authorization}}" "!=Bearer {self.secret}"',
                "RewriteRule ^ - [R=401,L]",
                'Header always set WWW-Authenticate Bearer "expr=%{REQUEST_STATUS} == 401"',
            ]
        if self.word == "away":
            return ["ProxyPass !", f"RedirectMatch 302 ^ {self.secret}"]
        return super().logon()

    def authorizations(self):
        """What came with each request: "401 /EWS/Exchange.asmx Basic YWxp..."."""
        return (self.folder / "authorization.txt").read_text()


class NtlmDoor(WebServer):
    """A door that Samba's ntlm_auth keeps, for one user of one password."""

    PROGRAMS = ("ntlm_auth", "openssl")

    def __init__(self, network, address, name, user, password):
        super().__init__(network, address, name)
        self.user = user
        self.password = password
        self.write("samba.conf", smb_conf(self.folder, ["workgroup = CORP"]))

    def start(self):
        self.launch(
            sys.executable, DOOR, self.address, self.folder / "certificate.pem",
            self.folder / "key.pem", BEHIND, self.folder / "verdicts.txt", "ntlm_auth",
            f"--configfile={self.folder}/samba.conf", "--helper-protocol=squid-2.5-ntlmssp",
            "--domain=CORP", f"--username={self.user}", f"--password={self.password}",
        )  # fmt: skip

    def verdicts(self):
        """Of the helper, in their order: TT, a challenge; AF, let in; NA, not."""
        return [line.split()[0] for line in (self.folder / "verdicts.txt").read_text().splitlines()]
