#!/usr/bin/env python3
"""hostile.py BUILD: hostile text in every field of every format.

`report_samples` writes a report in which each string tries to leave its place, in every format
of the program's own table; here each is read by real parsers: nothing of it may have become
markup, a command of the terminal, a row of a table or a sample of its own, and all of it must be
there to read. A format that no reader here knows fails. "N passed, N failed, N skipped" at the end.
"""
import collections
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
SAMPLES = str(BUILD / "tests/report_samples")
OWNED = "owned"

passed = failed = skipped = 0


class Skip(Exception):
    pass


def expect(claim, why):
    if not claim:
        raise AssertionError(why)


def samples(*arguments):
    done = subprocess.run([SAMPLES, *arguments], capture_output=True, check=False)
    expect(done.returncode == 0, f"report_samples {' '.join(arguments)}: {done.stderr.decode()}")
    expect(b"Sanitizer" not in done.stderr, done.stderr.decode())
    return done.stdout


def strings():
    """(field, text) of every string of the hostile report."""
    for line in samples("strings").decode().splitlines():
        field, text = line.split("\t", 1)
        yield field, re.sub(r"\\(.)", lambda at: "\n" if at[1] == "n" else at[1], text)


STRINGS = list(strings())
COMMANDS = {part.strip() for field, text in STRINGS if field.endswith(".command") for part in text.split("\n")}


def squeezed(text):
    return "".join(text.split())


def check_plain(text, allowed=""):
    """Nothing that a terminal or a reader's eye would obey, whatever the format."""
    for character in set(text) - {"\n"} - set(allowed):
        expect(unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"),
               f"has {character!r}")


def missing(text, fields_left_out, split=None):
    """Fields whose strings are not all in `text`, and how many."""
    whole = squeezed(text)
    lost = collections.Counter()
    kept = set()
    for field, string in STRINGS:
        parts = string.split("\n") if "\n" in string else [string]
        if split:
            parts = [piece for part in parts for piece in split(part)]
        if not all(squeezed(part) in whole for part in parts):
            lost[field] += 1
        else:
            kept.add(field)
    return {field: count for field, count in lost.items()
            if field not in fields_left_out and not (SOME.fullmatch(field) and field in kept)}


def expect_all(text, left_out=(), split=None):
    lost = missing(text, left_out, split)
    expect(not lost, f"lost: {lost}")


# ---- readers: one a format ----

# Of what a site has accepted and of what is fixed, the formats for people tell these alone.
TOLD = {"finding.title", "subject.shown", "acceptance.reason", "why"}
BRIEF = {field for field, _ in STRINGS if field.startswith(("accepted.", "past."))}
BRIEF -= {f"{part}.{field}" for part in ("accepted", "past") for field in TOLD} - {"past.acceptance.reason"}

# What people do not read: it is in other formats, or only of use to programs.
NOWHERE = {field for field, _ in STRINGS if field.startswith("unused.")} | {"kind.title", "subject.host", "unknown.why", "span.group",
    "idle.subject", "idle.reason", "measure.subject", "measure.part"}
NOWHERE |= {field for field, _ in STRINGS if field.startswith(("ok.", "n/a."))} - {
    f"{part}.{field}" for part in ("ok", "n/a") for field in ("finding.title", "subject.shown")}
TEXT_LACKS = BRIEF | NOWHERE | {"reference.url", "kind.cost", "scale.unit", "series.unit", "series.step", "tree.unit", "run.machine",
                                "span.name", "span.role", "row.group", "row.name", "row.detail", "stop.limit"}  # cut off to fit
HTML_LACKS = BRIEF | NOWHERE | {"reference.url", "scale.unit", "series.unit"}
# Of these some are enough: of the first screen's faults; of pictures, whose number is bounded.
SOME = re.compile(r"kind\.cost|(?:series|tree|timeline|row|stop)\..*")


def read_text(how, form="text"):
    written = samples("hostile", form, how).decode()
    check_plain(written, "\x1b" if how == "colours" else "")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", written)
    bare = "\n".join(line for line in bare.split("\n") if line.strip(" ^"))  # without the marks
    expect("\x1b" not in bare, "an escape that is no colour")
    try:
        import pyte
    except ImportError as error:
        raise Skip("python3-pyte is not installed") from error
    columns = 40 if how == "narrow" else 80
    screen = pyte.Screen(columns + 1, 3)  # which breaks a full line before a mark of its last character
    stream = pyte.Stream(screen)
    for number, line in enumerate(written.split("\n"), 1):
        screen.reset()
        stream.feed(line)
        drawn = unicodedata.normalize("NFC", screen.display[0]).rstrip()
        wanted = unicodedata.normalize("NFC", re.sub(r"\x1b\[[0-9;]*m", "", line)).rstrip()
        if any(part and part in line for part in COMMANDS):
            continue  # which is one line, however long, to be copied
        expect(screen.cursor.x <= columns and screen.cursor.y == 0 and drawn == wanted, f"line {number} is drawn as {screen.display[:2]}: {line!r}")
    return bare


