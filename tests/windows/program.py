"""exdiag.exe as its users run it, under Wine: python3 program.py BUILD

Its commands, and their output beside that of the program of this system where build/release has
one; reports in every form, and the files they go to; the whole demonstration, in a folder with DLLs of a stranger's. Ends with a count.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = BUILD / "exdiag.exe"
OWN = ROOT / "build/release/exdiag"
WINE = ROOT / "tests/windows/wine.sh"
DEADLINE = 300
STRANGER = 77  # how a program ends that loads a stranger's DLL
FORMS = ("text", "html", "json", "markdown", "junit", "nagios", "prometheus")
# With a chart, a tree, a timeline, hostile words, and the steps of several shells.
SCENARIOS = (
    "clock-server-ahead", "mx-stall", "not-mergeable-lookups", "mx-hostile-greeting", "build-web-behind",
    "ews-host-cgi",
)  # fmt: skip

FINE, PROBLEMS = 0, 1


class Skip(Exception):
    """Raised by a case that cannot run here; says why."""


def expect(claim, why):
    if not claim:
        raise AssertionError(why)


def run(*arguments, program=PROGRAM, wine=True, folder=None, native=(), zone="UTC"):
    """Output goes to files: Wine's own processes would hold a pipe open for a while after the end."""
    command = ([str(WINE)] if wine else []) + [str(program), *arguments]
    variables = dict(os.environ, WINE_TIMEOUT=str(DEADLINE), LC_ALL="C.UTF-8", TZ=zone)
    if native:
        variables["WINEDLLOVERRIDES"] = f"mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;{','.join(native)}=n,b"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=variables, timeout=DEADLINE, check=False
        )
        out.seek(0)
        err.seek(0)
        result.stdout, result.stderr = out.read(), err.read()
    return result


def told(*arguments):
    """What it says, as UTF-8, of a run that has to end well."""
    result = run(*arguments)
    expect(result.returncode == FINE, f"{arguments}: {result.returncode}: {result.stderr.decode(errors='replace')}")
    return result.stdout.decode("utf-8")


