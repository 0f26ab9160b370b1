"""windows_start.py EXDIAG.EXE: how long it takes to start under Wine, beside a program that does nothing.

The shortest of fifteen each, in turns: what else runs on this machine is no part of it.
"""

import os
import pathlib
import subprocess
import sys
import time

WINE = pathlib.Path(__file__).resolve().parents[1] / "windows/wine.sh"
RUNS = 15


def took(*command):
    began = time.monotonic()
    subprocess.run([WINE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, WINE_TIMEOUT="60"), check=True)  # fmt: skip
    return time.monotonic() - began


took(sys.argv[1], "--version")
pairs = [(took("cmd.exe", "/c", "exit", "0"), took(sys.argv[1], "--version")) for _ in range(RUNS)]
nothing, own = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
print("starting under Wine")
print(f"  exdiag.exe --version {1000 * own:.0f} ms, cmd.exe /c exit {1000 * nothing:.0f} ms: {own / nothing:.2f} times as long")
