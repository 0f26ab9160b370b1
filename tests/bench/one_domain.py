#!/usr/bin/env python3
"""one_domain.py EXDIAG: one process for one domain of the world, beside libspf2's own."""
import statistics
import subprocess
import sys
import time

SENDER, CLIENT, HELO = "user@d00001.test", "198.51.100.77", "helo.test"


def row(name, command):
    took = []
    for _ in range(200):
        began = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took.append((time.monotonic() - began) * 1000)
    print(f"  {name:24s} best {min(took):5.1f} ms, median {statistics.median(took):5.1f} ms")


print("one process for one domain, its start included")
row("exdiag spf", [sys.argv[1], "spf", SENDER, "--ip", CLIENT, "--helo", HELO, "--dns", "127.0.0.1"])
row("spfquery of libspf2", ["spfquery.libspf2", "-sender", SENDER, "-ip", CLIENT, "-helo", HELO])
