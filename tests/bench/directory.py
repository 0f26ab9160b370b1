#!/usr/bin/env python3
"""directory.py: for directory.sh: a forest to look names up in, and who does so how fast.

Half of the accounts are users, half computers with the names that Windows gives them; a hundred of
these are servers of Exchange. Four names of theirs are wrong. The forest is read from end to end
by ldapsearch, as `setspn -X` does; the names in question are looked for by exdiag, and by
ldapsearch with exdiag's own filters. Ends with 1 where a bound is broken.
"""
import json
import os
import subprocess
import sys
import time

SERVERS, TIMES, LONGEST, BIGGEST = 100, 7, 1.0, 32  # seconds, MiB
TOP = "DC=corp,DC=test"
CONFIG = f"CN=Configuration,{TOP}"
ORGANISATION = f"CN=Microsoft Exchange,CN=Services,{CONFIG}"

TEXT = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
ATTRIBUTES = """
configurationNamingContext defaultNamingContext rootDomainNamingContext isGlobalCatalogReady
sAMAccountName userPrincipalName dNSHostName servicePrincipalName proxyAddresses operatingSystem
nETBIOSName dnsRoot sPNMappings networkAddress msExchSmtpFullyQualifiedDomainName msExchSmtpSmartHost
msExchSMTPReceiveConnectorFQDN msExchSMTPReceiveInboundSecurityFlag
""".split()
CLASSES = """
user computer container crossRef nTDSService msExchExchangeServer msExchSmtpReceiveConnector
""".split()
SLAPD = """
include /etc/ldap/schema/core.schema
{schema}
modulepath /usr/lib/ldap
moduleload back_mdb
sizelimit unlimited
rootDSE {folder}/rootdse.ldif
defaultsearchbase {top}
access to * by * read
database mdb
suffix {top}
directory {folder}/data
maxsize 4294967296
index objectClass,servicePrincipalName,sAMAccountName,dNSHostName eq
index msExchSmtpFullyQualifiedDomainName,msExchSMTPReceiveConnectorFQDN,msExchSmtpSmartHost pres
"""
ROOT_DSE = f"""dn:
configurationNamingContext: {CONFIG}
defaultNamingContext: {TOP}
rootDomainNamingContext: {TOP}
isGlobalCatalogReady: TRUE
"""


# ---- the forest ----


def write_zone():
    print("$ORIGIN corp.test.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns")
    print("ns IN A 127.0.0.1\ndc1 IN A 127.0.0.1")
    for service in ("dc", "pdc", "gc"):
        print(f"_ldap._tcp.{service}._msdcs IN SRV 0 100 389 dc1")
    for number in range(SERVERS):
        print(f"ex{number} IN A 127.0.0.2\nmail{number} IN A 127.0.0.2")


def write_configuration(folder):
    arc = "1.2.840.113556.1.8000.2554.41870.9143"
    schema = [f"attributetype ( {arc}.1.{i} NAME '{name}' {TEXT} )" for i, name in enumerate(ATTRIBUTES)]
    may = " $ ".join([*ATTRIBUTES, "cn", "name", "dc", "mail", "serialNumber", "description"])
    schema += [
        f"objectclass ( {arc}.2.{i} NAME '{name}' SUP top STRUCTURAL MAY ( {may} ) )"
        for i, name in enumerate(CLASSES)
    ]
    with open(f"{folder}/slapd.conf", "w") as file:
        file.write(SLAPD.format(schema="\n".join(schema), folder=folder, top=TOP))
    with open(f"{folder}/rootdse.ldif", "w") as file:
        file.write(ROOT_DSE)


def entry(dn, kind, **attributes):
    lines = [f"dn: {dn}", f"objectClass: {kind}"]
    for name, values in attributes.items():
        lines += [f"{name}: {value}" for value in (values if isinstance(values, list) else [values])]
    print("\n".join(lines) + "\n")


def container(dn):
    entry(dn, "container")
    return dn


def write_organisation():
    entry(TOP, "container", dc="corp")
    container(CONFIG)
    partitions = container(f"CN=Partitions,{CONFIG}")
    entry(f"CN=CORP,{partitions}", "crossRef", nETBIOSName="CORP", dnsRoot="corp.test")
    services = container(f"CN=Services,{CONFIG}")
    windows = container(f"CN=Windows NT,{services}")
    entry(
        f"CN=Directory Service,{windows}", "nTDSService", sPNMappings="host=alerter,http,www,cifs,dns"
    )
    container(ORGANISATION)
    servers = container(f"CN=Servers,{ORGANISATION}")
    for number in range(SERVERS):
        where = f"CN=EX{number},{servers}"
        entry(
            where, "msExchExchangeServer", serialNumber="Version 15.1 (Build 32507.6)",
            networkAddress=[f"netbios:EX{number}", f"ncacn_ip_tcp:ex{number}.corp.test"],
        )  # fmt: skip
        protocols = container(f"CN=Protocols,{where}")
        connectors = container(f"CN=SMTP Receive Connectors,{protocols}")
        entry(
            f"CN=Default EX{number},{connectors}", "msExchSmtpReceiveConnector",
            msExchSMTPReceiveConnectorFQDN=f"mail{number}.corp.test",
            msExchSMTPReceiveInboundSecurityFlag="16",
        )  # fmt: skip


