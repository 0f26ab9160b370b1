"""windows_local.py OWN_BUILD WINDOWS_BUILD: how long the whole examination of the server at hand takes
under Wine, beside the slowest of what its network answers. Needs root, and a network of its own.

The server is that of tests/windows/machine.sh. Its mail service greets after SLOWEST seconds; its web
services, its clock and its name server answer at once.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve()
OWN, WINDOWS = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
TESTS = HERE.parents[1]
WINE, MACHINE = TESTS / "windows/wine.sh", TESTS / "windows/machine.sh"
PROGRAM = str(WINDOWS / "exdiag.exe")
SERVER, ADDRESS, SLOWEST, RUNS = "ex19a.contoso.com", "127.0.0.21", 3, 3
NETWORK = ("smtp", "web", "clock", "dns", "directory", "ews", "ticket")  # kinds that wait for others
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def enter():
    """Starts again in a network and as a machine of this test's own."""
    unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
    if not (WINDOWS / "machine/wevtapi.dll").exists():
        sys.exit(print("examining the server at hand: skipped, 'make check-windows' has not been run"))
    if subprocess.run([*unshare, "ip", "link"], capture_output=True, check=False).returncode != 0:
        sys.exit(print("examining the server at hand: skipped, a network of its own takes root"))
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    prefix = {**os.environ, "WINEPREFIX": f"{cache}/exdiag/wine-machine"}
    subprocess.run(["wineserver", "-w"], env=prefix, timeout=60, check=False, **QUIET)
    os.environ["EXDIAG_INSIDE"] = "1"
    again = [str(MACHINE), str(WINDOWS), "/usr/bin/python3", str(HERE), str(OWN), str(WINDOWS)]
    os.execvp(unshare[0], [*unshare, "sh", "-c", 'ip link set lo up && exec "$@"', "-", *again])


def serve(*command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


def start_lab(folder):
    zone = folder / "zone"
    zone.write_text(f"{SERVER} A {ADDRESS}\n")
    lab = OWN / "tests"
    web = [(443, "--tls", "owa=15.2.1544.4"), (444, "--tls", "powershell=500@EX19A"), (80, None, "redirect")]
    return [
        serve(f"{lab}/lab_name_server", "--port", "53", f"127.0.0.1={zone}"),
        serve(f"{lab}/lab_smtp", "--port", "25", f"{ADDRESS}=delayed:{SLOWEST}"),
        serve(f"{lab}/lab_time", f"{ADDRESS}=smb:0"),
        *(
            serve(f"{lab}/lab_web", "--port", str(port), *([tls] if tls else []), f"{ADDRESS}={behaviour}")
            for port, tls, behaviour in web
        ),
    ]


def examine(folder):
    """Seconds, the slowest of what came over the network, and what was slowest of the rest."""
    file = folder / "evidence.jsonl"
    began = time.monotonic()
    subprocess.run(
        [WINE, PROGRAM, "check", "--server", SERVER, "--dns", "127.0.0.1", "--save", str(file)],
        check=False, timeout=300, **QUIET,
    )  # fmt: skip
    took = time.monotonic() - began
    waits = {True: [0], False: [0]}
    for line in file.read_text().splitlines():
        item = json.loads(line)
        kind = item.get("key", "").split(" ")[0]
        waits[kind.startswith(NETWORK)].append(item.get("took_ms", 0) / 1000)
    file.unlink()
    return took, max(waits[True]), max(waits[False])


def main():
    if "EXDIAG_INSIDE" not in os.environ:
        enter()
    holder = subprocess.Popen(
        [WINE, "cmd.exe", "/c", "pause"], **{**QUIET, "stdin": subprocess.PIPE},
        env={**os.environ, "WINE_TIMEOUT": "600"},
    )  # fmt: skip
    for name in ("machine.reg", "certificates.reg"):
        subprocess.run([WINE, "reg.exe", "import", str(TESTS / "windows" / name)], check=True, **QUIET)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lab = start_lab(folder)
        runs = [examine(folder) for _ in range(RUNS)]
        for process in lab:
            process.stdin.close()
            process.wait(30)
    holder.communicate(b"\r\n")
    took, slowest, own = min(runs)
    print("the whole examination of the server at hand, under Wine")
    print(f"  its mail service greets after {SLOWEST} s; slowest network answer {slowest:.2f} s")
    print(f"  slowest of what the machine itself was asked {own:.2f} s")
    print(f"  all of it {took:.2f} s: {took - slowest:+.2f} s")


main()
