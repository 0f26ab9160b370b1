"""Builds of Exchange: --builds and its mistakes, what is saved with a run, `explain build`."""

from datetime import date, timedelta

from harness import *

DAY = f"as-of {date.today() - timedelta(days=20)}"  # what is older than 90 days tells less
HEAD = f"exdiag-builds 1\n{DAY}\n"
ROWS = (
    "15.1.2507.6 | Exchange 2016 | CU23 | - | 2022-04-20 | 2099-10-14\n"
    "15.1.2507.9 | Exchange 2016 | CU23 | May22SU | 2022-05 | 2099-10-14\n"
)
LOG = (
    "#Software: Microsoft Exchange Server\r\n#Version: {}\r\n#Log-type: SMTP Receive Protocol Log\r\n"
    "#Date: 2026-11-20T10:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,"
    "local-endpoint,remote-endpoint,event,data,context\r\n"
    "2026-11-20T10:00:01.433Z,EX01\\Default EX01,08DAF3EC62278461,0,192.0.2.10:25,198.51.100.33:56026,+,,\r\n"
)
BEHIND, UNSUPPORTED = "exchange-build-behind", "exchange-build-unsupported"


def check(place, version, *options, **keywords):
    log = place / "RECV20261120-1.LOG"
    log.write_text(LOG.format(version))
    return exdiag("check", "--only", "build", "--file", log, "--format", "json", *options, **keywords)


def outcomes(report):
    return {one["id"]: one["outcome"] for one in report["findings"]}


@case
def mistakes_in_a_table_are_told_with_their_line():
    mistakes = (
        ("", "it has no rows"),
        ("{}\n", "line 1: a table of builds begins with"),
        ("exdiag-builds 1\n" + ROWS, "line 2: the second line is"),
        ("exdiag-builds 1\nas-of 2026-02-30\n" + ROWS, "line 2: the table's day"),
        (HEAD + ROWS + ROWS, "line 5: builds are to ascend"),
        (HEAD + ROWS + ROWS.splitlines()[1] + "\n", "line 5: this build is there twice"),
        (HEAD + "15.1 | E | R | - | 2020-01-01 | ended\n", "line 3: a row begins with a build"),
        (HEAD + "15.1.2.3 | E | R | - | April, 2096 | ended\n", "line 3: the release is a day"),
        (HEAD + "15.1.2.3 | E | R | - | 2020-01-01\n", "line 3: a row has 6 fields"),
        (HEAD + "#" + "x" * (1 << 20) + "\n", "more than 1048576 bytes"),
    )
    with folder() as place:
        for text, words in mistakes:
            (place / "builds.txt").write_text(text)
            result = check(place, "15.01.2507.009", "--builds", place / "builds.txt", status=2)
            expect_in(words, result.err, f"of {text[:40]!r}")
            expect_equal(result.out, "", "output")
        result = check(place, "15.01.2507.009", "--builds", place / "absent.txt", status=2)
        expect_in("does not exist", result.err, "of no file")
        result = check(place, "15.01.2507.009", "--builds", place, status=2)
        expect_in("--builds", result.err, "of a folder")


@case
def a_newer_table_decides():
    with folder() as place:
        own = check(place, "15.01.2507.009", status=1)
        expect_equal(outcomes(own.report)[UNSUPPORTED], "problem", "by the program's own table")
        table = place / "builds.txt"
        table.write_text(HEAD + ROWS)
        newer = check(place, "15.01.2507.009", "--builds", table, status=0)
        expect_equal(
            outcomes(newer.report), {BEHIND: "ok", UNSUPPORTED: "ok"}, "by one of this month"
        )


