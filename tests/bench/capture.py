#!/usr/bin/env python3
"""capture.py EXDIAG FILE: reading one capture beside capinfos and tshark, whole processes.

With -q alone tshark dissects nothing and only counts on; with a statistic it looks into
the frames, as it must to know a connection.
"""
import os
import subprocess
import sys
import tempfile
import time

exdiag, path = sys.argv[1:]
megabytes = os.path.getsize(path) / 1e6
programs = [
    ("exdiag check", 9, [exdiag, "check", "--only", "mx", "--file", path]),
    ("capinfos", 5, ["capinfos", path]),
    ("tshark -q -r", 3, ["tshark", "-q", "-r", path]),
    ("tshark -q -z conv,tcp -r", 1, ["tshark", "-q", "-z", "conv,tcp", "-r", path]),
]


def run(command):
    with tempfile.NamedTemporaryFile("r") as cost:
        timed = ["/usr/bin/time", "-q", "-o", cost.name, "-f", "%U %S %M"] + command
        began = time.monotonic()
        subprocess.run(timed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - began
        user, system, peak = cost.read().split()
    return seconds, float(user) + float(system), int(peak) / 1024


with open(path, "rb") as capture:  # the page cache is warm for everyone
    while capture.read(1 << 20):
        pass
print(f"a capture of {megabytes:.0f} MB, read from the page cache")
print(f"{'':26s} {'runs':>4s} {'s, best':>8s} {'median':>8s} {'CPU s':>8s} {'MB/s':>8s} {'peak MiB':>9s}")
best = {}
for name, runs, command in programs:
    results = sorted(run(command) for _ in range(runs))
    seconds, cpu, peak = results[0]
    best[name] = seconds
    print(f"{name:26s} {runs:4d} {seconds:8.3f} {results[runs // 2][0]:8.3f} {cpu:8.2f}"
          f" {megabytes / seconds:8.0f} {peak:9.1f}")
ours = best.pop("exdiag check")
for name, seconds in best.items():
    print(f"  {seconds / ours:7.1f} times as fast as {name}")
