#!/usr/bin/env python3
"""ratios.py RESULTS: how many times as fast as each of the others exdiag was."""
import json
import sys

best = {}
for line in open(sys.argv[1]):
    row = json.loads(line)
    best[row["tag"], row["name"]] = row
for tag, words in (("fast", "directly"), ("delay20", "with 20 ms added to every answer")):
    ours = best[tag, "exdiag-audit"]
    print(f"{words}: {ours['dps']:.0f} domains/s, {ours['user'] + ours['sys']:.2f} s of CPU, "
          f"{ours['rss_mb']:.1f} MiB, {ours['agree']} of {ours['n']} results right")
    for (other, name), row in best.items():
        if other == tag and row is not ours:
            print(f"  {ours['dps'] / row['dps']:7.1f} times {name} "
                  f"({row['dps']:.0f} domains/s, {row['agree']} of {row['n']} right)")
