"""Samba: domain controllers of Active Directory, and file servers that are in no domain."""

import shutil
import sys

from harness import Skip

from .chrony import TimeServer
from .server import Server, needs_programs

PASSWORD = "Passw0rd-of-the-lab"
ALL_ENCRYPTION = "28"  # RC4 and AES with 128 and 256 bits: [MS-KILE] 2.2.7

# Where Samba keeps what it keeps: all of it below one folder.
PLACES = {
    "private dir": "private",
    "lock directory": "lock",
    "state directory": "state",
    "cache directory": "cache",
    "binddns dir": "bind-dns",
    "pid directory": "run",
    "ncalrpc dir": "run/ncalrpc",
    "winbindd socket directory": "run/winbindd",
    "ntp signd socket directory": "run/ntp_signd",
}

# The directory's modules would bind to the C library before libfaketime, and rootDSE would tell
# the machine's own time.
SHALLOW = {"LDB_MODULES_DISABLE_DEEPBIND": "1"}


def smb_conf(folder, lines):
    for place in PLACES.values():
        (folder / place).mkdir(parents=True, exist_ok=True)
    places = [f"{name} = {folder}/{place}" for name, place in PLACES.items()]
    return "\n".join(["[global]", *places, *lines]) + "\n"


def open_directory(configuration):
    """The directory of a controller that does not run."""
    try:
        from samba.auth import system_session
        from samba.param import LoadParm
        from samba.samdb import SamDB
    except ImportError as error:
        raise Skip(f"Samba's modules for {sys.executable} are not there") from error
    parameters = LoadParm()
    parameters.load(str(configuration))
    return SamDB(session_info=system_session(parameters), lp=parameters)


def modify(directory, where, attribute, values):
    import ldb

    message = ldb.Message(where)
    message[attribute] = ldb.MessageElement(values, ldb.FLAG_MOD_REPLACE, attribute)
    directory.modify(message)


def write_past_rules(data, account, attribute, values):
    """What no controller lets anybody write, such as a name that another account has. `data`: of a
    controller, which may be running."""
    import ldb

    top = account[account.index("DC=") :]
    database = ldb.Ldb(f"{data}/private/sam.ldb.d/{top.upper()}.ldb", flags=ldb.FLG_NOSYNC)
    modify(database, ldb.Dn(database, account), attribute, values)


