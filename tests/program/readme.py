"""README.md and docs/: what they tell users to type is understood, and what they link to is there."""

import re
import shlex

from harness import *

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES = (
    "SEND20261120-1.LOG", "RECV20261120-1.LOG", "trace.pcapng", "ex01/w32time.reg", "dc1/w32time.reg",
    "directory.ldf", "exchange.ldf", "accounts.ldf", "smtpsvc.txt", "application.evtx", "lsa.reg",
    "job.log", "setup.reg", "applicationHost.config", "ex01/applicationHost.config", "ex02/front.config",
    "ex01/setup.reg", "servers.txt", "ex01/setup.txt", "ex02/ExSetup.exe",
    "exdiag-EX01-20261120-093000/registry.reg", "collected/registry.reg", "customer contoso/registry.reg",
    "evidence/ex01/registry.reg", "evidence/ex02/registry.reg", "logs/u_ex261120.log", "ex01/lsa.reg",
)  # fmt: skip
EVIDENCE = "today.jsonl"


def commands():
    """(page, words) of every line of a block that calls the program."""
    for page in PAGES:
        for block in re.findall(r"^```\n(.*?)^```$", page.read_text(), re.M | re.S):
            for line in block.splitlines():
                if re.match(r"(\$ )?exdiag [a-z]", line):
                    yield page.name, shlex.split(line.removeprefix("$ "), comments=True)[1:]


def as_typed(words, place, dns):
    """What the shell makes of them, but that the lab's name server is asked, and --plan sends nothing.
    A file of authorities would be read, and one of builds."""
    ends = [at for at, word in enumerate(words) if word[0] in "<>|&"]
    typed = []
    for word in words[: min(ends, default=None)]:
        paths = sorted(place.glob(word)) if "*" in word else []
        typed += [path.relative_to(place) for path in paths] or [word]
    for option in {"--dns", "--ca-file", "--builds"} & set(typed):
        at = typed.index(option)
        del typed[at : at + 2]
    if typed[0] in ("check", "spf", "audit"):
        typed += ["--dns", dns]
    return typed + ["--plan"] * (typed[0] == "check")


@case
def every_command_is_understood():
    count = 0
    with Lab(HEALTHY) as lab, folder() as place:
        exdiag("check", "contoso.com", "--dns", lab.dns, "--save", place / EVIDENCE, status=FINE)
        evidence = (place / EVIDENCE).read_bytes()
        for name in FILES:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("nothing that is read\n")
        for page, words in commands():
            typed = as_typed(words, place, lab.dns)
            (place / EVIDENCE).unlink(missing_ok=True)
            if typed[0] == "report":
                (place / EVIDENCE).write_bytes(evidence)
            result = exdiag(*typed, folder=place, stdin=b"contoso.com\n")
            expect(result.status != TROUBLE, f"{page}: exdiag {words}: {result.err}")
            count += 1
    expect(count > 20, f"only {count} commands were found")


@case
def every_finding_is_told_of():
    """Of each finding there is a word for users, and no page has a word of one that is none."""
    told = set()
    for page in PAGES:
        for line in page.read_text().splitlines():
            if line.startswith("| `") and " | " in line:
                told |= set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", line.split(" | ")[0]))
    ids = set()
    for line in exdiag("list", status=FINE).out.splitlines():
        if "findings: " in line:
            ids |= set(line.split("findings: ")[1].split())
    expect_equal(ids - told, {"file-not-read"}, "findings without a word for users")
    expect_equal(told - ids, set(), "words of findings that are none")


@case
def every_link_leads_somewhere():
    anchors = {}
    for page in PAGES:
        headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
        anchors[page] = {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}
    for page in PAGES:
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            path, _, anchor = target.partition("#")
            other = (page.parent / path).resolve() if path else page
            expect(other.exists(), f"{page.name}: there is no {path}")
            if anchor:
                expect_in(anchor, anchors[other], f"anchors of {other.name}")


@case
def the_report_shown_is_that_of_the_demonstration():
    """By the first two words of what stands at the margin: how far intervals reach, each run says anew."""
    def margin(text):
        return {tuple(line.split()[:2]) for line in text.splitlines() if line[:1].strip()}

    shown = re.search(r"^```\nexdiag \d.*?\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[1]
    printed = margin(exdiag("demo", "--only", "clock", status=FINE).out)
    expect(len(margin(shown)) > 8, "hardly anything is shown")
    expect_equal({words for words in margin(shown) - printed if words[0] != "examined"}, set(), "missing")


@case
def customers_are_asked_for_what_findings_ask_for():
    page = exdiag("explain", "time-hierarchy", status=FINE).out.split("when it cannot be checked")[1]
    text = (ROOT / "docs/clocks.md").read_text()
    lines = re.findall(r"^    ((?:reg|w32tm|echo|\"%Program).*)$", page, re.M)
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
