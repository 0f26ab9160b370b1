#!/usr/bin/env python3
"""compare.py WORLD OUTPUT: holds the lines of `exdiag audit` against the world's truth.

WORLD has truth.tsv (domain, category, result) and truth-audit.tsv (domain, records,
lookups and depth of the whole tree). Every domain has exactly one line, and what it says
is right; what follows from a domain's category must be found, and nothing where the
category is healthy. Ends with the count.
"""
import collections
import json
import sys

# What a domain of a category must be told, and what no healthy one may be.
EXPECTED = {
    "dup": {"spf-multiple"},
    "none-nodata": {"spf-none"},
    "none-othertxt": {"spf-none"},
    "none-nxdomain": {"spf-none"},
    "not-spf": {"spf-none"},
    "syntax": {"spf-syntax"},
    "lookups": {"spf-lookup-limit"},
    "void": {"spf-void-lookups"},
    "include-none": {"spf-include-none"},
    "include-loop": {"spf-include-loop"},
    "mx-limit": {"spf-mx-limit"},
    "plus-all": {"spf-permissive"},
    "ptr": {"spf-ptr"},
}
HARMFUL = {"spf-multiple", "spf-none", "spf-syntax", "spf-lookup-limit", "spf-void-lookups", "spf-include-none",
           "spf-include-loop", "spf-mx-limit", "spf-permissive"}
HEALTHY = {"ip4-list", "a-mx-ip4", "ip4-ip6", "mx", "redirect", "exp"}


def rows(path):
    with open(path, encoding="ascii") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def main():
    world, output = sys.argv[1:]
    truth = {row[0]: row[1:] for row in rows(world + "/truth.tsv")}
    audit = {row[0]: [int(number) for number in row[1:]] for row in rows(world + "/truth-audit.tsv")}
    wrong = collections.Counter()
    shown = {}
    seen = collections.Counter()

    def complain(what, category, line):
        wrong[what, category] += 1
        shown.setdefault((what, category), line)

    with open(output, encoding="utf-8") as file:
        for line in file:
            one = json.loads(line)
            domain, spf, found = one["domain"], one.get("spf", {}), set(one["findings"])
            seen[domain] += 1
            category, result = truth[domain][:2]
            expected = EXPECTED.get(category, set()) if category != "void" or result == "permerror" else set()
            records, lookups, depth = audit[domain][:3]
            if "error" in one:
                complain("error", category, line)
            if spf.get("result") != result:
                complain(f"result is not {result}", category, line)
            if (spf.get("records"), spf.get("lookups"), spf.get("depth")) != (records, lookups, depth):
                complain("records, lookups or depth", category, line + repr((records, lookups, depth)))
            if not expected <= found and not (category == "syntax" and "spf-include-none" in found):
                complain("a finding is missing", category, line)
            if category in HEALTHY and found & HARMFUL:
                complain("a healthy record is accused", category, line)
    for domain in truth:
        if seen[domain] != 1:
            complain(f"{seen[domain]} lines", truth[domain][0], domain)
    for (what, category), count in wrong.most_common():
        print(f"{category}: {what}, {count} times, such as {shown[what, category].strip()}")
    failed = sum(wrong.values())
    print(f"{len(truth) - min(failed, len(truth))} of {len(truth)} domains are as the world's truth says")
    return 1 if failed else 0


sys.exit(main())
