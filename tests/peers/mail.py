"""The program against real mail servers from Debian's packages, in a network of their own:
Postfix (plain, behind postscreen, slow, refusing), haproxy as the balancer that it is in
front of many an exchanger, addresses that lead nowhere, a socket that nobody accepts from.
Their domains are in one signed zone, which NSD serves and Unbound validates.

One run examines them all, so that what they wait for passes side by side.
"""

import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.once import once  # noqa: E402

BLACK_HOLE, NEIGHBOURLESS = "198.51.100.1", "198.51.100.2"
PATIENCE = 25  # seconds; the balancer without a back end closes after 20
NAMED = ("plain.com", "postscreen.com", "sleepy.com", "delayed.com", "rekeyed.com")  # certified
PROGRAMS = ("postfix", "haproxy", "nsd", "unbound", "dnssec-signzone", "openssl", "kdig")

# The exchangers of each domain, best first.
DOMAINS = {
    "plain.com": ["127.0.0.21"],
    "notls.com": ["127.0.0.22"],
    "postscreen.com": ["127.0.0.23"],
    "sleepy.com": ["127.0.0.24"],
    "rejecting.com": ["127.0.0.25"],
    "misnamed.com": ["127.0.0.26"],
    "rekeyed.com": ["127.0.0.27"],
    "delayed.com": ["127.0.0.31"],
    "dead.com": ["127.0.0.32"],
    "failover.com": ["127.0.0.32", "127.0.0.22"],
    "backdoor.com": ["127.0.0.33"],
    "silent.com": ["127.0.0.34"],
    "resets.com": ["127.0.0.35"],
    "deaf.com": ["127.0.0.36"],
    "closed.com": ["127.0.0.37"],
    "blackhole.com": [BLACK_HOLE, "127.0.0.22"],
    "unrouted.com": [NEIGHBOURLESS, "127.0.0.22"],
}


# ---- the servers ----


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect_equal(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def write_zone(place):
    lines = [
        "$TTL 300",
        "@ IN SOA ns1 hostmaster 1 3600 600 86400 300",
        "@ IN NS ns1",
        "ns1 IN A 127.0.0.2",
    ]
    for domain, addresses in DOMAINS.items():
        for number, address in enumerate(addresses, 1):
            host = "mx" if number == 1 else f"mx{number}"
            lines += [f"{domain}. IN MX {number}0 {host}.{domain}.", f"{host}.{domain}. IN A {address}"]
    lines += [
        f"_25._tcp.mx.plain.com. IN TLSA 3 1 1 {key_digest(place)}",
        f"_25._tcp.mx.rekeyed.com. IN TLSA 3 1 1 {'00' * 32}",
    ]
    (place / "com.zone").write_text("\n".join(lines) + "\n")


def key_digest(place):
    key = subprocess.run(
        ["openssl", "x509", "-in", place / "certificate.pem", "-noout", "-pubkey"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "der"], input=key, capture_output=True, check=True
    ).stdout
    return hashlib.sha256(der).hexdigest()


def sign_zone(place):
    for flags in ([], ["-f", "KSK"]):
        run("dnssec-keygen", "-K", str(place), "-a", "ECDSAP256SHA256", *flags, "com")
    anchors = [
        line
        for key in place.glob("Kcom.*.key")
        for line in key.read_text().splitlines()
        if "DNSKEY 257" in line
    ]
    (place / "anchor").write_text("\n".join(anchors) + "\n")
    run("dnssec-signzone", "-S", "-K", str(place), "-d", str(place), "-o", "com",
        "-f", str(place / "com.zone.signed"), str(place / "com.zone"))  # fmt: skip


def make_certificate(place):
    names = ",".join(f"DNS:mx.{domain}" for domain in NAMED)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "30", "-subj", "/CN=mx.plain.com", "-addext", f"subjectAltName={names}",
        "-keyout", str(place / "key.pem"), "-out", str(place / "certificate.pem"))  # fmt: skip