def read_json():
    document = json.loads(samples("hostile", "json").decode())
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    if jsonschema:
        schema = json.loads((ROOT / "diag/report/report.schema.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(document)
    found = set()

    def walk(value):
        if isinstance(value, str):
            found.add(value)
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(one)

    walk(document)
    lost = collections.Counter(field for field, string in STRINGS if string not in found)
    lost = {field: count for field, count in lost.items() if field not in JSON_LACKS}
    expect(not lost, f"lost: {lost}")


JSON_LACKS = (BRIEF & {field for field, _ in STRINGS if field.startswith("past.")}) | NOWHERE - {"unknown.why"} | {
    "accepted.kind.title", "accepted.kind.no_undo", "accepted.kind.cost", "kind.cost", "scale.limit", "tree.limit", "stop.limit",
    "step.placeholder", "accepted.unused.no_undo", "past.acceptance.reason"}

SAFE_LINK = re.compile(r"https?://|#|$")


def tree_of(document):
    try:
        import html5lib
    except ImportError as error:
        raise Skip("python3-html5lib is not installed") from error
    return html5lib.parse(document, namespaceHTMLElements=False)


def check_markup(tree, allowed_scripts):
    scripts = [element for element in tree.iter("script")]
    expect(len(scripts) <= allowed_scripts, f"{len(scripts)} scripts")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            expect("q0 " not in str(element.text), "a comment holds text of the report")
            continue
        expect(element.tag.rsplit("}")[-1].lower() not in ("img", "iframe", "object", "embed", "form", "textarea", "base", "link"),
               f"has <{element.tag}>")
        for name, value in element.attrib.items():
            name = str(name).rsplit("}")[-1].lower()
            expect(not name.startswith("on"), f"<{element.tag} {name}>")
            if name in ("href", "src", "action", "xlink:href", "formaction"):
                expect(SAFE_LINK.match(value), f"{name} leads to {value[:80]!r}")


def text_of(tree):
    body = tree.find("body")
    return "".join(body.itertext())


def read_html():
    document = samples("hostile", "html").decode()
    check_plain(document)
    tree = tree_of(document)
    plain = tree_of(samples("many", "html", "alike", "3").decode())
    check_markup(tree, len(list(plain.iter("script"))))
    expect({element.text for element in tree.iter("script")} == {element.text for element in plain.iter("script")},
           "another script than that of every report")
    expect_same_elements(tree, tree_of(samples("plain", "html").decode()), ("mark", "wbr", "text", "tspan", "span", "i"))
    words = text_of(tree) + " ".join(str(value) for element in tree.iter() for value in element.attrib.values())
    expect_all(words, HTML_LACKS)
    return document


def read_html_in_a_browser():
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        raise Skip("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder, "report.html")
        page.write_bytes(samples("hostile", "html"))
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
             "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
            capture_output=True, timeout=120, check=False)
    drawn = tree_of(done.stdout.decode())
    title = drawn.find("head/title")
    expect(title is not None, f"no page: {done.stderr[-300:]}")
    expect(title.text != OWNED, "a script of the report's text ran")
    plain = tree_of(samples("hostile", "html").decode())
    for tag in ("script", "svg", "h1", "table", "body"):
        count = [sum(1 for one in tree.iter() if isinstance(one.tag, str) and one.tag.rsplit("}")[-1] == tag)
                 for tree in (drawn, plain)]
        expect(count[0] == count[1], f"{count[0]} <{tag}> instead of {count[1]}")


# ---- markup beside the same of harmless words ----


def skeleton(tree, left_out=()):
    """The elements in their order, without their texts."""
    return [str(element.tag).rsplit("}")[-1] for element in tree.iter()
            if isinstance(element.tag, str) and str(element.tag).rsplit("}")[-1] not in left_out]


def expect_same_elements(hostile, plain, left_out=()):
    got, wanted = skeleton(hostile, left_out), skeleton(plain, left_out)
    if got == wanted:
        return
    at = next((i for i, (one, other) in enumerate(zip(got, wanted)) if one != other), min(len(got), len(wanted)))
    raise AssertionError(f"element {at} of {len(got)} ({len(wanted)} of harmless words) is other: {got[at - 5 : at + 5]} "
                         f"instead of {wanted[at - 5 : at + 5]}")


# ---- machines ----


def expect_told(text, told):
    lost = {field: count for field, count in missing(text, ()).items() if field in told}
    expect(not lost, f"lost: {lost}")


JUNIT_TELLS = {"report.title", "finding.title", "finding.why", "seen.text", "seen.source", "fix.command",
               "step.where", "step.condition", "step.risk", "acceptance.reason", "subject.shown", "run.remark"}


def read_junit():
    document = samples("hostile", "junit")
    check_plain(document.decode())
    tree = xml.etree.ElementTree.fromstring(document)
    tags = {element.tag for element in tree.iter()}
    expect(tags <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}, tags)
    words = " ".join([*tree.itertext(), *(value for element in tree.iter() for value in element.attrib.values())])
    expect_told(words, JUNIT_TELLS)
    expect_same_elements(tree, xml.etree.ElementTree.fromstring(samples("plain", "junit")))
    if not shutil.which("xmllint"):
        raise Skip("xmllint is not installed")
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", ROOT / "tests/program/junit.xsd", "-"],
                          input=document, capture_output=True, check=False)
    expect(done.returncode == 0, done.stderr.decode()[:600])