def names_of(number, host):
    """Of a computer; the first are servers of Exchange, and a few of theirs are wrong."""
    names = [f"{service}/{name}" for service in ("HOST", "RestrictedKrbHost", "TERMSRV", "WSMAN")
             for name in (host.upper(), f"{host}.corp.test")]
    if number < SERVERS:
        names += [f"SmtpSvc/{host}.corp.test", f"SmtpSvc/{host.upper()}"]
        names += [f"SMTPSVC/mail{number}.corp.test"] if number not in (2, 3) else []
    return names


WRONG = {77_777: "smtpsvc/MAIL0.corp.test", 88_888: "SMTPSVC/mail1.corp.test", 99_999: "SMTPSVC/mail2.corp.test"}
FOUND = {
    ("smtp-spn-duplicate", "ex0.corp.test"), ("smtp-spn-duplicate", "ex1.corp.test"),
    ("smtp-spn-misplaced", "ex2.corp.test"), ("smtp-spn-missing", "ex3.corp.test"),
}  # fmt: skip


def write_accounts(count):
    write_organisation()
    units = [container(f"CN=Unit {number},{TOP}") for number in range(100)]
    planted = {number * count // 200_000: name for number, name in WRONG.items()}
    for number in range(count // 2):
        host = f"ex{number}" if number < SERVERS else f"pc{number}"
        extra = [planted[number]] if number in planted else []
        entry(
            f"CN={host},{units[number % 100]}", "computer", sAMAccountName=f"{host.upper()}$",
            dNSHostName=f"{host}.corp.test", operatingSystem="Windows 11 Enterprise",
            servicePrincipalName=names_of(number, host) + extra,
        )  # fmt: skip
        entry(
            f"CN=user{number},{units[number % 100]}", "user", sAMAccountName=f"user{number}",
            userPrincipalName=f"user{number}@corp.test", mail=f"user{number}@corp.test",
            proxyAddresses=[f"SMTP:user{number}@corp.test", f"smtp:u{number}@corp.test"],
        )  # fmt: skip


# ---- the runs ----


def timed(command):
    """Seconds, MiB at most, and what it printed."""
    began = time.monotonic()
    done = subprocess.run(
        ["/usr/bin/time", "-q", "-f", "%M", *command], capture_output=True, check=False,
        env={**os.environ, "KRB5CCNAME": "FILE:/nonexistent", "LDAPCONF": "/dev/null"},
    )  # fmt: skip
    seconds = time.monotonic() - began
    return seconds, int(done.stderr.split()[-1]) / 1024, done.stdout


def measure(name, times, command):
    runs = sorted(timed(command) for _ in range(times))
    median, peak = runs[times // 2][0], max(run[1] for run in runs)
    print(f"{name:44s} {times:4d} {runs[0][0]:8.3f} {median:8.3f} {peak:9.1f}")
    return median, peak, runs[0][2]


def search(filter_, *attributes):
    return ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt", "-H",
            "ldap://127.0.0.1:3268", "-b", TOP, filter_, *attributes]


def filters_of(path):
    """The questions for accounts that exdiag asked."""
    with open(path) as file:
        items = [json.loads(line) for line in file]
    return [item["filter"] for item in items if "(servicePrincipalName=" in item.get("filter", "")]


def run(exdiag, port, folder):
    saved = f"{folder}/evidence.jsonl"
    check = [exdiag, "check", "--domain", "corp.test", "--only", "spn", "--dns", f"127.0.0.1:{port}",
             "--format", "json"]
    report = json.loads(timed([*check, "--save", saved])[2])
    found = {(one["id"], one["subject"]["name"]) for one in report["findings"] if one["outcome"] == "problem"}
    filters = filters_of(saved)
    one_by_one = ["sh", "-c", 'while read -r filter; do "$@" "$filter" servicePrincipalName; done <"$0"',
                  f"{folder}/filters", *search("")[:-1]]
    with open(f"{folder}/filters", "w") as file:
        file.write("".join(f"{one}\n" for one in filters))
    print(f"{'':44s} {'runs':>4s} {'s, best':>8s} {'median':>8s} {'peak MiB':>9s}")
    ours, peak, _ = measure(f"exdiag check, {SERVERS} servers, {len(filters)} searches", TIMES, check)
    one, _, _ = measure("ldapsearch, one of these searches", TIMES, search(filters[0], "servicePrincipalName"))
    all_, _, _ = measure("ldapsearch, all of them", TIMES, one_by_one)
    whole, _, _ = measure(
        "ldapsearch, all names of the forest", 3, search("(servicePrincipalName=*)", "servicePrincipalName")
    )
    print(f"  exdiag takes {ours / one:.1f} times one search by ldapsearch, {ours / all_:.2f} times all of "
          f"them, 1/{whole / ours:.0f} of reading the forest")
    if found != FOUND:
        print(f"  broken: found {sorted(found)}")
    if ours > LONGEST or peak > BIGGEST:
        print(f"  broken: {LONGEST} s and {BIGGEST} MiB are the bounds")
    return found == FOUND and ours <= LONGEST and peak <= BIGGEST


what, *rest = sys.argv[1:]
if what == "zone":
    write_zone()
elif what == "configuration":
    write_configuration(*rest)
elif what == "accounts":
    write_accounts(int(*rest))
else:
    sys.exit(not run(*rest))
