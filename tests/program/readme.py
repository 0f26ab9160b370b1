"""README.md, docs/ and the pages beside the sources: what they tell users to type is understood, what they link to is
there, and what they say of findings, options and probes is what the program says."""

import re
import shlex

from harness import *

USERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
ROOMS = ("diag", "probes", "tests", "tests/bench")
PAGES = USERS + [ROOT / "CHANGELOG.md", *(ROOT / f"{room}/README.md" for room in ROOMS)]
README_LINES = 250
PICTURE_BYTES = 200_000
EVIDENCE_TAKERS = ("report", "diff")
FILES = (
    "SEND20261120-1.LOG", "RECV20261120-1.LOG", "trace.pcapng", "ex01/w32time.reg", "dc1/w32time.reg",
    "directory.ldf", "exchange.ldf", "accounts.ldf", "smtpsvc.txt", "application.evtx", "lsa.reg",
    "job.log", "setup.reg", "applicationHost.config", "ex01/applicationHost.config", "ex02/front.config",
    "ex01/setup.reg", "servers.txt", "ex01/setup.txt", "ex02/ExSetup.exe",
    "exdiag-EX01-20261120-093000/registry.reg", "collected/registry.reg", "customer contoso/registry.reg",
    "evidence/ex01/registry.reg", "evidence/ex02/registry.reg", "logs/u_ex261120.log", "ex01/lsa.reg",
)  # fmt: skip


def name_of(page):
    return str(page.relative_to(ROOT))


def blocks(page, language=""):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.M | re.S)


def prose(page):
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)


def rows(page):
    """(heading cells, cells) of every row of every table."""
    heading = None
    for line in prose(page).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]] if line.startswith("|") else None
        if cells is None:
            heading = None
        elif heading is None:
            heading = cells
        elif not set("".join(cells)) <= set(":- "):
            yield heading, cells


def ids_in(text):
    return re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", text)


def probes():
    """{name: {"needs": [...], "in logs": text, "findings": [...]}} as `exdiag list` has them."""
    known = {}
    for line in exdiag("list", status=FINE).out.splitlines():
        if line[:1].strip():
            known[name := line.split()[0]] = {}
            continue
        word, _, rest = line.strip().partition(": ")
        if rest:
            known[name][word] = rest
    known.pop("host", None)  # what several probes have in common
    for of in known.values():
        of["needs"] = of["needs"].split(", ")
        of["findings"] = of.get("findings", "").split()
    return known


def findings():
    return [one for probe in probes().values() for one in probe["findings"]]


def options_of(command):
    return set(re.findall(r"^ +(--[a-z-]+)", exdiag(command, "--help", status=FINE).out, re.M))


def subcommands():
    return set(re.findall(r"^  ([a-z-]+)  ", exdiag("--help", status=FINE).out, re.M))


def commands():
    """(page, words) of every line of a block that calls the program."""
    for page in USERS:
        for block in blocks(page):
            for line in block.splitlines():
                if match := re.match(r"(?:\$ )?exdiag(?:\.exe)? ([a-z-].*)", line):
                    yield name_of(page), shlex.split(match[1], comments=True)


def as_typed(words, place, dns):
    """What the shell makes of them, but that the lab's name server is asked, and --plan sends nothing.
    A file of authorities would be read, and one of builds, acceptances or earlier results."""
    ends = [at for at, word in enumerate(words) if word[0] in "<>|&"]
    typed = []
    for word in words[: min(ends, default=None)]:
        paths = sorted(place.glob(word)) if "*" in word else []
        typed += [path.relative_to(place) for path in paths] or [word]
    for option in {"--dns", "--ca-file", "--builds", "--accept", "--resume"} & set(typed):
        at = typed.index(option)
        del typed[at : at + 2]
    if typed[0] in ("check", "spf", "audit"):
        typed += ["--dns", dns]
    return typed + ["--plan"] * (typed[0] == "check" and "--plan" not in typed)