class Domain:
    """The data of a domain, made once: each controller runs on a copy. `controllers` and `members`
    are {name: address}; DNS names them all, and the first controller as the PDC emulator."""

    def __init__(self, network, name, controllers, members=None):
        needs_programs("samba-tool", "samba")
        self.network = network
        self.name = name
        self.controllers = controllers
        self.workgroup = name.split(".")[0].upper()
        self.folder = network.folder / "domain"
        self.folder.mkdir()
        self.provision(*next(iter(controllers.items())))
        self.configuration = self.folder / "smb.conf"
        self.configuration.write_text(self.settings(self.folder / "data", "127.0.0.1"))
        self.fill_dns({**dict(list(controllers.items())[1:]), **(members or {})})

    def provision(self, controller, address):
        bare = self.folder / "bare"  # so that nothing of the machine's own Samba is read
        (self.folder / "bare.conf").write_text(smb_conf(bare, []))
        Server.run(
            "samba-tool", "domain", "provision", f"--configfile={self.folder}/bare.conf",
            f"--realm={self.name.upper()}", f"--domain={self.workgroup}", "--server-role=dc",
            "--dns-backend=SAMBA_INTERNAL", f"--adminpass={PASSWORD}", f"--host-name={controller}",
            f"--host-ip={address}", f"--targetdir={self.folder}/data",
            f"--option=interfaces={address}/8", "--option=bind interfaces only=yes",
            "--option=ldb:nosync=true",
        )  # fmt: skip

    def settings(self, folder, address):
        """smb.conf of a controller whose data are in this folder."""
        first = next(iter(self.controllers))
        lines = [
            f"netbios name = {first.upper()}",  # whose copy it is
            f"realm = {self.name.upper()}",
            f"workgroup = {self.workgroup}",
            "server role = active directory domain controller",
            "server services = s3fs, rpc, ldap, cldap, kdc, dns",
            f"interfaces = {address}/8",
            "bind interfaces only = yes",
            "dns update command = /bin/true",
            "spn update command = /bin/true",
            "dns forwarder =",
            "dsdb:schema update allowed = yes",
            "tls enabled = no",
            "disable spoolss = yes",
            "ldb:nosync = true",
            "logging = file",
            f"log file = {folder}/samba.log",
            "log level = 1 kerberos:3",
        ]
        return smb_conf(folder, lines)

    def fill_dns(self, hosts):
        from samba.provision.sambadns import add_host_record

        directory = open_directory(self.configuration)
        zone = f"DC={self.name},CN=MicrosoftDNS,DC=DomainDnsZones,{directory.domain_dn()}"
        for host, address in hosts.items():
            add_host_record(directory, zone, f"DC={host}", address, None)
        self.publish(directory, "dc", self.controllers)

    def publish(self, directory, service, controllers):
        """SRV records, by which the domain's controllers or its PDC emulator are found."""
        from samba.provision.sambadns import SRVRecord

        records = [SRVRecord(f"{controller}.{self.name}", 389) for controller in controllers]
        directory.dns_replace(f"_ldap._tcp.{service}._msdcs.{self.name}", records)

    def add_computer(self, name, services=()):
        """The account of a member, with keys and with these service principal names."""
        directory = open_directory(self.configuration)
        directory.newcomputer(name)
        account = f"(sAMAccountName={name}$)"
        where = directory.search(directory.domain_dn(), expression=account)[0].dn
        # Keys are made of the password, for the encryption that the account is said to have.
        modify(directory, where, "msDS-SupportedEncryptionTypes", [ALL_ENCRYPTION])
        directory.setpassword(account, PASSWORD)
        modify(directory, where, "servicePrincipalName", list(services))

    def let_search_by_kerberos(self):
        """The name of the first controller's LDAP, which `samba_spnupdate` would give it."""
        directory = open_directory(self.configuration)
        host = next(iter(self.controllers))
        account = directory.search(directory.domain_dn(), expression=f"(sAMAccountName={host}$)")[0]
        names = [str(name) for name in account["servicePrincipalName"]]
        name = f"ldap/{host}.{self.name}"
        modify(directory, account.dn, "servicePrincipalName", [*names, name])

    def export_keytab(self, path, *principals):
        """The keys of these principals, for servers that are to understand tickets."""
        for principal in principals:
            Server.run(
                "samba-tool", "domain", "exportkeytab", path, f"--principal={principal}",
                f"--configfile={self.configuration}",
            )  # fmt: skip


class DomainController(Server):
    """Directory, Kerberos, DNS and SMB by Samba, NTP by chrony. `pdc`: the controller that its DNS
    calls the PDC emulator. `directives`: more of smb.conf, which stand before what it has."""

    PROGRAMS = ("samba", "smbd")
    PORTS = (53, 88, 389, 445)

    def __init__(self, domain, name, offset=0, pdc=None, directives=()):
        super().__init__(domain.network, domain.controllers[name], offset)
        self.domain = domain
        self.name = f"{name}.{domain.name}"
        self.clock = TimeServer(domain.network, self.address, offset)
        self.data = self.folder / "data"
        shutil.copytree(domain.folder / "data", self.data)
        settings = domain.settings(self.data, self.address)
        configuration = self.write("smb.conf", settings + "\n".join([*directives, ""]))
        if pdc:
            domain.publish(open_directory(configuration), "pdc", [pdc])

    def start(self):
        self.clock.start()
        self.launch(
            "samba", "-F", "--no-process-group", "-M", "single", "-s", self.folder / "smb.conf",
            **SHALLOW,
        )  # fmt: skip

    def is_ready(self):
        return super().is_ready() and self.clock.is_ready()

    def stop(self):
        super().stop()
        self.clock.stop()

    def log(self):
        return super().log() + (self.data / "samba.log").read_text(errors="replace")


class FileServer(Server):
    """smbd by itself, in no domain."""

    PROGRAMS = ("smbd",)
    PORTS = (445,)

    def __init__(self, network, address, offset=0):
        super().__init__(network, address, offset)
        lines = [
            "netbios name = FILES",
            "server role = standalone server",
            f"interfaces = {address}/8",
            "bind interfaces only = yes",
            "disable netbios = yes",
            "disable spoolss = yes",
            "smb ports = 445",
            "logging = file",
            f"log file = {self.folder}/smbd.log",
        ]
        self.write("smb.conf", smb_conf(self.folder, lines))

    def start(self):
        self.launch("smbd", "-F", "--no-process-group", "-s", self.folder / "smb.conf")
