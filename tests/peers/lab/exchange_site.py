"""The web sites of an Exchange server: Apache, which asks for tickets as mod_auth_gssapi does,
before the lab's scripted PowerShell directories."""

import subprocess

from harness import BUILD, DEADLINE

from .apache import WebServer
from .server import Server

PORT = 8080


class Directories(Server):
    """lab_web: a scripted directory at each address, for whoever shows that he is somebody."""

    PORTS = (PORT,)

    def __init__(self, network, behaviours):
        self.behaviours = behaviours
        super().__init__(network, next(iter(behaviours)))

    def start(self):
        self.process = subprocess.Popen(
            [BUILD / "tests/lab_web", "--port", str(PORT),
             *(f"{address}=powershell={name}" for address, name in self.behaviours.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def has_ended(self):
        return self.process.poll() is not None

    def stop(self):
        self.process.communicate(timeout=DEADLINE)


class Site(WebServer):
    """Default Web Site at ports 80 and 443, and Exchange Back End at 444. What is not below
    /PowerShell, and its health page, is for everybody."""

    BELOW = "/PowerShell"

    def __init__(self, network, address, name, behind, **more):
        self.behind = behind
        super().__init__(network, address, name, **more)

    def ports(self):
        return (80, 443, 444)

    def place(self):
        modules = ("proxy", "proxy_http")
        form = "%>s %{local}p %m %U %{Authorization}i"
        return [
            *(f"LoadModule {module}_module {self.module(module)}" for module in modules),
            f'CustomLog {self.folder}/requests.txt "{form}"',
            f"ProxyPass / http://{self.behind}:{PORT}/",
            f"<VirtualHost {self.address}:80>",
            "SSLEngine off",
            "</VirtualHost>",
        ]

    def settings(self):
        return super().settings() + "\n".join([
            f"<Location {self.BELOW}/healthcheck.htm>",
            "AuthType None",
            "Require all granted",
            "</Location>",
        ]) + "\n"  # fmt: skip

    def requests(self):
        """Of each the status, port, method, path and what shows who one is: "401 443 POST / -"."""
        path = self.folder / "requests.txt"
        return [line.split(maxsplit=4) for line in path.read_text().splitlines()]