@case
def every_command_is_understood():
    count = 0
    with Lab(HEALTHY) as lab, folder() as place:
        exdiag("check", "contoso.com", "--dns", lab.dns, "--save", place / "evidence.jsonl", status=FINE)
        evidence = (place / "evidence.jsonl").read_bytes()
        for name in FILES:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("nothing that is read\n")
        for page, words in commands():
            typed = as_typed(words, place, lab.dns)
            for left in place.glob("*.jsonl"):
                left.unlink()
            if typed[0] in EVIDENCE_TAKERS:
                for before, name in zip(typed, typed[1:]):
                    if str(name).endswith(".jsonl") and before != "--save":
                        (place / str(name)).write_bytes(evidence)
            result = exdiag(*typed, folder=place, stdin=b"contoso.com\n")
            nowhere = "name what to examine" in result.err  # found by itself in a domain alone
            expect(result.status != TROUBLE or nowhere, f"{page}: exdiag {words}: {result.err}")
            count += 1
    expect(count > 60, f"only {count} commands were found")


@case
def what_else_is_typed_is_there():
    """Targets of make, presets of CMake, scripts of the repository."""
    makefile = (ROOT / "Makefile").read_text()
    presets = (ROOT / "CMakePresets.json").read_text()
    count = 0
    for page in PAGES:
        text = page.read_text()
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M):
            expect(re.search(rf"^{target}:", makefile, re.M), f"{name_of(page)}: there is no make {target}")
            count += 1
        for preset in re.findall(r"--preset ([a-z]+)", text):
            expect_in(f'"name": "{preset}"', presets, name_of(page))
        for script in re.findall(r"(?:^|`)((?:tests|win32|posix)/[a-z/_-]+\.(?:sh|py))", text, re.M):
            there = (ROOT / script).exists() or (page.parent / script).exists()
            expect(there, f"{name_of(page)}: there is no {script}")
    expect(count > 10, f"only {count} targets were found")


@case
def every_option_named_is_one():
    known = {command: options_of(command) for command in subcommands()}
    every = set().union(*known.values())
    for page in USERS:
        lines = [line for block in blocks(page) for line in block.splitlines() if "exdiag " in line]
        text = "\n".join([prose(page), *lines])
        for inline in re.findall(r"`exdiag(?:\.exe)? ([a-z-]+)([^`]*)`", text):
            command, rest = inline
            if command.startswith("--"):
                continue
            expect_in(command, known, f"{name_of(page)}: commands")
            for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", rest):
                expect_in(option, known[command], f"{name_of(page)}: options of exdiag {command}")
        for option in re.findall(r"`(--[a-z][a-z-]*)[^`]*`", text):
            expect_in(option, every | {"--preset", "--cacert", "--check"}, f"{name_of(page)}: options")


@case
def every_option_has_its_row():
    """docs/options.md: each option of each command is in a table there, and each command."""
    told = [cell for _, cells in rows(ROOT / "docs/options.md") for cell in cells[:1]]
    words = set(re.findall(r"--[a-z][a-z-]*", " ".join(told)))
    for command in subcommands():
        missing = options_of(command) - words
        expect_equal(missing, set(), f"options of exdiag {command} without a row")
        expect(any(f"`exdiag {command}" in cell for cell in told), f"exdiag {command} has no row")


@case
def every_finding_is_once_in_the_table_of_the_readme():
    table = [cells for heading, cells in rows(ROOT / "README.md") if heading[2:3] == ["findings"]]
    told = [one for cells in table for one in ids_in(cells[2])]
    expect_equal(sorted(told), sorted(findings()), "findings in README.md")


@case
def every_finding_is_in_one_table_of_the_pages():
    """Of each finding there is a word for users, in one place; and no page has a word of one that is none."""
    told = {}
    for page in USERS[1:]:
        for heading, cells in rows(page):
            if heading[0] == "finding":
                for one in ids_in(cells[0]):
                    told.setdefault(one, []).append(name_of(page))
    expect_equal(set(findings()) - set(told), set(), "findings without a word for users")
    expect_equal(set(told) - set(findings()), set(), "words of findings that are none")
    expect_equal({one: pages for one, pages in told.items() if len(pages) > 1}, {}, "findings told of twice")


@case
def no_page_names_a_finding_that_is_none():
    """By the words that findings begin with: spf-, mx-, ..."""
    known = set(findings())
    begins = {one.split("-")[0] for one in known} - {"file", "run", "machine", "time"}
    begins -= {name for name in subcommands()}
    folders = {path.name for path in (ROOT / "tests/scenario").iterdir()}
    for page in USERS[:1] + USERS[3:]:
        for one in ids_in(prose(page)):
            if one.split("-")[0] in begins and one not in folders and not one.endswith("-"):
                expect_in(one, known, f"{name_of(page)}: findings")


