#!/usr/bin/env python3
"""measure.py BUILD PORT: one process at a time, best and median of several runs.

Start to the first question (a socket here receives it), a whole `exdiag check` of one
domain, and beside it kdig asking the same two questions, one process each.
"""
import os
import socket
import statistics
import subprocess
import sys
import time

build, port = sys.argv[1], sys.argv[2]
exdiag = os.path.join(build, "exdiag")
quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def row(what, samples, extra=""):
    print(f"{what:48s} {min(samples):8.1f} {statistics.median(samples):8.1f}  {extra}")
    return statistics.median(samples)


def first_question():
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(5)
    address = "127.0.0.1:%d" % listener.getsockname()[1]
    began = time.monotonic()
    process = subprocess.Popen(
        [exdiag, "check", "--domain", "bench.example", "--dns", address, "--timeout", "0.1"], **quiet)
    listener.recv(512)
    took = (time.monotonic() - began) * 1000
    process.wait()
    listener.close()
    return took


def whole(command):
    began = time.monotonic()
    subprocess.run(command, **quiet)
    return (time.monotonic() - began) * 1000


def peak(command):
    result = subprocess.run(["/usr/bin/time", "-q", "-f", "%M"] + command, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)
    return int(result.stderr.split()[-1]) / 1024


check = [exdiag, "check", "--domain", "bench.example", "--dns", "127.0.0.1:" + port]
kdig = ["kdig", "+short", "@127.0.0.1", "-p", port, "bench.example", "TXT"]
print(f"{'milliseconds':48s} {'best':>8s} {'median':>8s}")
row("exdiag --version: the start alone", [whole([exdiag, "--version"]) for _ in range(50)])
spf = [exdiag, "spf", "bench.example", "--dns", "127.0.0.1:" + port]
row("exdiag spf: a whole run, printed", [whole(spf) for _ in range(50)], f"peak {peak(spf):.1f} MiB")
row("exdiag check: start to the first question", [first_question() for _ in range(30)])
ours = row("exdiag check: a whole run, report printed", [whole(check) for _ in range(50)],
           f"peak {peak(check):.1f} MiB")
theirs = row("kdig: one question, one process", [whole(kdig) for _ in range(50)],
             f"peak {peak(kdig):.1f} MiB")
print(f"one exdiag check takes the time of {ours / theirs:.2f} kdig processes")
