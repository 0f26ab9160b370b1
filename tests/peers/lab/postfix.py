"""Postfix with Dovecot for its logons, which lets Samba's ntlm_auth speak NTLM: the one way in
Debian to have a challenge over SMTP that tells the time."""

import shutil

from .server import Server, clock_variables

MASTER = "/usr/lib/postfix/sbin/master"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = {name}
mydestination =
inet_protocols = ipv4
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
alias_maps =
smtputf8_enable = no
smtpd_tls_security_level = none
smtpd_relay_restrictions = reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
"""
MASTER_TABLE = """
{address}:25 inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
rewrite unix - - n - - trivial-rewrite
"""
DOVECOT = """
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
protocols =
ssl = no
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
auth_mechanisms = ntlm
auth_use_winbind = yes
auth_winbind_helper_path = {folder}/ntlm_auth
passdb {{
  driver = static
  args = password=none
}}
service auth {{
  user = root
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

SAMBA = """
[global]
netbios name = {host}
workgroup = CORP
private dir = {folder}/samba
lock directory = {folder}/samba
state directory = {folder}/samba
cache directory = {folder}/samba
pid directory = {folder}/samba
"""
NTLM_AUTH = """#!/bin/sh
# The clock that the challenge tells is the only one that is moved.
exec env {moved} ntlm_auth --configfile={folder}/samba.conf --domain=CORP "$@"
"""


class MailServer(Server):
    """SMTP at port 25 with AUTH NTLM. It takes no mail, and nobody can log on."""

    PROGRAMS = ("postfix", "dovecot", "ntlm_auth")
    PORTS = (25,)

    def __init__(self, network, address, name, offset=0):
        super().__init__(network, address, offset)
        self.name = name
        self.lay_out()
        self.write("main.cf", self.fill(MAIN))
        self.write("master.cf", self.fill(MASTER_TABLE))
        self.write("samba.conf", self.fill(SAMBA))
        self.write("ntlm_auth", self.fill(NTLM_AUTH), 0o755)
        self.write("dovecot.conf", self.fill(DOVECOT))

    def lay_out(self):
        """What `postfix check` would make of the queue, in two seconds."""
        for name in ("data", "spool/pid", "spool/private", "spool/public", "dovecot", "samba"):
            (self.folder / name).mkdir(parents=True)
        for name in ("data", "spool/private", "spool/public"):
            shutil.chown(self.folder / name, "postfix")

    def fill(self, template):
        moved = " ".join(f"{key}={value}" for key, value in clock_variables(self.offset).items())
        host = self.name.split(".")[0].upper()
        return template.format(
            folder=self.folder, name=self.name, host=host, address=self.address, moved=moved
        )

    def start(self):
        self.launch("dovecot", "-F", "-c", self.folder / "dovecot.conf", offset=0)
        self.launch(MASTER, "-c", self.folder, "-d", offset=0, MAIL_CONFIG=str(self.folder))

    def is_ready(self):
        return super().is_ready() and (self.folder / "auth").exists()