@case
def the_sources_of_the_readme_are_those_of_the_findings():
    """Each KB, RFC and title in a row is among the references of one of its findings."""
    for heading, cells in rows(ROOT / "README.md"):
        if heading[2:3] != ["findings"]:
            continue
        pages = [exdiag("explain", one, status=FINE).out.split("\nreferences\n")[-1] for one in ids_in(cells[2])]
        text = " ".join(" ".join(pages).split()).replace("`", "")
        wanted = re.findall(r"RFC \d+|(?:VMware )?KB ?Q?\d+", cells[3])
        for source in wanted or [cells[3].replace("`", "")]:
            expect_in(source, text, f"references of {cells[2]}")


@case
def the_permissions_shown_are_those_of_the_probes():
    known = probes()
    with folder() as place:
        plan = exdiag("check", "contoso.com", "a@contoso.com", "--server", "ex.contoso.com", "--plan", folder=place).out
    touched = dict(re.findall(r"^([a-z]+)\n  touches: (.*?)^  credentials:", plan, re.M | re.S))
    told = {}
    for heading, cells in rows(ROOT / "README.md"):
        if heading[:2] == ["probe", "needs"]:
            told[cells[0].strip("`")] = cells
    expect_equal(list(told), list(known), "probes in README.md, in their order")
    for name, cells in told.items():
        expect_equal(cells[1].split(", "), known[name]["needs"], f"needs of {name}")
        for port in re.findall(r"(?:TCP|UDP|ports?|and) (\d{2,4})\b(?! packets)", touched.get(name, "")):
            expect(re.search(rf"\b{port}\b", cells[3]), f"{name} touches port {port}: {cells[3]}")
        for event in re.findall(r"\b\d{4}\b", known[name]["in logs"]):
            expect_in(event, cells[4], f"what defenders see of {name}")


@case
def every_link_leads_somewhere():
    anchors = {}
    for page in PAGES:
        headings = re.findall(r"^#+ (.*)$", prose(page), re.M)
        anchors[page] = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    linked = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
            if target.startswith("https://"):
                continue
            path, _, anchor = target.partition("#")
            other = (page.parent / path).resolve() if path else page
            expect(other.exists(), f"{name_of(page)}: there is no {path}")
            linked.add(other)
            if anchor:
                expect_in(anchor, anchors[other], f"{name_of(page)}: anchors of {other.name}")
    lonely = {name_of(page) for page in PAGES if page not in linked} - {"README.md"}
    expect_equal(lonely, set(), "pages that no other leads to")


@case
def the_readme_is_short_and_its_pictures_are_small():
    lines = (ROOT / "README.md").read_text().count("\n")
    expect(lines <= README_LINES, f"README.md has {lines} lines")
    shown = set()
    for page in PAGES:
        shown |= {(page.parent / path).resolve() for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text())}
    expect_equal(shown, set((ROOT / "docs/pictures").glob("*.png")), "pictures that pages show")
    for path in shown:
        size = path.stat().st_size
        expect(size <= PICTURE_BYTES, f"{name_of(path)} has {size} bytes")


