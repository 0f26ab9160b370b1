#!/usr/bin/python3
"""spf_against_pyspf.py EXDIAG [SEED [COUNT]]: two implementations of RFC 7208, one world.

Makes COUNT domains (2,000) with random records: every mechanism, modifier and macro,
wrong ones too, include and redirect into each other. NSD serves them to `exdiag audit`;
pyspf, the reference implementation, reads the same data from memory. Their results must
be equal for every domain, for a sender of IPv4 and one of IPv6. /usr/bin/python3 is the
interpreter that Debian's pyspf is installed for.

Left out is what pyspf is known to do otherwise than the RFC: it does not know modifiers in
upper case, takes the digit 0 in a macro, calls an unknown modifier that comes twice an
error, counts every redirect that it reads, followed or not, looks up %{p} for terms that
it never comes to, and calls an include of the very same name an error before it is reached.
"""
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore")
import spf  # noqa: E402

SENDERS = ["192.0.2.5", "2001:db8::5"]
HELO = "helo.pool"
LOCAL = "user"


class World:
    def __init__(self, seed, count):
        self.random = random.Random(seed)
        self.records = {}
        self.hosts = [f"h{i}.pool" for i in range(40)]
        self.domains = [f"d{i}.pool" for i in range(count)]
        self.make_hosts()
        for domain in self.domains:
            self.make_domain(domain)

    def add(self, name, kind, data):
        self.records.setdefault(name.lower(), []).append((kind, data))

    def pick(self, *choices):
        return self.random.choice(choices)

    def make_hosts(self):
        self.add(HELO, "A", "192.0.2.5")
        self.add("5.2.0.192.in-addr.arpa", "PTR", "d1.pool")
        self.add("5.2.0.192.in-addr.arpa", "PTR", "h1.pool")
        self.add("h1.pool", "A", "192.0.2.5")
        self.add("d1.pool", "A", "192.0.2.5")
        for host in self.hosts:
            kind = self.random.randrange(10)
            for last in self.random.sample(range(12), self.random.randrange(3) if kind < 8 else 0):
                self.add(host, "A", f"192.0.2.{last}")
            if kind in (2, 3, 4, 8):
                self.add(host, "AAAA", f"2001:db8::{self.random.randrange(12):x}")
            if kind in (0, 4, 9):
                for exchanger in self.random.sample(self.hosts, self.random.choice([1, 2, 3, 10, 11])):
                    self.add(host, "MX", f"10 {exchanger}")
            if kind == 5:
                self.add(host, "TXT", "see %{d} for %{i}")

    def other_domain(self):
        domain = self.random.choice(self.domains)
        return domain if domain != self.domain else self.hosts[0]

    def domain_spec(self):
        host, domain = self.random.choice(self.hosts), self.other_domain()
        good = (host, host, host, domain, domain, "%{d}", "%{h}", "%{i}.pool", "%{ir}.%{v}.arpa", "%{l}.pool", "%{d2}",
                "%{d1r}.pool", "h%{l1r-}.pool", "%{S}.pool", "missing.pool", "h1.pool.", "%%.pool", "%_.pool",
                "_x.pool", "H2.POOL", "%{D3.-}.pool", "%{d1000}.pool", "x%-y.pool", "%{o1}.pool", "%{iR}.pool")
        bad = ("pool", "a..b", "%{d", "%(d)", "%{x}.pool", "h1.pool%", "h-.pool", "h1.1", "h1.9x", "x" * 64 + ".pool",
               "%{c}.pool", "")
        return self.random.choice(good if self.is_good() else bad)

    def is_good(self):
        return self.random.random() < 0.97

    def one_of(self, good, bad):
        return self.random.choice(good if self.is_good() else bad)

    def term(self):
        qualifier = self.pick("", "", "", "+", "-", "~", "?")
        kind = self.random.randrange(16)
        if kind < 4:
            length = self.one_of(("", "", "", "", "/32", "/29", "/0", "//64", "/30//126"), ("/33", "//129", "/08", "/"))
            return qualifier + self.pick("a", "A", "mx", "a:" + self.domain_spec(), "mx:" + self.domain_spec()) + length
        if kind < 7:
            return self.pick("", "", "?", "-") + self.pick("include:", "include:", "Include:") + self.other_domain()
        if kind < 9:
            return qualifier + self.one_of(
                ("ip4:192.0.2.8/29", "ip4:192.0.2.5", "ip4:198.51.100.1", "ip4:192.0.2.6/31", "IP4:192.0.2.6", "ip4:0.0.0.0/0"),
                ("ip4:1.2.3", "ip4:192.0.2.5/33", "ip4:", "ip4", "ip4:192.0.2.05", "ip4:192.0.2.5/032", "ip4:192.0.2.5//32"))
        if kind < 11:
            return qualifier + self.one_of(
                ("ip6:2001:db8::/126", "ip6:2001:db8::5", "ip6:::1", "ip6:2001:db8::9/128", "ip6:::ffff:192.0.2.5"),
                ("ip6:x", "ip6:2001:db8::5/129", "ip6:1::2::3", "ip6:"))
        if kind < 12:
            return qualifier + "exists:" + self.domain_spec()
        if kind < 13:
            return qualifier + self.pick("ptr", "ptr:" + self.domain_spec(), "ptr:pool.test")
        if kind < 14:
            return "redirect=" + self.other_domain()
        if kind < 15:
            return self.one_of(("exp=" + self.domain_spec(), f"x-y_z.{self.random.random()}=%{{d}}"), ("1x=3", "=x", "z=%{x}"))
        return self.one_of(("", "ip4:192.0.2.5", "all", "-all", "?all"),
                           ("bogus", "-", "a:", "mx/", "a/24/24", "include", "v=spf1", "\u2013all", "all:x", "all=", "all/8"))

    def record(self):
        terms = [self.term() for _ in range(self.random.choice([1, 2, 2, 3, 3, 4, 6]))]
        terms.append(self.pick("-all", "~all", "?all", "+all", "", ""))
        if any(term.endswith("all") for term in terms):
            terms = [term for term in terms if not term.startswith("redirect")]
        redirects = [term for term in terms if term.startswith("redirect")]
        if redirects:
            terms = ["ip4:198.51.100.1", redirects[0]]
        return self.pick("v=spf1", "v=spf1", "V=SPF1", "v=spf1 ") + " " + " ".join(terms)

    def make_domain(self, domain):
        self.domain = domain
        kind = self.random.randrange(20)
        if kind == 0:
            self.add(domain, "A", "192.0.2.1")
            return
        if kind == 1:
            self.add(domain, "TXT", self.pick("v=spf10 -all", "hello", "v=spf1\t-all", "v=spf1"))
        if kind == 2:
            self.add(domain, "TXT", self.record())
        self.add(domain, "TXT", self.record())
        if self.random.random() < 0.3:
            self.add(domain, "A", f"192.0.2.{self.random.randrange(12)}")
        if self.random.random() < 0.3:
            self.add(domain, "MX", f"10 {self.random.choice(self.hosts)}")


