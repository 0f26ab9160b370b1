"""Exim, whose greeting ends with a date as Exchange's may. Debian installs one mail server at a
time and Postfix is it, so this one runs from where tests/install.sh has unpacked it."""

import os
import pathlib

from harness import ROOT, Skip

from .server import Server

UNPACKED = ROOT / "build/unpacked"
USER = "Debian-exim"
NOBODYS = 64901  # a user that the machine hardly has

CONFIGURATION = """
primary_hostname = {name}
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%s.log
pid_file_path = {folder}/pid
local_interfaces = {address}
timezone = {timezone}
keep_environment =
tls_advertise_hosts =
host_lookup =
acl_smtp_rcpt = deny
"""


class Exim(Server):
    """SMTP at port 25. `timezone`: in which its greeting tells the time."""

    PROGRAMS = ("mount",)
    PORTS = (25,)

    def __init__(self, network, address, name, offset=0, timezone="UTC"):
        super().__init__(network, address, offset)
        if not (UNPACKED / "usr/sbin/exim4").exists():
            raise Skip("Exim is not in build/unpacked")
        (self.folder / "spool").mkdir()
        self.write(
            "exim.conf",
            CONFIGURATION.format(folder=self.folder, name=name, address=address, timezone=timezone),
        )

    def start(self):
        """Exim looks for its user, whom the package's installation would have made."""
        self.add_line("passwd", f"{USER}:x:{NOBODYS}:{NOBODYS}::/nonexistent:/usr/sbin/nologin")
        self.add_line("group", f"{USER}:x:{NOBODYS}:")
        os.chown(self.folder / "spool", NOBODYS, NOBODYS)
        libraries = ":".join(str(path) for path in UNPACKED.glob("usr/lib/*") if path.is_dir())
        self.launch(
            UNPACKED / "usr/sbin/exim4", "-C", self.folder / "exim.conf", "-bdf",
            LD_LIBRARY_PATH=libraries,
        )  # fmt: skip

    def add_line(self, name, line):
        """To a file of /etc, as this mount namespace sees it."""
        system = pathlib.Path("/etc", name)
        own = self.write(name, f"{system.read_text()}{line}\n")
        self.run("mount", "--bind", own, system)

    def stop(self):
        super().stop()
        for name in ("passwd", "group"):
            if (self.folder / name).exists():
                self.run("umount", f"/etc/{name}")
                (self.folder / name).unlink()