def timeless(output):
    """Without when it ran, and how old the evidence was then."""
    return re.sub(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?|age=\d+s|is \d+ \w+ old", b"", output)


def it_says_what_it_is():
    expect(told("--version").startswith("exdiag "), "no version")
    expect("usage: exdiag COMMAND" in told("help"), "no help")


def it_says_what_it_knows():
    listed = told("list")
    for probe in ("spf", "mx", "clock", "spn", "build", "ews", "powershell"):
        expect(f"\n{probe} " in "\n" + listed, f"list has no {probe}")
    expect("spf-multiple" in told("explain"), "explain lists no findings")
    expect("RFC 7208" in told("explain", "spf-multiple"), "explain has no page")


def its_words_are_those_of_other_systems():
    """Byte for byte, among them characters beyond ASCII, in arguments and in what is printed."""
    if not OWN.exists():
        raise Skip("build/release has no program to compare with")
    for arguments in (
        ["help"],
        ["list"],
        ["explain", "clock-skew"],
        ["man"],
        *(["completion", shell] for shell in ("bash", "zsh", "fish", "powershell")),
        ["spf", "--record", "v=spf1 ip4:192.0.2.25/33 include:bücher.example ~all"],
    ):
        here, there = run(*arguments, program=OWN, wine=False), run(*arguments)
        expect(there.returncode == here.returncode, f"{arguments}: {there.returncode}, not {here.returncode}")
        expect(timeless(there.stdout) == timeless(here.stdout), f"{arguments}: other words: {there.stdout[:400]!r}")


def expect_same(arguments, folder=None):
    here, there = run(*arguments, program=OWN, wine=False, folder=folder), run(*arguments, folder=folder)
    expect(there.returncode == here.returncode, f"{arguments}: {there.returncode}, not {here.returncode}: {there.stderr}")
    same = timeless(there.stdout) == timeless(here.stdout) if "nagios" in arguments else there.stdout == here.stdout
    expect(same, f"{arguments}: another report: {there.stdout[:400]!r}")
    return there.stdout


def evidence(folder, scenario):
    name = f"{scenario}-ü.jsonl"
    shutil.copy(ROOT / "tests/scenario" / scenario / "evidence.jsonl", pathlib.Path(folder) / name)
    return name


def a_saved_run_is_reported():
    """Evidence that this system saved is the same report there, byte for byte, in each format."""
    if not OWN.exists():
        raise Skip("build/release has no program to compare with")
    with tempfile.TemporaryDirectory() as folder:
        files = [evidence(folder, scenario) for scenario in SCENARIOS]
        for form in FORMS:
            arguments = ["report", *files, "--title", "Müller & Söhne", "--format", form, "--runbook"]
            report = expect_same([*arguments, f"{form}.txt"], folder)
            expect(b"\r" not in report, f"{form}: carriage returns")
            run(*arguments, "own.txt", program=OWN, wine=False, folder=folder)
            runbook = (pathlib.Path(folder) / f"{form}.txt").read_bytes()
            expect(runbook == (pathlib.Path(folder) / "own.txt").read_bytes().replace(b"\n", b"\r\n"), f"the runbook's lines: {runbook[:200]!r}")


def text_files_are_for_notepad():
    """That of Server 2016 knows no end of a line but CRLF. What programs read is the same everywhere."""
    if not OWN.exists():
        raise Skip("build/release has no program to compare with")
    with tempfile.TemporaryDirectory() as folder:
        old, new = evidence(folder, "mx-stall"), evidence(folder, "mx-healthy")
        record = ["spf", "--record", "v=spf1 ip4:192.0.2.25/33 include:bücher.example ~all"]
        for arguments, is_text in (
            *((["report", old, "--format", form], form == "text") for form in FORMS),
            (["diff", old, new], True),
            (record, True),
            ([*record, "--format", "json"], False),
            (["man"], False),
            (["collect-script"], False),
            (["completion", "bash"], False),
        ):
            printed = timeless(run(*arguments, program=OWN, wine=False, folder=folder).stdout)
            for path in ("there.txt", "there.txt", "sub/../there.txt"):  # new, and in its place
                run(*arguments, "--output", path, folder=folder)
                written = timeless((pathlib.Path(folder) / "there.txt").read_bytes())
                expect(written == (printed.replace(b"\n", b"\r\n") if is_text else printed), f"{arguments}: {written[:300]!r}")


def two_runs_are_compared():
    if not OWN.exists():
        raise Skip("build/release has no program to compare with")
    with tempfile.TemporaryDirectory() as folder:
        old, new = evidence(folder, "mx-stall"), evidence(folder, "mx-healthy")
        for form in ("text", "html", "json", "markdown"):
            expect(b"mx-banner-stall" in expect_same(["diff", old, new, "--format", form], folder), f"{form}: {old} has no fault")


def a_run_says_where_and_when():
    """The machine's own name, and its time zone's hours at that moment, half ones too, on both sides of UTC."""
    with tempfile.TemporaryDirectory() as folder:
        for zone, minutes in (("UTC", 0), ("Asia/Kolkata", 330), ("America/Phoenix", -420)):
            saved = pathlib.Path(folder) / f"{minutes}.jsonl"
            run("check", "--file", str(ROOT / "tests/iis/2019/applicationHost.config"), "--save", saved.name, folder=folder, zone=zone)
            header = json.loads(saved.read_text().splitlines()[0])
            expect(header.get("utc_offset_minutes") == minutes, f"{zone}: {header.get('utc_offset_minutes')}, not {minutes}")
            expect(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", header.get("machine", "")), f"machine: {header.get('machine')}")


def told_of_output(folder, *path):
    """How a report ends that goes there, and what is in the folder then."""
    result = run("report", "mx-stall-ü.jsonl", "--format", "nagios", *path, folder=folder)
    names = sorted(name.name for name in pathlib.Path(folder).iterdir() if name.name != "mx-stall-ü.jsonl")
    return result, names


def reports_go_into_files():
    """In place of what was there, in one go; and where that cannot be, nothing is left beside it."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        evidence(folder, "mx-stall")
        file = folder / "bericht-ü.txt"
        file.write_text("former\n" * 1000)
        result, names = told_of_output(folder, "--output", file.name)
        report = file.read_bytes()
        expect(result.returncode == 2 and b"EXDIAG CRITICAL" in report and b"former" not in report, f"{result.returncode}: {report[:200]}")
        expect(names == [file.name], f"beside it: {names}")
        file.chmod(0o444)  # which Wine calls read-only, and lets root write to
        result, names = told_of_output(folder, "--output", file.name)
        expect(b"access denied" in result.stderr or os.geteuid() == 0, f"read-only: {result.stderr!r}")
        expect(names == [file.name] and file.stat().st_mode & 0o777 == 0o444, f"what is read-only, and beside it: {names}")
        for path in ("NUL", "nul", "CON", "bericht-ü.txt:part", "nowhere\\x", ".", "x" * 300):
            result, names = told_of_output(folder, "--output", path)
            said = f"{path}: {result.returncode} {result.stderr!r}"
            expect(result.returncode == (3 if result.stderr else 2), said)  # as a plugin ends: unknown, or critical
            if path != "CON" and ":" not in path:  # there may be no console, and no stream in a file
                expect(bool(result.stderr) == (path.upper() != "NUL"), said)
            beside = [name for name in names if name not in (file.name, "bericht-ü.txt:part")]  # a file to Wine
            expect(not beside, f"{path}: beside it: {beside}")



def a_wrong_file_is_told():
    result = run("report", "C:\\nowhere\\nothing.jsonl")
    expect(result.returncode not in (FINE, STRANGER), f"it ends with {result.returncode}")
    expect(b"nothing.jsonl" in result.stderr, f"it says {result.stderr!r}")


def stranger(folder):
    """
    A DLL that ends whatever loads it, under names that a program may look for beside itself. Not
    iphlpapi and secur32, which Wine's own ws2_32 and wldap32 import: image.py looks after those.
    """
    source = pathlib.Path(folder) / "stranger.c"
    source.write_text(
        "#include <windows.h>\n"
        "BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID more)\n"
        "{ (void)self; (void)reason; (void)more; ExitProcess(%d); return TRUE; }\n" % STRANGER
    )
    first = pathlib.Path(folder) / "bcrypt.dll"
    subprocess.run(["x86_64-w64-mingw32-gcc", "-shared", "-o", str(first), str(source)], check=True)
    names = "bcrypt crypt32 wevtapi userenv cryptbase profapi libxml2 libcurl".split()
    for name in names[1:]:
        shutil.copy(first, pathlib.Path(folder) / f"{name}.dll")
    return names


def the_demonstration_is_whole_beside_dlls_of_a_stranger():
    with tempfile.TemporaryDirectory() as folder:
        names = stranger(folder)  # of which Wine prefers its own, unless it is told
        plain = pathlib.Path(folder) / "plain.exe"
        shutil.copy(BUILD / "tests/test_platform.exe", plain)  # it imports bcrypt.dll as most do
        expect(run(program=plain, folder=folder, native=names).returncode == STRANGER, "the stranger's DLLs are none")
        program = pathlib.Path(folder) / "exdiag.exe"
        shutil.copy(PROGRAM, program)
        began = time.monotonic()
        result = run("demo", program=program, folder=folder, native=names)
        took = time.monotonic() - began
    lines = result.stderr.decode("utf-8").splitlines()
    counts = [line.split() for line in lines if line.endswith(" found") and " of " in line]
    expect(result.returncode == FINE, f"it ends with {result.returncode}: {lines[-3:]}")
    expect(counts and counts[0][0] == counts[0][2], f"not all was found: {[line for line in lines if 'NOT FOUND' in line]}")
    expect(not any("not shown" in line for line in lines), f"something was left out: {lines[-5:]}")
    report = result.stdout.decode("utf-8")
    expect("●" in report and "CRITICAL" in report, "the report is none")
    print(f"  {counts[0][0]} of {counts[0][2]} found, {took:.1f} s")


CASES = [
    it_says_what_it_is,
    it_says_what_it_knows,
    its_words_are_those_of_other_systems,
    a_saved_run_is_reported,
    text_files_are_for_notepad,
    two_runs_are_compared,
    a_run_says_where_and_when,
    reports_go_into_files,
    a_wrong_file_is_told,
    the_demonstration_is_whole_beside_dlls_of_a_stranger,
]


def main():
    failed = skipped = 0
    for case in CASES:
        name = case.__name__.replace("_", " ")
        try:
            case()
            print(f"ok {name}")
        except Skip as why:
            print(f"skipped {name}: {why}")
            skipped += 1
        except (AssertionError, subprocess.SubprocessError, UnicodeDecodeError) as why:
            print(f"FAILED {name}: {why}")
            failed += 1
    print(f"{len(CASES) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return failed > 0


sys.exit(main())
