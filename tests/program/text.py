"""The report for terminals: a problem on a screen, many alike in one piece, and nothing lost."""

import statistics

from harness import *

SCENARIOS = sorted((BUILD / ".." / "..").resolve().glob("tests/scenario/*/evidence.jsonl"))
if not SCENARIOS:
    SCENARIOS = sorted((pathlib.Path(__file__).parent.parent / "scenario").glob("*/evidence.jsonl"))

# Lines of an entry at 80 columns. A screen has 50 or so; repairs of many steps take two or three.
DEMO_MEDIAN, DEMO_MOST = 48, 150
SCENARIOS_MEDIAN, SCENARIOS_MOST = 36, 142

RULE = re.compile(r"^── (\d+) ─+$")
LAST = re.compile(r"^(FIXED|OK|N/A|sources) |^\d+ problems?\b|^no problems\b|^planted in")


def show(path, *arguments):
    """The report of an evidence file: no schema, which other cases hold it to."""
    done = subprocess.run(
        [*program("exdiag"), "report", str(path), *arguments],
        capture_output=True, timeout=DEADLINE, env=environment({"LC_ALL": "C.UTF-8"}), check=False,
    )  # fmt: skip
    expect(done.returncode in (FINE, PROBLEMS, INCOMPLETE), f"{path}: {done.stderr!r}")
    return done.stdout.decode()


def entries(text):
    """{number: lines} of what stands below each rule."""
    found, lines = {}, None
    for line in text.splitlines():
        rule = RULE.match(line)
        if rule:
            lines = found.setdefault(int(rule[1]), [])
        elif lines is not None and LAST.match(line):
            lines = None
        elif lines is not None:
            lines.append(line)
    return {number: "\n".join(lines).rstrip().split("\n") for number, lines in found.items()}


def hold_lengths(sizes, median, most, what):
    sizes = sorted(sizes)
    middle = statistics.median(sizes)
    print(f"lines a problem, {what}: median {middle:g}, most {sizes[-1]}, of {len(sizes)}", flush=True)
    expect(middle <= median, f"{what}: the median is {middle:g} lines, not {median}")
    expect(sizes[-1] <= most, f"{what}: one takes {sizes[-1]} lines, not {most}")


def flat(text):
    return " ".join(text.split())


def is_told(part, text, squeezed):
    """Long words are broken where a line ends, so that only what is no space counts."""
    return part in text or "".join(part.split()) in squeezed


def numbers_of(lines, word):
    """Of "causes 1, 2 (critical): repair this first" 1 and 2."""
    said = re.sub(r" \((?:critical|warning|info)\)", "", flat("\n".join(lines[:40])))
    match = re.search(rf"\b{word} ([\d, ]+):", said)
    return [int(number) for number in match[1].split(",")] if match else []


@case
def a_problem_of_the_demonstration_is_a_screen():
    text = exdiag("demo", status=FINE, variables={"LC_ALL": "C.UTF-8"}).out
    hold_lengths([len(lines) for lines in entries(text).values()], DEMO_MEDIAN, DEMO_MOST, "the demo")


@case
def a_problem_of_the_scenarios_is_a_screen():
    sizes = []
    for path in SCENARIOS:
        sizes += [len(lines) for lines in entries(show(path)).values()]
    expect(len(sizes) > 400, f"only {len(sizes)} entries")
    hold_lengths(sizes, SCENARIOS_MEDIAN, SCENARIOS_MOST, "the scenarios")


def hold_nothing_lost(path):
    text = show(path, "--verbose")
    squeezed = "".join(text.split())
    lines = {line.strip() for line in text.splitlines()}
    for finding in json.loads(show(path, "--format", "json"))["findings"]:
        if finding["outcome"] in ("ok", "not-applicable"):
            continue
        where = f"{path.parent.name}: {finding['id']} of {finding['subject']['name']}"
        told = [part["text"] for part in finding["seen"]] + [part["source"] for part in finding["seen"]]
        for part in filter(None, told):
            part = re.sub(r"\s*\n\s*", " ", part)
            expect(is_told(part, text, re.sub(r"\^+", "", squeezed)) or "^" in part, f"{where}: {part!r}")
        for step in finding["fix"] + finding["verify"] + finding["undo"]:
            if step["shell"] == "manual":
                expect(is_told(step["command"], text, squeezed), f"{where}: {step['command']!r}")
                continue
            for line in step["command"].split("\n"):
                expect(line.strip() in lines, f"{where}: no line of its own: {line!r}")


