"""contoso.com as an organisation of Exchange: lab_directory, lab_time's KDC and lab_smtp, and the
entries that the directory is made of."""

import base64

from harness import *

LAB_DIRECTORY, LAB_TIME, LAB_SMTP = (str(BUILD / f"tests/lab_{name}") for name in ("directory", "time", "smtp"))
DC1, DC2 = "127.0.0.11", "127.0.0.12"
EX01, EX02 = "127.0.0.21", "127.0.0.22"
ADDRESSES = {"dc1": DC1, "dc2": DC2, "ex01": EX01, "ex02": EX02, "ex03": "127.0.0.23", "mail": EX01}
DOMAIN = "DC=contoso,DC=com"
CONFIGURATION = f"CN=Configuration,{DOMAIN}"
EXCHANGE = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
SERVERS = f"CN=Servers,CN=First,CN=Administrative Groups,CN=Contoso,{EXCHANGE}"
SECRET = "pass-word of nobody"
ORDINARY = ["--only", "spn", "--timeout", "3"]


# ---- what the directory holds ----


def entry(dn, **attributes):
    """One entry of an export; what is not plain text stands in base64."""
    lines = [("dn", dn), *((name, one) for name, list in attributes.items() for one in list)]

    def line(name, value):
        raw = value if isinstance(value, bytes) else value.encode()
        plain = re.fullmatch(rb"[!-9;=-~][ -~]*", raw) and not raw.endswith(b" ")
        return f"{name}: {raw.decode()}" if plain or not raw else f"{name}:: {base64.b64encode(raw).decode()}"

    return "\n".join(line(*one) for one in lines) + "\n\n"


def computer(name, *names, rdn=None):
    host = f"{name.lower()}.contoso.com"
    own = [f"{service}/{one}" for service in ("HOST", "SMTP", "SmtpSvc") for one in (name, host)]
    return entry(f"CN={rdn or name},OU=Computers,{DOMAIN}", objectClass=["user", "computer"],
                 sAMAccountName=[name + "$"], dNSHostName=[host], servicePrincipalName=[*own, *names])  # fmt: skip


def account(name, *names, rdn=None):
    return entry(f"CN={rdn or name},OU=Users,{DOMAIN}", objectClass=["user"], sAMAccountName=[name],
                 servicePrincipalName=names)  # fmt: skip


def server(name, fqdn=None, version="15.2 (Build 31118.7)"):
    host = f"{name.lower()}.contoso.com"
    listener = f"CN=Default Frontend {name},CN=SMTP Receive Connectors,CN=Protocols,CN={name},{SERVERS}"
    return entry(f"CN={name},{SERVERS}", objectClass=["msExchExchangeServer"], serialNumber=[f"Version {version}"],
                 networkAddress=[f"ncacn_ip_tcp:{host}"]) + entry(
                 listener, msExchSMTPReceiveConnectorFQDN=[fqdn or host],
                 msExchSMTPReceiveInboundSecurityFlag=["31"])  # fmt: skip


def virtual_server(name, fqdn):
    return entry(f"CN=2,CN=SMTP,CN=Protocols,CN={name},{SERVERS}", msExchSmtpFullyQualifiedDomainName=[fqdn])


def forest(*entries, mapped="http"):
    root = entry("", configurationNamingContext=[CONFIGURATION], defaultNamingContext=[DOMAIN],
                 rootDomainNamingContext=[DOMAIN], dnsHostName=["dc1.contoso.com"],
                 ldapServiceName=["contoso.com:dc1$@CONTOSO.COM"], isGlobalCatalogReady=["TRUE"])  # fmt: skip
    above = [(DOMAIN, {}), (CONFIGURATION, {}), (f"CN=Partitions,{CONFIGURATION}", {}), (EXCHANGE, {}),
             (f"CN=CONTOSO,CN=Partitions,{CONFIGURATION}", {"dnsRoot": ["contoso.com"], "nETBIOSName": ["CONTOSO"]}),
             (f"CN=Directory Service,CN=Windows NT,CN=Services,{CONFIGURATION}",
              {"sPNMappings": [f"host=alerter,{mapped}"]})]  # fmt: skip
    return root + "".join(entry(dn, objectClass=["top"], **more) for dn, more in above) + "".join(entries)


