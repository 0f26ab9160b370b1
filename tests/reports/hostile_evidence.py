#!/usr/bin/env python3
"""hostile_evidence.py BUILD [SEED [EVERY]]: evidence files that peers, or whoever had the file in hand, filled with hostile text.

The evidence of recorded runs (tests/scenario), in which strings are replaced by what terminals, browsers, tables and
shells obey; the real program makes a report of each format, a runbook and a comparison of it, and none may hold
anything that acts. One scenario of EVERY (by default of 9, beginning with one that the seed chooses) is taken. The seed,
where none is given EXDIAG_SEED or a random one, is printed; "N passed, N failed, N skipped" at the end.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import hostile
from hostile import BUILD, ROOT, expect

EXDIAG = str(BUILD / "exdiag")
SEED = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("EXDIAG_SEED", random.SystemRandom().randrange(1 << 30)))
EVERY = int(sys.argv[3]) if len(sys.argv) > 3 else 9
KEPT = {"key", "status", "time", "started", "finished", "type", "kind", "rcode", "tool", "transport", "result", "state"}

TEXTS = [
    "\x1b]0;owned\x07\x1b[2J\x1b[31m", "\x9b2J", "a\nb\r\n\tc\x00d", "\u202eabc\u2066def\u200b\u2028x\ufeff", "\U000e0061\ue000\ufffe",
    "<script>document.title='owned'</script>", "\"><img src=x onerror=document.title='owned'>", "]]><!-- &lt;b&gt; --!>",
    "</pre></style></script></title><h1>x", "| a | b |\n|---|---|\n", "```\n# x\n~~~", "[x](javascript:alert) @someone #1 https://evil.example",
    "'; touch owned; '", "$(touch owned)`touch owned`", "\" & del x & %PATH%", "\u2018\u2019\u201c\uff02", "a|b=1;2;3", "x\"} 1\nowned 1",
    "{server} {{x}} <name>", "=1+1", "%s%n%d", "\\", "a" * 3000, "\u0301" * 50, "#requires -version 9", "",
]


def spoiled(value, chance):
    if isinstance(value, dict):
        return {name: one if name in KEPT else spoiled(one, chance) for name, one in value.items()}
    if isinstance(value, list):
        return [spoiled(one, chance) for one in value]
    if isinstance(value, str) and chance.random() < 0.1:
        text = chance.choice(TEXTS)
        return chance.choice((text, value + text, text + value))
    return value


def spoil(source, target, chance):
    lines = source.read_text(encoding="utf-8", errors="replace").splitlines()
    with target.open("w", encoding="utf-8") as out:
        out.write(lines[0] + "\n")
        for line in lines[1:]:
            try:
                item = json.loads(line)
            except ValueError:
                continue
            out.write(json.dumps(spoiled(item, chance), ensure_ascii=False) + "\n")


def run(*arguments):
    done = subprocess.run([EXDIAG, *map(str, arguments)], capture_output=True, check=False, stdin=subprocess.DEVNULL,
                          timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"})
    expect(0 <= done.returncode <= 3, f"{arguments} ends with {done.returncode}: {done.stderr[-600:]}")
    expect(b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr.decode()[-800:])
    hostile.check_plain(done.stderr.decode())
    return done


def check_text(document):
    hostile.check_plain(document)


def check_json(document):
    import jsonschema

    schema = json.loads((ROOT / "diag/report/report.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(document))


SCRIPTS = None  # of every report


def check_html(document):
    hostile.check_plain(document)
    tree = hostile.tree_of(document)
    hostile.check_markup(tree, len(SCRIPTS))
    expect([element.text for element in tree.iter("script")] == SCRIPTS, "another script than that of every report")


REFERENCE = re.compile(r'<a href="(?:https://(?!evil)[\w./#?=&;:%~+-]+|http://[\d.:/]+)">([^<]*)</a>')  # the program's own, and addresses


def check_markdown(document):
    hostile.check_plain(document)
    for name, made in hostile.rendered(document).items():
        hostile.check_rendered(name, REFERENCE.sub(r"\1", made))


JUNIT = {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out"}


def check_junit(document):
    hostile.check_plain(document)
    tags = {element.tag for element in xml.etree.ElementTree.fromstring(document.encode()).iter()}
    expect(tags <= JUNIT, tags - JUNIT)


def check_nagios(document):
    hostile.check_plain(document)
    expect(document.count("\n") == 1 and document.count("|") == 1, f"not one line with one |: {document[:300]}")
    expect(not hostile.PERFORMANCE.sub("", document.split("|")[1]).strip(), "no performance data")


def check_prometheus(document):
    hostile.check_plain(document)
    for line in document.removesuffix("\n").split("\n"):
        expect(hostile.METRIC.fullmatch(line) or re.match("# (HELP|TYPE) exdiag_[a-z_]+ ", line), f"no metric: {line}")


def check_runbook(document):
    hostile.check_plain(document)
    for line in document.removesuffix("\n").split("\n"):
        expect(re.match(r"#(?!requires)", line, re.IGNORECASE), f"no comment: {line}")


CHECKS = {"text": check_text, "json": check_json, "html": check_html, "markdown": check_markdown, "junit": check_junit,
          "nagios": check_nagios, "prometheus": check_prometheus}


def examine(source):
    """What is wrong with the reports of one file; and how many findings it had."""
    chance = random.Random(f"{SEED} {source.parent.name}")
    with tempfile.TemporaryDirectory() as name:
        evidence = pathlib.Path(name, "evidence.jsonl")
        spoil(source, evidence, chance)
        findings = 0
        for form in hostile.samples("formats").decode().split():
            expect(form in CHECKS, f"nobody here can read {form}")
            document = run("report", evidence, "--format", form, "--verbose").stdout.decode()
            CHECKS[form](document)
            findings = len(json.loads(document)["findings"]) if form == "json" else findings
        check_text(re.sub(r"\x1b\[[0-9;]*m", "", run("diff", source, evidence).stdout.decode()))
        runbook = pathlib.Path(name, "runbook")
        run("report", evidence, "--runbook", runbook)
        check_runbook(runbook.read_text(encoding="utf-8") if runbook.exists() else "#\n")
        expect(not pathlib.Path("owned").exists(), "a command ran")
    return findings


def main():
    global SCRIPTS
    plain = hostile.tree_of(hostile.samples("many", "html", "alike", "3").decode())
    SCRIPTS = [element.text for element in plain.iter("script")]
    hostile.rendered("x")  # fetches what renders, once
    sources = sorted((ROOT / "tests/scenario").glob("*/evidence.jsonl"))[SEED % EVERY :: EVERY]
    passed = failed = findings = 0

    def attempt(source):
        try:
            return examine(source), None
        except Exception as error:  # pylint: disable=broad-except
            return 0, f"{type(error).__name__}: {str(error)[:800]}"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, (count, why) in zip(sources, pool.map(attempt, sources)):
            findings += count
            passed += why is None
            failed += why is not None
            if why:
                print(f"FAILED hostile evidence like that of {source.parent.name}: {why!r}")
    expect(findings > len(sources), f"{findings} findings are too few for a test")
    print(f"{len(sources)} files of hostile evidence, {findings} findings; seed {SEED}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except hostile.Skip as reason:
        print(f"skipped hostile evidence: {reason}\n0 passed, 0 failed, 1 skipped")