@case
def a_saved_run_has_its_table():
    with folder() as place:
        table, saved = place / "builds.txt", place / "run.jsonl"
        table.write_text(HEAD + ROWS)
        run = check(place, "15.01.2507.009", "--builds", table, "--save", saved, status=0)
        table.unlink()
        again = exdiag("report", saved, "--format", "json", status=0)
        expect_equal(again.report["findings"], run.report["findings"], "findings of the file")
        table.write_text(HEAD + ROWS + "15.1.2507.12 | Exchange 2016 | CU23 | Aug22SU | 2022-08 | 2099-10-14\n")
        later = exdiag("report", saved, "--builds", table, "--format", "json", status=3)
        expect_equal(outcomes(later.report)[BEHIND], "unknown", "by a table that came later")


@case
def an_old_table_never_says_ok():
    with folder() as place:
        table = place / "builds.txt"
        table.write_text((HEAD + ROWS).replace(DAY, "as-of 2024-01-01"))
        result = check(place, "15.01.2507.009", "--builds", table, status=3)
        expect_equal(
            outcomes(result.report), {BEHIND: "unknown", UNSUPPORTED: "unknown"}, "outcomes"
        )
        expect_in("--builds", result.out, "how to bring a newer one")


@case
def a_version_alone_is_no_build():
    with folder() as place:
        expect_equal(check(place, "15.0.0.0", status=0).report["findings"], [], "findings")


def recorded(scenario, **keywords):
    path = ROOT / "tests/scenario" / scenario / "evidence.jsonl"
    return exdiag("report", path, "--format", "json", **keywords).report["findings"]


@case
def a_server_is_judged_once():
    """Its log is one more way to see it; servers that are alike are told of by the first."""
    findings = recorded("build-of-files-and-a-server", status=0)
    expect_equal({one["subject"]["kind"] for one in findings}, {"server"}, "subjects")
    expect_equal(len(findings), 2, "findings")
    mixed = [one for one in recorded("build-alike", status=0) if one["id"] == "exchange-build-mixed"]
    expect_equal([one["subject"]["name"] for one in mixed], ["ex01.contoso.com"], "who tells")


PROGRAM = ROOT / "tests/scenario/build-of-setup/ExSetup.exe"


@case
def a_program_is_read_under_any_name_and_torn_ones_tell_nothing():
    """Its content decides; what is torn, or is another program, is unknown, never up to date."""
    whole = PROGRAM.read_bytes()
    recorded_with = (PROGRAM.parent / "builds.txt").read_text()
    with folder() as place:
        table = place / "builds.txt"
        table.write_text(re.sub("as-of .*", DAY, recorded_with))
        for size, wanted in ((len(whole), "ok"), (700, "unknown"), (512, "unknown")):
            copy = place / "copy.txt"
            copy.write_bytes(whole[:size])
            status = 0 if wanted == "ok" else 3
            result = exdiag("check", "--only", "build", "--file", f"EX01={copy}", "--builds", table,
                            "--format", "json", status=status)  # fmt: skip
            expect_equal(outcomes(result.report)[BEHIND], wanted, f"of {size} bytes")


@case
def servers_are_hidden_by_redaction():
    with folder() as place:
        text, saved = place / "servers.txt", place / "run.jsonl"
        text.write_text("Name : CONTOSOEX\nAdminDisplayVersion : Version 15.2 (Build 1258.12)\n")
        exdiag("check", "--only", "build", "--file", text, "--redact", "--save", saved, status=1)
        kept = saved.read_text()
        expect_equal("contosoex" in kept.lower(), False, "the name in evidence")
        expect_in("15.2.1258.12", kept, "the build in evidence")


@case
def explain_has_a_page():
    out = exdiag("explain", "build", status=0).out
    for words in ("15.0.847.32", "14.3.181.6", "8.3.348.2", "5.0.1458.49", "30,000", "ExSetup.exe"):
        expect_in(words, " ".join(out.split()), "explain build")
    for one in (BEHIND, UNSUPPORTED, "exchange-build-mixed"):
        expect_in("Get-Command ExSetup.exe | ForEach-Object {$_.FileVersionInfo}",
                  exdiag("explain", one, status=0).out, one)  # fmt: skip


main()
