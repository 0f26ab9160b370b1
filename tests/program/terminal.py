"""Colours, widths and progress: what changes on a terminal, and what must not elsewhere."""

import re

from harness import *


def broken(*arguments, **keywords):
    with Lab(BROKEN) as lab:
        status, seen, errors = on_terminal(
            "check", "fabrikam.com", "--dns", lab.dns, *arguments, **keywords
        )
    expect_equal(status, PROBLEMS, "exit status")
    return seen, errors


@case
def colours_on_a_terminal():
    seen, _ = broken()
    expect_in(b"\x1b[1;31mCRITICAL", seen, "the terminal")
    expect(seen.count(b"\x1b[0m") > 1, "no style is ended")


@case
def no_colours_where_they_are_not_wanted():
    for arguments, variables in (
        (["--no-color"], {}),
        ([], {"NO_COLOR": "1"}),
        ([], {"TERM": "dumb"}),
        ([], {"TERM": None}),
    ):
        seen, _ = broken("--quiet", *arguments, variables=variables, stderr_too=False)
        expect_in(b"CRITICAL", seen, f"{arguments} {variables}")
        expect_not_in(b"\x1b", seen, f"{arguments} {variables}")


@case
def an_empty_NO_COLOR_means_nothing():
    seen, _ = broken(variables={"NO_COLOR": ""})
    expect_in(b"\x1b[1;31m", seen, "the terminal")


@case
def no_colours_in_a_file_or_pipe():
    with Lab(BROKEN) as lab, folder() as place:
        result = exdiag(
            "check", "fabrikam.com", "--dns", lab.dns, variables={"TERM": "xterm"}, status=PROBLEMS
        )
        expect_not_in("\x1b", result.out + result.err, "the pipe")
        for format in FORMATS:
            path = place / format
            on_terminal(
                "check", "fabrikam.com", "--dns", lab.dns, "--format", format, "--output", str(path)
            )
            expect_not_in(b"\x1b", path.read_bytes(), format)


@case
def text_fits_the_terminal():
    for columns in (40, 60, 100):
        seen, _ = broken("--quiet", "--no-color", columns=columns, stderr_too=False)
        for line in seen.decode().splitlines():
            expect(len(line) <= columns, f"{len(line)} columns of {columns}: {line!r}")


@case
def lists_and_plans_fit_the_terminal():
    plan = ("check", "--plan", "--dns", "127.0.0.1", "--server", "ex01.contoso.com", "--only", "clock")
    for columns in (40, 80, 120):
        seen = on_terminal("list", columns=columns)[1].decode()
        for line in seen.splitlines():
            expect(len(line) <= columns, f"{len(line)} columns of {columns}: {line!r}")
        expect_in("like account enumeration", " ".join(seen.split()), "the list")
        prose = re.search(r"^clock\s+touches:(.*)^  credentials:", on_terminal(*plan, columns=columns)[1].decode(),
                          re.M | re.S)[1]  # fmt: skip
        for line in prose.splitlines()[1:]:
            expect(re.match(r" {15}\S", line), f"it does not hang: {line!r}")
            expect(len(line) <= columns, f"{len(line)} columns of {columns}: {line!r}")
    for line in exdiag("list", status=FINE).out.splitlines():
        expect(re.match(r"[a-z]+ |  +(needs|in logs|of hosts|findings): ", line), f"broken in a pipe: {line!r}")


@case
def help_and_explanations_fit_the_terminal():
    for columns in (60, 80):
        for words in (["check", "--help"], ["audit", "--help"], ["explain", "clock"]):
            for line in on_terminal(*words, columns=columns)[1].decode().splitlines():
                expect(len(line) <= columns or "https://" in line, f"{len(line)} columns of {columns}: {line!r}")
        expect_in("why it matters", on_terminal("explain", "mx-null", columns=columns)[1].decode(), "explain")


@case
def a_terminal_of_any_width():
    for columns in (0, 1, 39, 65535):
        seen, _ = broken("--no-color", columns=columns)
        expect_in(b"CRITICAL", seen, f"{columns} columns")


@case
def COLUMNS_has_no_say():
    with Lab(BROKEN) as lab, folder() as place:
        exdiag("check", "fabrikam.com", "--dns", lab.dns, "--save", place / "f", status=PROBLEMS)
        usual = exdiag("report", place / "f", status=PROBLEMS).out
        for columns in ("10", "200", "-1", "x"):
            other = exdiag("report", place / "f", variables={"COLUMNS": columns}, status=PROBLEMS)
            expect_equal(other.out, usual, f"COLUMNS={columns}")


@case
def progress_on_a_terminal_alone():
    slow = HEALTHY + "! contoso.com delay=1500\n"
    with Lab(slow) as lab:
        arguments = ["check", "contoso.com", "--dns", lab.dns]
        _, seen, _ = on_terminal(*arguments)
        expect_in(b"waiting for", seen, "the terminal")
        _, seen, errors = on_terminal(*arguments, stderr_too=False)
        expect_not_in(b"waiting for", seen + errors, "where stderr is no terminal")
        _, seen, _ = on_terminal(*arguments, "--quiet")
        expect_not_in(b"waiting for", seen, "--quiet")
        expect_equal(exdiag(*arguments, status=FINE).err, "", "stderr")


@case
def progress_fits_a_narrow_terminal():
    """Or it would go on to the next line, and leave one behind each time it is drawn."""
    with Lab(HEALTHY + "! contoso.com delay=4500\n") as lab:
        _, seen, _ = on_terminal("check", "contoso.com", "--dns", lab.dns, "--no-color", columns=40)
    drawn = [line for line in re.split(rb"[\r\n]", seen) if b"waiting for" in line]
    expect(drawn, "there is no progress")
    for line in drawn:
        expect(len(line.replace(b"\x1b[K", b"")) < 40, f"{line!r}")


main()
