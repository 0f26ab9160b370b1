"""Apache with mod_auth_gssapi: a web server that asks for Kerberos, or for NTLM by gss-ntlmssp."""

import pathlib
import shutil

from harness import Skip

from .server import Server

MODULES = pathlib.Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "alias", "ssl")


class WebServer(Server):
    """HTTPS at port 443 with a certificate of its own, or HTTP at 80. Below /EWS it asks for
    Kerberos if it is given a keytab, else for NTLM: both in one place bring mod_auth_gssapi down."""

    PROGRAMS = ("apache2", "openssl")
    BELOW = "/EWS"

    def __init__(self, network, address, name, offset=0, keytab=None, over_tls=True):
        super().__init__(network, address, offset)
        self.name = name
        self.keytab = keytab
        self.over_tls = over_tls
        self.PORTS = self.ports()
        missing = [module for module in LOADED if not self.module(module).exists()]
        if missing:
            raise Skip(f"Apache's modules are not there: {', '.join(missing)}")
        (self.folder / "pages").mkdir()
        self.write("pages/index.html", "")
        self.write("users", "CORP:nobody:no password\n")
        self.write("krb5.conf", "[libdefaults]\ndns_lookup_kdc = false\nrdns = false\n")
        self.write("apache.conf", self.settings())

    def ports(self):
        return (443 if self.over_tls else 80,)

    @staticmethod
    def module(name):
        return MODULES / f"mod_{name}.so"

    def start(self):
        self.launch(
            "apache2", "-f", self.folder / "apache.conf", "-DFOREGROUND",
            NTLM_USER_FILE=str(self.folder / "users"), KRB5RCACHETYPE="none",
            KRB5_CONFIG=str(self.folder / "krb5.conf"),
        )  # fmt: skip

    def certify(self):
        self.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", f"/CN={self.name}", "-keyout", self.folder / "key.pem",
            "-out", self.folder / "certificate.pem",
        )  # fmt: skip

    def encryption(self):
        if not self.over_tls:
            return []
        self.certify()
        return [
            "SSLEngine on",
            f"SSLCertificateFile {self.folder}/certificate.pem",
            f"SSLCertificateKeyFile {self.folder}/key.pem",
        ]

    def mechanism(self):
        if self.keytab:
            shutil.chown(self.keytab, "www-data")
            return [f"GssapiCredStore keytab:{self.keytab}", "GssapiAllowedMech krb5"]
        return ["GssapiAllowedMech ntlmssp", "GssapiConnectionBound On"]

    def place(self):
        """What is below /EWS."""
        return [f"Alias /EWS {self.folder}/pages"]

    def logon(self):
        """Who may see it."""
        return ["AuthType GSSAPI", 'AuthName "EWS"', *self.mechanism(), "Require valid-user"]

    def settings(self):
        lines = [
            *(f"LoadModule {module}_module {self.module(module)}" for module in LOADED),
            f"ServerRoot {self.folder}",
            f"PidFile {self.folder}/pid",
            f"Mutex file:{self.folder}",
            f"ServerName {self.name}",
            *(f"Listen {self.address}:{port}" for port in self.PORTS),
            "User www-data",
            "Group www-data",
            f"ErrorLog {self.folder}/error.log",
            "LogLevel warn auth_gssapi:info",
            f'CustomLog {self.folder}/access.log "%>s %r"',
            f"DocumentRoot {self.folder}/pages",
            *self.encryption(),
            *self.place(),
            f"<Location {self.BELOW}>",
            *self.logon(),
            "</Location>",
        ]
        return "\n".join(lines) + "\n"
