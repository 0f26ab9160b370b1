"""chrony, serving a time of its own choosing over NTP. It never touches the machine's clock."""

import errno
import shutil
import socket

from .server import Server


class TimeServer(Server):
    """`synchronised`: whether it claims to know the time. `directives`: more of chrony.conf."""

    PROGRAMS = ("chronyd",)

    def __init__(self, network, address, offset=0, synchronised=True, directives=()):
        super().__init__(network, address, offset)
        lines = [
            "port 123",
            f"bindaddress {address}",
            "allow 127.0.0.0/8",
            *(["local stratum 2"] if synchronised else []),
            "cmdport 0",
            "bindcmdaddress /",
            f"pidfile {self.folder}/pid",
            *directives,
        ]
        self.write("chrony.conf", "\n".join(lines) + "\n")

    def start(self):
        """From a copy: Debian's AppArmor profile is for the path, and keeps chronyd in /etc."""
        program = shutil.copy(shutil.which("chronyd"), self.folder)
        self.launch(program, "-d", "-x", "-U", "-u", "root", "-f", self.folder / "chrony.conf")

    def is_ready(self):
        """Without a question to it, which would count for one that limits the rate."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            try:
                own.bind((self.address, 123))
            except OSError as error:
                return error.errno == errno.EADDRINUSE
        return False
