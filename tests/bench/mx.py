#!/usr/bin/env python3
"""mx.py EXDIAG DNS-PORT: mail exchangers that accept and stay silent, many at once.

Run by mx.sh, in a network of its own whose name server has the domains of `zone`. First one
domain with ten silent and ten healthy exchangers, beside tools that take one after the
other; then audits of 10,000 domains with one silent exchanger each, against the bound that
follows from the patience. Prints figures and ratios; ends with 1 where a bound is broken.
"""
import json
import math
import shutil
import smtplib
import subprocess
import sys
import time

PATIENCE = 5  # seconds
DOMAINS = 10000
PORT = 2525
PEERS = __file__.replace("mx.py", "mx_peers.py")
SILENT = [f"127.1.0.{host}" for host in range(1, 11)]
HEALTHY = [f"127.2.0.{host}" for host in range(1, 11)]


def write_zone():
    """Domains d0 to d9999 with a silent exchanger each, `many`, which has all twenty, and `one`."""
    print("$ORIGIN bench.example.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns")
    print("ns IN A 127.0.0.1\none IN MX 10 mx0")
    for number in range(DOMAINS):
        print(f"d{number} IN MX 10 mx{number}")
        print(f"mx{number} IN A 127.{3 + number // 65536}.{number // 256 % 256}.{number % 256}")
    for number, address in enumerate(SILENT + HEALTHY):
        print(f"many IN MX {10 * (number // 4)} all{number}\nall{number} IN A {address}")


class Peers:
    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, PEERS, str(PORT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.most, self.count = map(int, self.process.stdout.readline().split())
        self.process.stdin.close()
        self.process.wait()


def timed(command, text=None, **keywords):
    """Seconds, KiB at most, and what it printed."""
    began = time.monotonic()
    done = subprocess.run(
        ["/usr/bin/time", "-q", "-f", "%M", *command], input=text, capture_output=True, text=True,
        check=False, **keywords,
    )  # fmt: skip
    return time.monotonic() - began, int(done.stderr.split()[-1]), done.stdout


# ---- one domain ----


def with_swaks():
    for address in SILENT + HEALTHY:
        subprocess.run(
            ["swaks", "--server", address, "--port", str(PORT), "--timeout", f"{PATIENCE}s",
             "--quit-after", "EHLO", "--helo", "bench.example"],
            capture_output=True, check=False,
        )  # fmt: skip


def with_smtplib():
    for address in SILENT + HEALTHY:
        try:
            with smtplib.SMTP(address, PORT, "bench.example", timeout=PATIENCE) as server:
                server.ehlo()
        except OSError:
            pass


def with_nmap():
    subprocess.run(
        ["nmap", "-n", "-Pn", "-p", str(PORT), "--script", "smtp-commands,banner", *SILENT, *HEALTHY],
        capture_output=True, check=False,
    )  # fmt: skip


def measure(function):
    began = time.monotonic()
    function()
    return time.monotonic() - began


def one_domain(exdiag, dns):
    check = [exdiag, "check", "many.bench.example", "--only", "mx", *dns, "--format", "json"]
    with Peers():
        ours, _, out = timed([*check, "--patience", str(PATIENCE)])
        told = any(
            finding["id"] == "mx-banner-stall" and finding["outcome"] in ("problem", "unknown")
            for finding in json.loads(out)["findings"]
        )
        print(f"one domain, 10 silent and 10 healthy exchangers, patience {PATIENCE} s")
        print(f"  {'exdiag check':40s} {ours:7.1f} s: {ours - PATIENCE:.2f} s beyond the patience")
        others = [("smtplib of Python, one after the other", with_smtplib)]
        if shutil.which("swaks"):
            others.append(("swaks, one after the other", with_swaks))
        if shutil.which("nmap"):
            others.append(("nmap, banner and smtp-commands", with_nmap))
        for name, function in others:
            theirs = measure(function)
            print(f"  {name:40s} {theirs:7.1f} s: {theirs / ours:.1f} times as long")
    return told and ours <= PATIENCE + 1


# ---- ten thousand ----


def audit(exdiag, dns, names, jobs, *arguments):
    command = [exdiag, "audit", "--only", "mx", *dns, "--jobs", str(jobs), *arguments]
    with Peers() as peers:
        took, peak, out = timed(
            [*command, "--patience", str(PATIENCE)], "".join(f"{name}.bench.example\n" for name in names)
        )
    lines = [json.loads(line) for line in out.splitlines()]
    told = sum("mx-banner-stall" in line["findings"] + line.get("unknown", []) for line in lines)
    return took, peak, told, peers


def ten_thousand(exdiag, dns):
    fine = True
    _, base, _, _ = audit(exdiag, dns, ["one"], 1)
    print(f"\naudits of {DOMAINS} domains with one silent exchanger each, patience {PATIENCE} s")
    for jobs in (1000, 4096):
        took, peak, told, peers = audit(exdiag, dns, [f"d{number}" for number in range(DOMAINS)], jobs)
        least = PATIENCE * math.ceil(DOMAINS / jobs)
        each = (peak - base) / jobs
        fine = fine and took <= least * 1.05 and each < 100 and told == DOMAINS
        print(
            f"  --jobs {jobs:4d}: {took:6.2f} s, {(took / least - 1) * 100:.1f} % beyond {least} s; "
            f"{each:.1f} KiB for each conversation at work, {peak / 1024:.0f} MiB in all; "
            f"{told} of {DOMAINS} told"
        )
    return fine


def main():
    if sys.argv[1] == "zone":
        write_zone()
        return
    dns = ["--dns", f"127.0.0.1:{sys.argv[2]}", "--port", f"smtp={PORT}"]
    in_time = one_domain(sys.argv[1], dns)
    if not ten_thousand(sys.argv[1], dns) or not in_time:
        sys.exit("a bound is broken")


main()