TWO = (server("EX01"), server("EX02"), computer("EX01"), computer("EX02"))
CALLED_MAIL = (server("EX01", "mail.contoso.com"), server("EX02"), computer("EX01"), computer("EX02"))


# ---- the organisation ----


class Lab_process:
    """One of the lab's programs; what it says in the end is in `account`."""

    def __init__(self, program, arguments, count):
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment(None))  # fmt: skip
        lines = [self.process.stdout.readline() for _ in range(count)]
        expect(all(line.startswith("listening ") for line in lines), f"{program} says {lines}")

    def stop(self):
        self.process.stdin.close()
        self.account = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(DEADLINE)


class Organisation:
    """contoso.com: `ldif` in two controllers, of which the first has the options `first`; a catalog
    at each, with the options of its controller; both Exchange servers, greeting as in `greet`."""

    def __init__(self, ldif, first=(), second=(), both=(), greet=None, refuse=(), kdc="kerberos", only_second=False):
        needs_namespace()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="exdiag-spn."))
        self.folder.chmod(0o755)
        self.authority = self.folder / "authority.pem"
        (self.folder / "forest.ldif").write_text(ldif)
        self.parts, authorities = [], []
        for number, (address, options) in enumerate(((DC1, first), (DC2, second))):
            if only_second and address == DC1:
                continue
            for port, more in (("389", ()), ("3268", ("--catalog",)), ("636", ("--ldaps",))):
                if port == "636" and "--tls" not in both:
                    continue
                authorities.append(self.folder / f"authority-{number}-{port}.pem")
                told = (f"--authority={authorities[-1]}", f"--name=dc{number + 1}.contoso.com")
                self.start(LAB_DIRECTORY, [*both, *options, *more, *told, f"{address}:{port}={self.folder}/forest.ldif"])
        self.authority.write_text("".join(one.read_text() for one in authorities))
        refusals = [f"--refuse={code}:{spn}" for spn, code in dict(refuse).items()]
        self.start(LAB_TIME, [*refusals, *(f"{address}={kdc}" for address in (DC1, DC2))])
        greet = {EX01: "exchange@ex01.contoso.com", EX02: "exchange@ex02.contoso.com", **(greet or {})}
        self.start(LAB_SMTP, [f"{address}={how}" for address, how in greet.items()])
        zone = [f"{name}.contoso.com A {address}" for name, address in ADDRESSES.items()]
        zone += [f"_ldap._tcp.{kind}._msdcs.contoso.com SRV {at} 100 {port} dc{at}.contoso.com"
                 for kind, port in (("dc", 389), ("gc", 3268)) for at in (1, 2)]  # fmt: skip
        self.names = Lab("\n".join(zone) + "\n")

    def start(self, program, arguments):
        self.parts.append(Lab_process(program, arguments, sum("=" in one and one[0] != "-" for one in arguments)))

    def ways(self):
        return ["--dns", self.names.dns, *ORDINARY]

    def check(self, *arguments, **options):
        subjects = [] if "--server" in arguments or "--dc" in arguments else ["contoso.com"]
        return exdiag("check", *subjects, *self.ways(), *arguments, "--format", "json", **options)

    def as_user(self, *arguments, password=SECRET, **options):
        variables = {"EXDIAG_PASSWORD": password, **options.pop("variables", {})}
        return self.check("--user", "alice@contoso.com", "--ca-file", self.authority, *arguments,
                          variables=variables, **options)  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.names.stop()
        for part in self.parts:
            part.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def binds(self):
        """At all directories, once they have ended."""
        return sum(int(one) for part in self.parts for one in re.findall(r"binds=(\d+)", part.account))


GUARDED = ("--closed", "--tls", "--user=alice@contoso.com", f"--password={SECRET}")
