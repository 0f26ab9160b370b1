"""exdiag.exe under Wine against real servers from Debian's packages: peers.py OWN_BUILD WINDOWS_BUILD

In one network and with one wineserver, whose sockets are of the network in which it starts: the
same cases as on this system where they examine the whole program, and those of same_peers.py. What
Wine cannot decide is skipped by name. Ends with a count.
"""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
OWN, WINDOWS = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
WINE = HERE / "wine.sh"
DEADLINE = 300  # seconds of one script
PYTHON = "/usr/bin/python3"  # the one that has Debian's modules

ONE_CODE = "Wine's Kerberos has one code for whatever a KDC refuses"
ANY_CERTIFICATE = "Wine's wldap32 takes any certificate"
NO_NAMES = "Wine's Kerberos does not say whose tickets they are"

# What is run, and of each the cases that Wine cannot decide, with the reason.
SCRIPTS = {
    PEERS / "run.sh": {},
    PEERS / "mail.py": {"a balancer that rejects resets": "Wine may tell a reset as an end"},
    PEERS / "clock.py": {},
    PEERS / "web.py": {
        "the callers own ticket is good": NO_NAMES,
        "without a ticket nothing is sent": ONE_CODE,
        "a caller whose clock is ahead": "Wine's clock is not moved",
    },
    HERE / "same_peers.py": {
        "references are noted and not followed": "Wine's wldap32 reads no references of searches",
        "a password goes to no stranger": ANY_CERTIFICATE,
        "a password goes to no stranger over ldaps": ANY_CERTIFICATE,
        "a logon by sspi": "Wine's wldap32 neither signs nor seals",
        "whose tickets they are": NO_NAMES,
        "a logon to a mail server": "Wine's Kerberos opens no messages in one piece, as the server's last is",
    },
}


def enter_namespace():
    """Starts this file again in namespaces of its own; False where that cannot be."""
    if "EXDIAG_INSIDE" in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return True
    unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
    if subprocess.run([*unshare, "ip", "link"], capture_output=True, check=False).returncode != 0:
        return False
    os.environ["EXDIAG_INSIDE"] = os.environ["PEERS_INSIDE"] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def wineserver(option):
    """Of the prefix that wine.sh has by itself."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    prefix = os.environ.get("WINEPREFIX", f"{cache}/exdiag/wine")
    subprocess.run(
        ["wineserver", option], timeout=DEADLINE, check=False, env={**os.environ, "WINEPREFIX": prefix},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@contextlib.contextmanager
def wine():
    """One wineserver of this network, for as long as the block takes. Nobody's pipes stay open with it."""
    wineserver("-w")
    holder = subprocess.Popen(
        [str(WINE), "cmd.exe", "/c", "pause"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, "WINE_TIMEOUT": "3600"},
    )  # fmt: skip
    try:
        yield
    finally:
        holder.communicate(b"\r\n", timeout=DEADLINE)
        wineserver("-w")


def run(script, undecided):
    """Its passed, failed and skipped. What it mounts goes with it."""
    start = ["unshare", "--mount", "--propagation", "private"]
    start += [PYTHON] if script.suffix == ".py" else []
    variables = {"EXDIAG_WINDOWS": str(WINDOWS), "EXDIAG_UNDECIDED": json.dumps(undecided)}
    done = subprocess.run(
        [*start, str(script), str(OWN)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        timeout=DEADLINE, env={**os.environ, **variables}, text=True, errors="replace",
    )  # fmt: skip
    print(f"--- {script.name}\n{done.stdout}", end="", flush=True)
    counts = re.findall(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?", done.stdout)
    if not counts:
        print(f"FAILED {script.name}: no count, and it ends with {done.returncode}")
        return 0, 1, 0
    return tuple(int(number or 0) for number in counts[-1])


def main():
    wanted = [path for path in SCRIPTS if len(sys.argv) < 4 or path.stem in sys.argv[3:]]
    if not enter_namespace():
        print(f"skipped: {len(wanted)} scripts need a network of their own, which takes root")
        print(f"0 passed, 0 failed, {len(wanted)} skipped")
        return os.environ.get("CI") == "true"  # there it would go unnoticed
    with wine():
        counts = [run(script, SCRIPTS[script]) for script in wanted]
    passed, failed, skipped = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


sys.exit(main())
