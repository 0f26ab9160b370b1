#!/usr/bin/env python3
"""clocks.py BUILD: what clocks cost to read, beside other tools. Needs a network of its own."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
BENCH, EXDIAG, LAB = f"{BUILD}/tests/clock_bench", f"{BUILD}/exdiag", f"{BUILD}/tests/lab_time"
HOSTS = [f"127.0.3.{number}" for number in range(1, 51)]
NTP, AHEAD, DELAY = "127.0.4.1", 420, 0.1


def run(*command):
    start = time.monotonic()
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    return time.monotonic() - start, result.stdout + result.stderr


def gatherer():
    print(run(BENCH, "widths")[1])
    print("all 11 sources of 50 hosts, 100 ms between question and answer")
    for silent in (0, 25):
        for jobs in (64, 1024):
            seconds = float(run(BENCH, "hosts", str(jobs), str(silent))[1])
            beside = f" beside {silent} hosts that are silent" if silent else ""
            print(f"  {jobs:4} conversations at once{beside}: {seconds:.2f} s")


def ours(source, *subjects):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "evidence.jsonl")
        seconds, _ = run(EXDIAG, "check", "--only", "clock", "--dns", "127.0.0.1:9", "--save", file, *subjects)
        items = [json.loads(line) for line in file.read_text().splitlines()]
    read = sum(item.get("source") == source and item.get("status") == "ok" for item in items)
    print(f"  exdiag, through {source} and what else may answer: {seconds:.2f} s, {read} read")
    return seconds


def against_nmap():
    words = [word for host in HOSTS for word in ("--server", host)]
    took = ours("smb2", *words)
    if not shutil.which("nmap"):
        return print("  skipped: nmap is not here")
    seconds, output = run("nmap", "-n", "-Pn", "-T5", "-p445", "--script", "smb2-time", *HOSTS)
    read = len(re.findall(r"^\|_? +date: ", output, re.MULTILINE))
    print(f"  nmap smb2-time: {seconds:.2f} s, {read} read: {seconds / took:.1f} times as long")


def against_chronyd():
    took = ours("sntp", "--dc", NTP)
    if not shutil.which("chronyd"):
        return print("  skipped: chronyd is not here")
    ask = f"server {NTP} iburst maxsamples 4"
    seconds, output = run("chronyd", "-Q", "-t", "10", "-u", "root", "-f", "/dev/null", ask)
    wrong = re.search(r"wrong by (\S+) seconds", output)
    print(f"  chronyd -Q: {seconds:.2f} s, says {wrong[1] if wrong else 'nothing'} s of {AHEAD}: "
          f"{seconds / took:.1f} times as long")  # fmt: skip


def main():
    gatherer()
    peers = [f"{host}=smb:{AHEAD}:{DELAY}" for host in HOSTS] + [f"{NTP}=ntp:{AHEAD}:{DELAY}"]
    lab = subprocess.Popen([LAB, *peers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for _ in peers:
        lab.stdout.readline()
    print("\nthe whole program, 100 ms between question and answer")
    against_nmap()
    against_chronyd()
    lab.stdin.close()
    lab.wait(30)


if __name__ == "__main__":
    main()