@case
def nothing_of_the_scenarios_is_lost():
    """With --verbose: each command on lines of its own, and all that was seen."""
    for path in SCENARIOS:
        hold_nothing_lost(path)


@case
def every_width_is_kept():
    """Commands and addresses alone are wider, and nothing ends in spaces."""
    for path in SCENARIOS[::9]:
        report = json.loads(show(path, "--format", "json"))
        commands = {
            line.strip()
            for finding in report["findings"]
            for step in finding["fix"] + finding["verify"] + finding["undo"]
            for line in step["command"].split("\n")
        }
        for line in show(path).splitlines():
            expect(line == line.rstrip(), f"{path.parent.name}: it ends in spaces: {line!r}")
            expect(len(line) <= 80 or line.strip() in commands, f"{path.parent.name}: too wide: {line!r}")


@case
def causes_stand_before_what_follows():
    count = 0
    for path in SCENARIOS:
        found = entries(show(path))
        for number, lines in found.items():
            for cause in numbers_of(lines, "caused by"):
                count += 1
                expect(cause < number, f"{path.parent.name}: {number} is caused by {cause}")
                expect(number in numbers_of(found[cause], "causes"), f"{path.parent.name}: {cause} does not say so")
    expect(count >= 15, f"only {count} causes")


# ---- many alike ----

DOMAINS = [f"{word}{number}.com" for word in ("contoso", "fabrikam", "litware", "tailspin") for number in range(10)]


def the_only_entry(text):
    found = entries(text)
    expect_equal(list(found), [1], "entries")
    return found[1]


@case
def forty_domains_are_one_page():
    zone = "".join(f"{name} MX 10 mx.{name}\nmx.{name} A 192.0.2.1\n{name} TXT hello\n" for name in DOMAINS)
    with Lab(zone) as lab:
        ask = ("check", *DOMAINS, "--dns", lab.dns, "--only", "spf-none")
        variables = {"LC_ALL": "C.UTF-8"}
        lines = the_only_entry(exdiag(*ask, status=PROBLEMS, variables=variables).out)
        alone = the_only_entry(exdiag(*ask[:2], *ask[-4:], status=PROBLEMS, variables=variables).out)
        wordy = exdiag(*ask, "--verbose", status=PROBLEMS, variables=variables).out
    text = "\n".join(lines)
    expect_in("each of 40 domains: no SPF record is published", text, "the title")
    expect(len(lines) < 5 * len(alone), f"{len(lines)} lines, where one domain takes {len(alone)}")
    for name in DOMAINS:
        expect_equal(text.count(f'\n                {name}. IN TXT "v=spf1 -all"\n'), 1, f"records of {name}")
        expect_in(f"exdiag check --domain {name} --only spf", wordy, "verbose")


@case
def ten_servers_are_repaired_in_one_place():
    export = (SCENARIOS[0].parent.parent / "time-member-policy-harms/ex01.reg").read_bytes()
    names = [f"ex{number:02}" for number in range(1, 11)]
    with folder() as place, Lab("contoso.com SOA a.contoso.com b.contoso.com 1 2 3 4 5\n") as lab:
        arguments = []
        for name in names:
            text = export.decode("utf-16" if export[:2] == b"\xff\xfe" else "utf-8")
            (place / f"{name}.reg").write_text(text.replace("EX01", name.upper()), "utf-16")
            arguments += ["--server", f"{name}.contoso.com", "--file", f"{name}.contoso.com={place}/{name}.reg"]
        text = exdiag("check", *arguments, "--only", "time-hierarchy", "--dns", lab.dns, status=PROBLEMS,
                      variables={"LC_ALL": "C.UTF-8"}).out  # fmt: skip
    lines = the_only_entry(text)
    expect_in("each of 10 servers does not follow the domain's time", flat(text), "the title")
    expect_in("One of these servers after the other", text, "in which order")
    expect_equal(text.count("gpupdate /target:computer /force"), 1, "how often it is said")
    expect(len(lines) < 110, f"{len(lines)} lines")
    for name in names:
        expect_in(f"{name}.contoso.com", "\n".join(lines), "the entry")


main()
