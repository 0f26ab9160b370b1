#!/usr/bin/env python3
"""rfc7208.py PROGRAM SUITE.yml: every test of the suite through the real program.

Each scenario has a name server of its own. The result must be one of those allowed,
and of tests that say so the explanation: "DEFAULT" is the receiver's own, so none.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

import yaml

from name_server import NameServer

EXIT_STATUSES = (0, 1, 3)


class Loader(yaml.SafeLoader):
    """The suite's times of day and numbers are texts: 1.2.3.4 and CAFE:BABE::1."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:int"]
    for first, pairs in Loader.yaml_implicit_resolvers.items()
    if first in "0123456789"
}


def evaluate(program, port, test):
    command = [program, "spf", test.get("mailfrom", ""), "--ip", str(test["host"])]
    command += ["--helo", str(test["helo"]), "--dns", f"127.0.0.1:{port}"]
    command += ["--timeout", "1", "--format", "json"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    if done.returncode not in EXIT_STATUSES:
        raise ValueError(f"exit status {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def fault(program, port, test):
    """What is wrong with a test, or None."""
    allowed = test["result"] if isinstance(test["result"], list) else [test["result"]]
    try:
        seen = evaluate(program, port, test)
    except (ValueError, subprocess.TimeoutExpired) as error:
        return str(error)
    if seen["result"] not in allowed:
        return f"{seen['result']}, and not {' or '.join(allowed)}"
    if "explanation" in test:
        expected = None if test["explanation"] == "DEFAULT" else test["explanation"]
        if seen.get("explanation") != expected:
            return f"explained as {seen.get('explanation')!r}, and not {expected!r}"
    return None


def main():
    program, suite = sys.argv[1:]
    with open(suite, encoding="utf-8") as stream:
        scenarios = [found for found in yaml.load_all(stream, Loader) if found]
    passed = failed = 0
    # Most of the time is waiting for answers that never come.
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1) + 2) as pool:
        runs = []
        for scenario in scenarios:
            server = NameServer(scenario["zonedata"])
            for name, test in scenario["tests"].items():
                runs.append((scenario, name, test, pool.submit(fault, program, server.port, test)))
        for scenario, name, test, run in runs:
            wrong = run.result()
            if wrong is None:
                passed += 1
                continue
            failed += 1
            print(f"FAILED {scenario['description']}: {name} (RFC 7208 {test['spec']}): {wrong}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
