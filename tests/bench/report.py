#!/usr/bin/env python3
"""report.py BUILD: 10,000 findings in every format, and whole reports of evidence of thousands of domains.

The bounds are 1 s and 64 MiB for each. Beside each format stands a program that does nothing but
read what was written.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
SAMPLES = str(BUILD / "tests/report_samples")
EXDIAG = str(BUILD / "exdiag")
FINDINGS = 10000
ROUNDS = 3
READERS = {  # of what a format writes
    "text": ["fold", "-s", "-w", "79"],
    "json": ["jq", "-e", ".findings | length"],
    "html": ["xmllint", "--html", "--noout", "--recover", "-"],
    "markdown": ["cmark"],
    "junit": ["xmllint", "--noout", "--huge", "-"],
}


def measure(command, source=None):
    """The best of some runs: (seconds, CPU seconds, MiB)."""
    best = None
    for _ in range(ROUNDS):
        with open(source or os.devnull, "rb") as stdin:
            began = time.monotonic()
            process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, _, usage = os.wait4(process.pid, 0)
            took = time.monotonic() - began
        process.returncode = 0
        figures = (took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        best = min(best or figures, figures)
    return best


def row(what, figures, size=None, beside=""):
    print(f"{what:44s} {figures[0]:7.2f} {figures[1]:7.2f} {figures[2]:8.0f} "
          f"{'' if size is None else f'{size / 1e6:8.1f}':8s} {beside}")


def formats():
    return subprocess.run([SAMPLES, "formats"], capture_output=True, text=True, check=True).stdout.split()


def render(folder):
    print(f"{FINDINGS} findings rendered{'':24s} {'s':>7s} {'CPU s':>7s} {'peak MiB':>8s} {'MB':>8s} beside")
    for name in formats():
        for shape in ("alike", "different", "mixed"):
            command = [SAMPLES, "many", name, shape, str(FINDINGS)]
            path = folder / f"{name}-{shape}"
            with open(path, "wb") as out:
                subprocess.run(command, stdout=out, check=True)
            ours = measure(command)
            beside = ""
            reader = READERS.get(name)
            if reader and shutil.which(reader[0]):
                theirs = measure(reader, path)
                beside = f"{reader[0]} reads it in {theirs[0]:.2f} s and {theirs[2]:.0f} MiB: {ours[0] / theirs[0]:.2f} of it"
            row(f"{name}, {shape}", ours, path.stat().st_size, beside)
            path.unlink()


def gather(folder, domains):
    """Evidence of so many domains, of which each has a problem: five findings each."""
    lines, names = [], []
    for number in range(domains):
        name = f"domain{number:05d}.example"
        names.append(f"domain {name}")
        lines.append(f"{name} MX 0 .")
        if number % 3 == 0:
            lines.append(f'{name} TXT "v=spf1 ip4:192.0.2.25 ?all"')
        if number % 3 == 1:
            lines += [f'{name} TXT "v=spf1 ip4:192.0.2.25 -all"', f'{name} TXT "v=spf1 ip4:192.0.2.26 ~all"']
    (folder / "zone").write_text("\n".join(lines) + "\n")
    (folder / "config").write_text("\n".join(names) + "\n")
    lab = subprocess.Popen([str(BUILD / "tests/lab_name_server"), f"127.0.0.1={folder / 'zone'}"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    dns = lab.stdout.readline().split()[1]
    path = folder / f"evidence-{domains}"
    subprocess.run([EXDIAG, "check", "--config", str(folder / "config"), "--dns", dns, "--save", str(path), "--quiet"],
                   stdout=subprocess.DEVNULL, check=False)
    lab.stdin.close()
    lab.wait()
    return path


def whole(folder):
    print(f"\nexdiag report of evidence{'':19s} {'s':>7s} {'CPU s':>7s} {'peak MiB':>8s} {'MB':>8s}")
    for domains in (2000, 5000):
        path = gather(folder, domains)
        for name in formats():
            row(f"{domains} domains, {domains * 5} findings, {name}", measure([EXDIAG, "report", str(path), "--format", name]),
                path.stat().st_size)
        size = path.stat().st_size
        if shutil.which("jq"):
            row(f"{domains} domains: jq reads the file", measure(["jq", "-c", ".key"], path), size)
        row(f"{domains} domains on two days, text", measure([EXDIAG, "report", str(path), str(path)]), 2 * size)


def main():
    with tempfile.TemporaryDirectory() as name:
        render(pathlib.Path(name))
        whole(pathlib.Path(name))


main()
