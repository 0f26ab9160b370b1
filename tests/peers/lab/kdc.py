"""The KDC of MIT Kerberos, by itself: light, and unlike others it answers a question that it was
asked before with the answer that it gave then."""

import socket

from .server import Server


class Kdc(Server):
    PROGRAMS = ("krb5kdc", "kdb5_util")
    PORTS = (88,)

    def __init__(self, network, address, realm, offset=0, over_udp=True):
        super().__init__(network, address, offset)
        self.realm = realm
        self.over_udp = over_udp
        common = self.write("krb5.conf", f"[libdefaults]\ndefault_realm = {realm}\n")
        profile = self.write("kdc.conf", self.settings())
        self.variables = {"KRB5_CONFIG": str(common), "KRB5_KDC_PROFILE": str(profile)}
        self.run("kdb5_util", "create", "-s", "-P", "the lab's", "-r", realm, **self.variables)

    def start(self):
        self.launch("krb5kdc", "-n", **self.variables)

    def settings(self):
        return f"""
[kdcdefaults]
    kdc_listen = {self.address + ":88" if self.over_udp else chr(34) * 2}
    kdc_tcp_listen = {self.address}:88
[realms]
    {self.realm} = {{
        database_name = {self.folder}/principal
        key_stash_file = {self.folder}/stash
    }}
[logging]
    kdc = FILE:{self.folder}/kdc.log
"""

    def ask(self, question):
        """What it answers to these bytes over UDP."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(5)
            asking.connect((self.address, 88))
            asking.send(question)
            return asking.recv(65535)
