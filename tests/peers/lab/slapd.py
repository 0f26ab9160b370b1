"""OpenLDAP's slapd: a directory that is not Active Directory."""

import shutil

from .server import Server

SUFFIX = "dc=corp,dc=test"
MODULES = "/usr/lib/ldap"

CONFIGURATION = """
include /etc/ldap/schema/core.schema
modulepath {modules}
moduleload back_mdb
sizelimit {size_limit}
sasl-host {name}
sasl-cbinding tls-endpoint
{tls}
database mdb
suffix {suffix}
rootdn cn=admin,{suffix}
rootpw {password}
directory {folder}/data
"""


class Slapd(Server):
    """LDAP at port 389, LDAPS at 636. Anybody may read; `people` of them are there, and a referral
    to another server. `size_limit`: entries that it gives to one search. `keytab`: of its tickets,
    which over TLS have to be bound to that."""

    PROGRAMS = ("slapd", "slapadd", "openssl")
    PORTS = (389, 636)

    def __init__(self, network, address, name, password, people, size_limit, keytab=None):
        super().__init__(network, address)
        self.keytab = keytab
        (self.folder / "data").mkdir()
        self.authority = self.folder / "certificate.pem"
        self.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
            "-keyout", self.folder / "key.pem", "-out", self.authority,
        )  # fmt: skip
        self.configuration = self.write("slapd.conf", CONFIGURATION.format(
            modules=MODULES, size_limit=size_limit, suffix=SUFFIX, password=password,
            folder=self.folder, tls=self.encryption(), name=name,
        ))  # fmt: skip
        self.fill(people)

    def encryption(self):
        return (
            f"TLSCertificateFile {self.authority}\nTLSCertificateKeyFile {self.folder}/key.pem\n"
            f"TLSCACertificateFile {self.authority}"
        )

    def fill(self, people):
        entries = [
            f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: corp\no: corp",
            f"dn: ou=elsewhere,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\n"
            f"ou: elsewhere\nref: ldap://127.0.0.99/ou=elsewhere,{SUFFIX}",
            *(
                f"dn: cn=person {number},{SUFFIX}\nobjectClass: person\ncn: person {number}\nsn: {number}"
                for number in range(people)
            ),
        ]
        data = self.write("data.ldif", "\n\n".join(entries) + "\n")
        self.run("slapadd", "-f", self.configuration, "-l", data)

    def start(self):
        """From a copy: Debian's AppArmor profile is for the path, and keeps slapd in its folders."""
        program = shutil.copy(shutil.which("slapd"), self.folder)
        self.launch(
            program, "-f", self.configuration, "-d", "0",
            "-h", f"ldap://{self.address} ldaps://{self.address}",
            KRB5_KTNAME=str(self.keytab), KRB5RCACHETYPE="none",
        )  # fmt: skip