@case
def the_report_shown_is_that_of_the_demonstration():
    """Piece by piece between "...", whatever the times, ports and intervals of the run, and this machine's name."""
    def plain(text):
        text = re.sub(r"^([A-Z]+ +\S+) .*[▒░].*$", r"\1", text, flags=re.M)  # columns are as wide as names
        text = re.sub(r"exdiag-demo-[0-9a-f]+", "exdiag-demo", text)
        return " ".join(re.sub(r"[+-]?\d+(?:[.:]\d+)*", "0", text).split())

    shown = re.search(r"^```\n(exdiag \d.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[1]
    printed = plain(exdiag("demo", "--only", "clock", status=FINE).out)
    pieces = [plain(piece) for part in re.split(r"^ *\.\.\.$", shown, flags=re.M) for piece in part.split("\n\n")]
    expect(len(pieces) > 6, f"only {len(pieces)} pieces are shown")
    for piece in pieces[1:]:
        expect(piece in printed, f"the demonstration does not print: {piece}")


@case
def what_was_proven_is_told_of_everything():
    """docs/proven.md has a row for each probe, each form of report, and each way to put something out."""
    first = " ".join(cells[0] for _, cells in rows(ROOT / "docs/proven.md"))
    formats = re.search(r"--format FORMAT +(.*)", exdiag("check", "--help", status=FINE).out)[1]
    for name in [*probes(), *re.findall(r"[a-z]{4,}", formats)]:
        if name != "or":
            expect(re.search(rf"`{name}`", first), f"docs/proven.md has no row for `{name}`")


@case
def the_probe_shown_is_one():
    """probes/README.md: the C that it shows compiles, as the project's does, and says all that a finding has to say."""
    shown = blocks(ROOT / "probes/README.md", "c")
    kind = re.search(r"^struct finding_kind \{(.*?)^\};", (ROOT / "diag/finding.h").read_text(), re.M | re.S)[1]
    for member in re.findall(r"(\w+);", re.sub(r"/\*.*?\*/", "", kind, flags=re.S)):
        expect(f".{member} =" in shown[0] or member == "undo", f"the kind shown has no {member}")
    with folder() as place:
        (place / "shown.c").write_text("\n".join(shown))
        compiled = subprocess.run(
            ["cc", "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-I", ROOT,
             place / "shown.c"], capture_output=True, text=True,
        )  # fmt: skip
        expect_equal(compiled.returncode, 0, compiled.stderr)


@case
def customers_are_asked_for_what_findings_ask_for():
    page = exdiag("explain", "time-hierarchy", status=FINE).out.split("when it cannot be checked")[1]
    text = (ROOT / "docs/clocks.md").read_text()
    lines = re.findall(r"^    ((?:reg|w32tm|echo|\"%Program).*(?:>.*|/y))$", page, re.M)  # no notes
    expect(len(lines) > 6, f"the page has {lines}")
    expect_in("```\n" + "\n".join(lines) + "\n```", text, "docs/clocks.md")


@case
def the_pages_say_what_defenders_see():
    for page, words in (
        ("clocks", ("AS-REQ without credentials", "account enumeration", "asked once")),
        ("spn", ("4624", "1644", "4769", "Kerberoasting")),
        ("ews", ("logs of IIS and EWS", "audit log")),
        ("builds", ("two requests for pages in the logs of IIS",)),
        ("powershell", ("nine requests in the logs of IIS",)),
        ("mx", ("ends with QUIT and no message",)),
    ):
        text = " ".join((ROOT / f"docs/{page}.md").read_text().split())
        for word in words:
            expect_in(word, text, f"docs/{page}.md")


@case
def the_table_of_builds_shown_is_one():
    page = (ROOT / "docs/builds.md").read_text()
    shown = re.search(r"^```\n(exdiag-builds .*?)^```$", page, re.M | re.S)[1]
    with folder() as place:
        (place / "builds.txt").write_text(shown)
        exdiag("check", "contoso.com", "--builds", place / "builds.txt", "--plan", status=FINE)


@case
def the_acceptance_shown_is_one():
    shown = re.search(r"^```\n(# accepted.txt\n.*?)^```$", (ROOT / "docs/reports.md").read_text(), re.M | re.S)[1]
    with folder() as place:
        (place / "accepted.txt").write_text(shown)
        exdiag("check", "contoso.com", "--accept", place / "accepted.txt", "--plan", status=FINE)


@case
def make_demo_installs_what_there_is():
    """libxml2 is libxml2-16 from Ubuntu 25.10 on; asked with stand-ins of apt's."""
    for answer, wanted in (("Candidate: 2.9.14", "libxml2"), ("Candidate: (none)", "libxml2-16"), ("", "libxml2-16")):
        with folder() as place:
            for name, does in (
                ("apt-get", "exit 0"), ("dpkg-query", "exit 1"), ("id", "echo 1000"),
                ("apt-cache", f'echo "  {answer}"'), ("sudo", f'echo "$@" >>{place}/said'),
            ):  # fmt: skip
                (place / name).write_text(f"#!/bin/sh\n{does}\n")
                (place / name).chmod(0o755)
            subprocess.run(
                [ROOT / "tests/install.sh", "build"], env={"PATH": f"{place}:/usr/bin:/bin"}, check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            installed = (place / "said").read_text().split(" install ")[1].split()
            names = [name for name in installed if name.startswith("libxml2")]
            expect_equal(names, [wanted], f"where apt-cache says '{answer}'")


main()