PERFORMANCE = re.compile(r"(?:[a-z]+|'[^'=|]+')=-?[0-9.]+s?(?:;[0-9.:-]*){0,3}")


def read_nagios():
    for turn in range(20):  # it tells of the worst fault alone: let each payload be in it
        check_line(samples("hostile", "nagios", str(turn)).decode())


def check_line(line):
    check_plain(line)
    expect(line.count("\n") == 1 and line.endswith("\n"), "not one line")
    expect(len(line.encode()) <= 4096, f"{len(line.encode())} bytes")
    expect(line.count("|") == 1, "not one |")
    text, data = line.split("|")
    expect(re.match("EXDIAG (OK|WARNING|CRITICAL|UNKNOWN) - ", text), text)
    left = PERFORMANCE.sub("", data).strip()
    expect(left == "", f"no performance data: {left}")


LABELS = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
METRIC = re.compile(rf"exdiag_[a-z_]+(?:\{{{LABELS}(?:,{LABELS})*\}})? -?[0-9.]+")


def read_prometheus():
    document = samples("hostile", "prometheus").decode()
    check_plain(document)
    expect_told(document.replace('\\"', '"').replace("\\\\", "\\"), {"measure.subject", "measure.part"})
    for line in document.removesuffix("\n").split("\n"):
        expect(METRIC.fullmatch(line) or re.match("# (HELP|TYPE) exdiag_[a-z_]+ ", line), f"no metric: {line}")
    counts = [collections.Counter(re.match(r"\w+", line)[0] for line in text.split("\n") if line.startswith("exdiag"))
              for text in (document, samples("plain", "prometheus").decode())]
    expect(counts[0] == counts[1], f"other metrics than of harmless words: {counts}")
    lines = [line.rsplit(" ", 1)[0] for line in document.split("\n") if line.startswith("exdiag")]
    expect(len(lines) == len(set(lines)), "a metric is there twice")
    if not shutil.which("promtool"):
        raise Skip("promtool is not installed")
    done = subprocess.run(["promtool", "check", "metrics"], input=document.encode(), capture_output=True, check=False)
    expect(done.returncode == 0, done.stderr.decode()[:600] + done.stdout.decode()[:600])


# ---- Markdown ----

MARKDOWN_TELLS = {"report.title", "finding.title", "finding.why", "seen.text", "seen.source", "fix.command",
                  "verify.command", "undo.command", "step.where", "step.condition", "step.risk", "step.note", "acceptance.reason",
                  "subject.shown", "run.remark"}