def make_dead_ends():
    """One address whose packets get lost, one whose machine is not there."""
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")
    run("ip", "link", "set", "v0", "up")
    run("ip", "link", "set", "v1", "up")
    run("ip", "addr", "add", "198.51.100.254/24", "dev", "v0")
    run("ip", "neigh", "add", BLACK_HOLE, "lladdr", "02:00:00:00:00:01", "dev", "v0",
        "nud", "permanent")  # fmt: skip


def configure(place):
    (place / "postfix").mkdir()
    for name in ("spool", "data"):
        (place / "postfix" / name).mkdir()
    shutil.chown(place / "postfix/data", "postfix")
    for source in (HERE / "mail").glob("*.in"):
        name = source.stem
        target = place / "postfix" / name if name.endswith(".cf") else place / name
        target.write_text(source.read_text().replace("@WORK@", str(place)))
    run("postfix", "-c", str(place / "postfix"), "check")


class Servers:
    """All of them, in a folder of their own, for as long as the block takes."""

    def __init__(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="exdiag-mail."))
        self.place.chmod(0o755)
        self.processes = []
        self.deaf = None

    def __enter__(self):
        try:
            self.start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start_all(self):
        make_dead_ends()
        make_certificate(self.place)
        write_zone(self.place)
        sign_zone(self.place)
        configure(self.place)
        self.start("nsd", "-d", "-c", f"{self.place}/nsd.conf")
        self.start("unbound", "-d", "-c", f"{self.place}/unbound.conf")
        self.start("/usr/lib/postfix/sbin/master", "-c", f"{self.place}/postfix", "-d",
                   MAIL_CONFIG=f"{self.place}/postfix")  # fmt: skip
        self.start("haproxy", "-db", "-f", f"{self.place}/haproxy.cfg")
        self.deaf = socket.create_server(("127.0.0.36", 25))
        system_resolvers("nameserver 127.0.0.1\n")
        self.await_all()

    def start(self, *command, **variables):
        with open(self.place / (pathlib.Path(command[0]).name + ".log"), "wb") as log:
            self.processes.append(
                subprocess.Popen(
                    command, stdout=log, stderr=log, env={**os.environ, **variables},
                    start_new_session=True,
                )  # fmt: skip
            )

    def await_all(self):
        for address in ("127.0.0.21", "127.0.0.34"):
            wait_until(lambda address=address: is_listening(address))
        wait_until(self.is_validating)

    @staticmethod
    def is_validating():
        answer = subprocess.run(
            ["kdig", "+dnssec", "+timeout=1", "+retry=0", "@127.0.0.1", "plain.com", "MX"],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        return "Flags: qr rd ra ad;" in answer

    def stop(self):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(DEADLINE)
        if self.deaf:
            self.deaf.close()
        shutil.rmtree(self.place, ignore_errors=True)


def is_listening(address):
    try:
        socket.create_connection((address, 25), timeout=1).close()
    except OSError:
        return False
    return True


@once
def examined():
    """The report on all domains and on the plain server."""
    needs_namespace()
    for program in PROGRAMS:
        if not shutil.which(program):
            raise Skip(f"{program} is not there")
    with Servers() as servers:
        subjects = [word for domain in DOMAINS for word in ("--domain", domain)]
        began = time.monotonic()
        result = exdiag(
            "check", *subjects, "--server", "mx.plain.com", "--only", "mx", "--patience", PATIENCE,
            "--timeout", 8, "--ca-file", servers.place / "certificate.pem", "--format", "json",
            "--save", servers.place / "evidence", status=PROBLEMS,
        )  # fmt: skip
        result.took = time.monotonic() - began
        result.evidence = (servers.place / "evidence").read_text().splitlines()
        return result


# ---- the claims ----


def finding_of(name, finding_id):
    """The finding about a subject, or None: {outcome, severity, seen as one text}."""
    for finding in examined().report["findings"]:
        if finding["id"] == finding_id and finding["subject"]["name"] == name:
            seen = " / ".join(line["text"] for line in finding["seen"])
            return {**finding, "text": f"{finding['title']} / {seen}"}
    return None


def expect_finding(name, finding_id, outcome, severity=None, *texts):
    finding = finding_of(name, finding_id)
    found = {one for one in examined().findings() if one[1] == name}
    expect(finding, f"nothing of {finding_id} about {name}, but {found}")
    expect_equal(finding["outcome"], outcome, f"{finding_id} about {name}: {finding['text']}")
    if severity:
        expect_equal(finding["severity"], severity, f"severity of {finding_id} about {name}")
    for text in texts:
        expect_in(text, finding["text"], f"{finding_id} about {name}")


def expect_no_problem(name):
    problems = {one for one in examined().findings("problem") if one[1] == name}
    expect_equal(problems, set(), f"problems of {name}")


def expect_healthy(name, *texts):
    expect_no_problem(name)
    expect_finding(name, "mx-banner-stall", "ok", None, *texts)


# ---- the cases ----


@case
def postfix_greets():
    expect_healthy("plain.com", "ESMTP Postfix")
    expect_finding("plain.com", "mx-starttls", "ok")
    expect_finding("plain.com", "mx-certificate", "ok")


@case
def postfix_without_tls():
    expect_finding("notls.com", "mx-banner-stall", "ok")
    expect_finding("notls.com", "mx-starttls", "problem", None, "not offered")


@case
def a_certificate_for_other_names():
    expect_finding("misnamed.com", "mx-certificate", "problem", "info")


@case
def a_signed_tlsa_record_that_fits():
    expect_finding("plain.com", "mx-tlsa", "ok", None, "and is signed")


@case
def a_signed_tlsa_record_that_does_not_fit():
    expect_finding("rekeyed.com", "mx-tlsa", "problem", "critical", "TLSA 3 1 1 00")


@case
def postscreen_is_healthy_though_its_greeting_takes_six_seconds():
    expect_healthy("postscreen.com", "220-mx.plain.com", "the last line of the greeting after")


@case
def a_client_restriction_that_sleeps_is_a_delay():
    expect_healthy("sleepy.com", "greeting came after")


@case
def postfix_that_rejects_with_a_554():
    expect_finding("rejecting.com", "mx-greeting-refused", "problem", "warning", "554 5.7.1")


@case
def a_balancer_that_inspects_for_eight_seconds_is_a_delay():
    expect_healthy("delayed.com", "greeting came after")


@case
def a_balancer_without_back_end_is_the_stall():
    expect_finding("dead.com", "mx-banner-stall", "problem", "critical", "in 2",
                   "then it closed the connection", "no mail gets in")  # fmt: skip


@case
def the_stall_at_the_best_preference_is_critical_though_another_greets():
    expect_finding("failover.com", "mx-banner-stall", "problem", "critical",
                   "only if the sender moves on")  # fmt: skip


@case
def a_balancer_whose_back_end_refuses_closes():
    expect_finding("backdoor.com", "mx-closes", "problem", "critical", "closed after")


@case
def a_balancer_that_rejects_resets():
    expect_finding("resets.com", "mx-closes", "problem", "critical", "reset after")


@case
def a_silence_longer_than_the_patience_is_inconclusive():
    expect_finding("silent.com", "mx-banner-stall", "unknown", None, f"no greeting in {PATIENCE}")
    expect_no_problem("silent.com")


@case
def a_socket_that_nobody_accepts_from_is_inconclusive_too():
    expect_finding("deaf.com", "mx-banner-stall", "unknown", None, f"no greeting in {PATIENCE}")
    expect_no_problem("deaf.com")


@case
def a_closed_port_refuses():
    expect_finding("closed.com", "mx-refuses", "problem", "warning", "connection refused")


@case
def a_black_hole_is_unreachable():
    expect_finding("blackhole.com", "mx-unreachable", "problem", None, "no answer in time")


@case
def a_machine_that_is_not_there_is_unreachable():
    expect_finding("unrouted.com", "mx-unreachable", "problem", None, "no route to the host")


@case
def a_server_is_examined_at_all_three_ports():
    expect_healthy("mx.plain.com")
    keys = [json.loads(line).get("key") for line in examined().evidence]
    for key in ("smtp 127.0.0.21", "smtp 127.0.0.21:587", "smtp 127.0.0.21:465 with TLS at once"):
        expect_in(key, keys, "the evidence")


@case
def the_silent_are_waited_for_side_by_side():
    expect(examined().took < 2 * PATIENCE, f"it took {examined().took:.0f} s")


main()