# ---- serving it to exdiag ----

def zone_string(data):
    return '"' + "".join(chr(c) if 32 <= c < 127 and c not in b'"\\' else f"\\{c:03d}" for c in data) + '"'


def zone_text(world):
    lines = [". 60 IN SOA ns.pool. hostmaster.pool. 1 3600 600 86400 60", ". 60 IN NS ns.pool.", "ns.pool. 60 IN A 127.0.0.1"]
    for name, records in world.records.items():
        for kind, data in records:
            if kind == "TXT":
                octets = data.encode()
                data = " ".join(zone_string(octets[i:i + 255]) for i in range(0, len(octets), 255))
            elif kind in ("MX", "PTR"):
                data += "."
            lines.append(f"{name}. 60 IN {kind} {data}")
    return "\n".join(lines) + "\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nsd(folder, port):
    with open(folder + "/nsd.conf", "w") as file:
        file.write(f"""server:
    server-count: 1
    ip-address: 127.0.0.1@{port}
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/pid"
    xfrdfile: ""
    zonelistfile: "{folder}/zones"
    xfrdir: "{folder}"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "."
    zonefile: "zone"
""")
    server = subprocess.Popen(["nsd", "-d", "-c", folder + "/nsd.conf"], stderr=subprocess.DEVNULL)
    for _ in range(100):
        answer = subprocess.run(["kdig", "+short", "+timeout=1", "+retry=0", "@127.0.0.1", "-p", str(port), "ns.pool"],
                                capture_output=True)
        if answer.stdout.strip():
            return server
        time.sleep(0.1)
    server.terminate()
    raise SystemExit("NSD does not answer")


def audit(exdiag, port, sender, domains):
    lines = subprocess.run([exdiag, "audit", "--ip", sender, "--helo", HELO, "--sender", LOCAL, "--dns", f"127.0.0.1:{port}"],
                           input="\n".join(domains), capture_output=True, text=True, timeout=300)
    if lines.returncode != 0:
        raise SystemExit(f"exdiag audit ended with {lines.returncode}: {lines.stderr}")
    return {one["domain"]: one["spf"]["result"] for one in map(json.loads, lines.stdout.splitlines())}


# ---- serving it to pyspf ----

def lookup_in(world):
    def lookup(name, kind, *_):
        name = name.lower().rstrip(".")
        found = []
        for have, data in world.records.get(name, []):
            if have != kind:
                continue
            if kind == "TXT":
                octets = data.encode()
                data = [octets[i:i + 255] for i in range(0, len(octets), 255)]
            elif kind == "MX":
                preference, host = data.split()
                data = (int(preference), host)
            found.append(((name, kind), data))
        return found
    return lookup


def main():
    exdiag = os.path.realpath(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7208
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    world = World(seed, count)
    spf.DNSLookup = lookup_in(world)
    folder, port = tempfile.mkdtemp(), free_port()
    with open(folder + "/zone", "w") as file:
        file.write(zone_text(world))
    server = start_nsd(folder, port)
    failed = 0
    try:
        for sender in SENDERS:
            ours = audit(exdiag, port, sender, world.domains)
            tally = {}
            for domain in world.domains:
                theirs = spf.check2(i=sender, s=f"{LOCAL}@{domain}", h=HELO)
                tally[theirs[0]] = tally.get(theirs[0], 0) + 1
                if ours.get(domain) != theirs[0]:
                    failed += 1
                    if failed <= 20:
                        print(f"{sender} {domain}: exdiag {ours.get(domain)}, pyspf {theirs}: {world.records.get(domain)}")
            print(f"{sender}: {tally}")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)
    print(f"{2 * count - failed} of {2 * count} results are the same")
    print(f"{0 if failed else 1} passed, {1 if failed else 0} failed")
    return 1 if failed else 0


sys.exit(main())
