"""Postfix with Dovecot for its logons, which lets Samba's ntlm_auth speak NTLM: the one way in
Debian to have a challenge over SMTP that tells the time. And Postfix with Cyrus SASL, which takes
tickets for SMTPSVC/ as Exchange does."""

import contextlib
import shutil
import socket
import threading

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


TICKET_MAIN = """
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_service = SMTPSVC
smtpd_sasl_security_options = noanonymous
cyrus_sasl_config_path = {folder}/sasl
smtpd_command_filter = regexp:{folder}/commands
smtpd_tls_security_level = {tls}
smtpd_tls_cert_file = {folder}/tls.pem
smtpd_tls_key_file = {folder}/tls.pem
smtpd_tls_auth_only = {tls_only}
import_environment = MAIL_CONFIG KRB5_CONFIG=/dev/null KRB5_KTNAME={keytab} KRB5RCACHETYPE=none
"""
TLS_MANAGER = "tlsmgr unix - - n 1000? 1 tlsmgr\n"
DOVECOT_LINES = ("smtpd_sasl_type = dovecot\n", "smtpd_sasl_path = {folder}/auth\n")


class TicketServer(MailServer):
    """SMTP at port 25 where the keys of a file can be logged on to by Kerberos: AUTH GSSAPI, and
    X-EXPS GSSAPI, which Postfix does not offer and carries out. `behind_tls`: after STARTTLS."""

    PROGRAMS = ("postfix", "openssl")

    def __init__(self, network, address, name, keytab, behind_tls=False):
        self.keytab, self.behind_tls = keytab, behind_tls
        super().__init__(network, address, name)
        shutil.chown(keytab, "postfix")
        main = MAIN
        for line in DOVECOT_LINES:
            main = main.replace(line, "")
        main = main.replace("smtpd_tls_security_level = none\n", "")
        self.write("main.cf", self.fill(main) + self.fill_ticket_lines())
        self.write("master.cf", self.fill(MASTER_TABLE + TLS_MANAGER))
        self.write("commands", "/^X-EXPS(.*)$/ AUTH$1\n")
        (self.folder / "sasl").mkdir()
        self.write("sasl/smtpd.conf", f"mech_list: GSSAPI\nkeytab: {keytab}\n")
        self.run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
            "-days", "2", "-keyout", self.folder / "tls.key", "-out", self.folder / "tls.crt",
        )  # fmt: skip
        pair = (self.folder / name for name in ("tls.key", "tls.crt"))
        self.write("tls.pem", "".join(path.read_text() for path in pair))

    def fill_ticket_lines(self):
        return TICKET_MAIN.format(
            folder=self.folder, keytab=self.keytab, tls="may" if self.behind_tls else "none",
            tls_only="yes" if self.behind_tls else "no",
        )  # fmt: skip

    def start(self):
        self.launch(MASTER, "-c", self.folder, "-d", MAIL_CONFIG=str(self.folder))

    def is_ready(self):
        return Server.is_ready(self)


class ExchangeFront:
    """In front of a server: what its EHLO lacks of Exchange's, at another address."""

    def __init__(self, address, behind, more=("X-EXPS GSSAPI NTLM",)):
        self.behind, self.more = behind, more
        self.listener = socket.create_server((address, 25))
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client):
        server, said = socket.create_connection((self.behind, 25)), []
        threading.Thread(target=self.pass_commands, args=(client, server, said), daemon=True).start()
        with client, server, contextlib.suppress(OSError):
            for line in server.makefile("rb"):
                if line[:4] == b"250 " and said[-1:] == [b"EHLO"]:
                    for keyword in self.more:
                        client.sendall(f"250-{keyword}\r\n".encode())
                client.sendall(line)

    @staticmethod
    def pass_commands(client, server, said):
        with contextlib.suppress(OSError):
            for line in client.makefile("rb"):
                said.append(line.split()[0] if line.split() else b"")
                server.sendall(line)
            server.shutdown(socket.SHUT_WR)