MARKDOWN_TAGS = {"html", "head", "body", "h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "code", "pre", "input", "br"}


def rendered(markdown):
    """What renderers of npm make of it, by their names."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Skip("node and npm are not installed")
    here = ROOT / "tests/reports/markdown"
    caches = os.environ.get("EXDIAG_CACHE") or pathlib.Path(
        os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "exdiag")
    cache = pathlib.Path(caches, "markdown")
    lock, kept = here / "package-lock.json", cache / "package-lock.json"
    if not (cache / "node_modules").is_dir() or not kept.exists() or kept.read_bytes() != lock.read_bytes():
        cache.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(here / name, cache / name)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=cache, check=True)
    done = subprocess.run(["node", here / "render.mjs", cache], input=markdown.encode(), capture_output=True, check=False)
    expect(done.returncode == 0, done.stderr.decode()[:600])
    return json.loads(done.stdout)


def prose_of(element):
    """Its text outside code: what mentions, references and addresses are looked for in."""
    if element.tag in ("code", "pre"):
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [prose_of(child), child.tail or ""]
    return " ".join(parts)


def check_rendered(name, document):
    tree = tree_of(document)
    tags = {element.tag if isinstance(element.tag, str) else "comment" for element in tree.iter()}
    expect(tags <= MARKDOWN_TAGS, f"{name}: {tags - MARKDOWN_TAGS}")
    for element in tree.iter():
        expect(set(element.attrib) <= {"class", "type", "checked", "disabled", "start"}, f"{name}: {element.attrib}")
        if element.tag == "code" and "class" in element.attrib:
            expect(element.attrib["class"] in ("language-powershell", "language-bat", "language-sh", "language-text"),
                   f"{name}: {element.attrib}")
    prose = prose_of(tree)
    for acts in (r"@[\w-]", r"#[0-9]", r"[a-z]://", r"\bwww\.", r"[!%&~$][\w{`]", r":[a-z_+-][\w+-]*:", r"\[[^\]]*\]\(", r"\|"):
        found = re.search(acts, prose)
        expect(not found, f"{name}: {prose[max(0, found.start() - 40):found.end() + 20]!r} may act" if found else "")
    return text_of(tree)


def read_markdown():
    document = samples("hostile", "markdown").decode()
    check_plain(document)
    plain = rendered(samples("plain", "markdown").decode())
    for name, made in rendered(document).items():
        words = check_rendered(name, made)
        expect_same_elements(tree_of(made), tree_of(plain[name]), ("code", "br"))
        expect_told(words, MARKDOWN_TELLS)


READERS = {
    "markdown": read_markdown,
    "junit": read_junit,
    "nagios": read_nagios,
    "prometheus": read_prometheus,
    "text": lambda: [expect_all(read_text(how), TEXT_LACKS) for how in ("plain", "colours", "ascii", "narrow")],
    "json": read_json,
    "html": read_html,
}


# ---- what is no format: --runbook, and exdiag diff ----

RUNBOOK_TELLS = {"report.title", "finding.title", "fix.command", "verify.command", "undo.command", "step.where", "step.condition", "step.risk",
                 "step.note", "subject.shown"}


def read_runbook():
    written = samples("hostile", "runbook").decode()
    check_plain(written)
    lines = written.removesuffix("\n").split("\n")
    commands = {part for field, text in STRINGS if field.endswith(".command") for part in text.split("\n")}
    for line in lines[1:]:
        expect(re.match(r"#(?!requires)", line, re.IGNORECASE), f"no comment: {line}")
        expect(not line.startswith("# ") or line[2:] in commands, f"no command of a step: {line}")
    words = "\n".join(re.sub(r"^#+", "", line) for line in lines)
    expect_told(words, RUNBOOK_TELLS)
    for shell in ("dash", "bash"):
        if not shutil.which(shell):
            raise Skip(f"{shell} is not installed")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([shell], input=written.encode(), capture_output=True, cwd=folder, check=False)
            expect((done.returncode, done.stdout, done.stderr, os.listdir(folder)) == (0, b"", b"", []),
                   f"{shell} runs something: {done.stdout[:200]}{done.stderr[:200]}")


def read_changes():
    written = read_text("plain", "changes")
    expect_told(written, {"report.title", "run.source", "past.finding.title", "past.subject.shown", "finding.title"})


# ---- cases ----


def run(name, function):
    global passed, failed, skipped
    try:
        function()
    except Skip as reason:
        skipped += 1
        print(f"skipped {name}: {reason}")
    except Exception as error:  # pylint: disable=broad-except
        failed += 1
        print(f"FAILED {name}: {str(error)[:1500] if isinstance(error, AssertionError) else repr(error)}")
    else:
        passed += 1
        print(f"ok {name}")


def main():
    for name in samples("formats").decode().split():
        if name not in READERS:
            run(f"{name} with hostile text", lambda: expect(False, "nobody here can read this format"))
            continue
        run(f"{name} with hostile text", READERS[name])
    run("html with hostile text, in a browser", read_html_in_a_browser)
    run("a runbook with hostile text", read_runbook)
    run("what changed, with hostile text", read_changes)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
