"""A saved run is the run: `check --save F` and `report F` print the same, byte for byte."""

import datetime

from harness import *

ZONE = (
    HEALTHY
    + BROKEN
    + r"""
fabrikam.com TXT "v=spf1 ip4:51.140.77.9 ip6:2a01:111:f400::53 include:spf.tailspin.com -all"
adatum.com TXT "v=spf10 mx -all"
xn--bcher-kva.com TXT "v=spf1 -all"
evil.com TXT "v=spf1 include:a'b;rm$(id) -all"
evil.com TXT "v=spf1 \027[2J\027]0;x\007 \226\128\174 \000\255 <script>alert(1)</script> -all"
evil.com MX 10 ma\'il.evil.com
! wingtip.com servfail
! litware.com garbled
"""
)
EVERYTHING = (
    "contoso.com", "fabrikam.com", "adatum.com", "b\u00fccher.com", "evil.com", "wingtip.com",
    "litware.com", "nowhere.com", "backstage.local", "--server", "mail.contoso.com",
    "--server", "51.140.77.10", "--server", "2a01:111:f400::10",
)  # fmt: skip
OPTIONS = (
    [],
    ["--verbose"],
    ["--quiet"],
    ["--only", "spf-multiple"],
    ["--skip", "spf-none,mx"],
    ["--severity", "spf-multiple=info"],
)


def same_twice(place, status, *arguments, report_options=()):
    """Checks and saves in every format, reports each file, compares; gives the last file."""
    path = None
    for format in FORMATS:
        path = place / f"{len(list(place.iterdir()))}.jsonl"
        show = ["--format", format, *report_options]
        live = exdiag("check", *arguments, "--save", path, *show, status=status)
        replayed = exdiag("report", path, *show, status=live.status)
        expect_equal(replayed.out_bytes, live.out_bytes, f"the report as {format}")
        bare = exdiag("check", path, *show, status=live.status)
        expect_equal(bare.out_bytes, live.out_bytes, f"check of the file as {format}")
    return path


def originals_in(text):
    """
    Names and addresses of ZONE and EVERYTHING that occur in a text. Those of special
    networks (documentation, loopback) stay in them, so they tell nothing.
    """
    words = (
        "contoso", "fabrikam", "tailspin", "adatum", "b\u00fccher", "bcher-kva", "evil", "wingtip",
        "litware", "nowhere", "backstage", "51.140.77", "2a01:111:f400",
    )  # fmt: skip
    return [word for word in words if word in text.lower()]


# ---- the same report ----


@case
def everything_in_every_format():
    with Lab(ZONE) as lab, folder() as place:
        for options in OPTIONS:
            shown = [option for option in options if option in ("--verbose", "--quiet")]
            kept = [option for option in options if option not in shown]
            same_twice(
                place, PROBLEMS,
                *EVERYTHING, "--dns", lab.dns, *kept, report_options=shown,
            )


@case
def accepted_findings_are_kept_in_the_file():
    with Lab(ZONE) as lab, folder() as place:
        future = datetime.date.today() + datetime.timedelta(days=30)
        accepted = place / "accepted"
        accepted.write_text(f"spf-multiple fabrikam.com {future} known \u00fc <b>\n")
        same_twice(place, FINE, "fabrikam.com", "--dns", lab.dns, "--accept", accepted)


@case
def files_are_subjects_too():
    with folder() as place:
        notes = place / "notes.txt"
        notes.write_text("some notes\n")
        path = same_twice(place, INCOMPLETE, "--file", notes, "--file", place / "notes.txt")
        notes.unlink()
        expect_in("11 bytes", exdiag("report", path, status=INCOMPLETE).flat, "the report")


@case
def the_system_resolver_and_delegations():
    needs_namespace()
    system_resolvers("nameserver 127.0.0.1\n")
    zones = {
        "127.0.0.1": 'com NS a.gtld.com\na.gtld.com A 127.0.0.2\ncontoso.com TXT "v=spf1 -all"\n',
        "127.0.0.2": "$authoritative\ncom SOA a.gtld.com h.gtld.com 1 2 3 4 5\n"
        "contoso.com NS ns1.contoso.com\ncontoso.com NS ns2.contoso.com\n"
        "ns1.contoso.com A 127.0.0.3\nns2.contoso.com A 127.0.0.4\n",
        "127.0.0.3": "$authoritative\ncontoso.com SOA ns1.contoso.com h.contoso.com 1 2 3 4 5\n"
        'contoso.com TXT "v=spf1 mx -all"\n',
        "127.0.0.4": "$authoritative\ncontoso.com SOA ns1.contoso.com h.contoso.com 1 2 3 4 5\n"
        'contoso.com TXT "v=spf1 mx ~all"\ncontoso.com TXT "v=spf1 a -all"\n',
    }
    with Lab(zones, port=53), folder() as place:
        path = same_twice(place, PROBLEMS, "contoso.com")
        system_resolvers("")
        report = exdiag("report", path, "--format", "json", status=PROBLEMS)
        expect_in(("dns-servers-disagree", "contoso.com"), report.findings("problem"), "problems")
        expect_in(("spf-multiple", "contoso.com"), report.findings("problem"), "problems")


@case
def the_report_needs_no_network_and_no_clock():
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "HOME": "/nowhere"}
    with folder() as place, Lab(ZONE) as lab:
        live = exdiag(
            "check", *EVERYTHING, "--dns", lab.dns, "--save", place / "f", status=PROBLEMS
        )
        time.sleep(1.1)
        later = exdiag("report", place / "f", variables=elsewhere, status=PROBLEMS)
        expect_equal(later.out_bytes, live.out_bytes, "the report elsewhere and later")


# ---- redacted ----


@case
def redacted_in_every_format():
    with Lab(ZONE) as lab, folder() as place:
        path = same_twice(place, PROBLEMS, *EVERYTHING, "--dns", lab.dns, "--redact")
        expect_equal(originals_in(path.read_text()), [], "original names in the file")
        for format in FORMATS:
            out = exdiag("report", path, "--format", format, "--verbose", status=PROBLEMS).out
            expect_equal(originals_in(out), [], f"original names as {format}")
            expect("redacted" in out.lower(), f"{format} does not say that it is redacted")


@case
def redacting_keeps_the_verdict():
    def verdicts(report):
        return sorted(
            (finding["id"], finding["outcome"], finding.get("severity"))
            for finding in report["findings"]
        )

    with Lab(ZONE) as lab, folder() as place:
        arguments = [*EVERYTHING, "--dns", lab.dns, "--format", "json", "--save"]
        plain = exdiag("check", *arguments, place / "plain", status=PROBLEMS)
        redacted = exdiag("check", *arguments, place / "redacted", "--redact", status=PROBLEMS)
        later = exdiag("report", place / "plain", "--redact", "--format", "json", status=PROBLEMS)
        expect_equal(verdicts(redacted.report), verdicts(plain.report), "redacted live")
        expect_equal(verdicts(later.report), verdicts(plain.report), "redacted later")
        expect_equal(originals_in(redacted.out), [], "original names live")
        expect_equal(originals_in(later.out), [], "original names later")


@case
def redacted_with_files_titles_and_acceptances():
    future = datetime.date.today() + datetime.timedelta(days=30)
    with Lab(ZONE) as lab, folder() as place:
        notes = place / "contoso-notes.txt"
        notes.write_text("some notes of contoso.com\n")
        accepted = place / "accepted"
        accepted.write_text(
            f"spf-multiple Fabrikam.com {future} fabrikam knows of it\n"
            f"spf-none b\u00fccher.com {future} b\u00fccher does too\n"
        )
        path = same_twice(
            place, INCOMPLETE, "fabrikam.com", "--file", notes, "--dns", lab.dns,
            "--accept", accepted, "--redact",
        )
        text = path.read_text()
        expect_equal(originals_in(text), [], "original names in the file")
        expect_not_in("knows of it", text, "the file")
        report = exdiag("report", path, "--format", "json", status=INCOMPLETE).report
        expect_equal(report["summary"]["accepted"], 1, "accepted")


@case
def redacting_what_is_redacted_changes_nothing():
    with Lab(ZONE) as lab, folder() as place:
        live = exdiag(
            "check", "fabrikam.com", "--dns", lab.dns, "--redact", "--save", place / "f", status=1
        )
        again = exdiag("report", place / "f", "--redact", status=PROBLEMS)
        expect_equal(again.out_bytes, live.out_bytes, "the report")


@case
def two_redacted_runs_share_no_pseudonyms():
    with Lab(HEALTHY) as lab:
        names = {
            exdiag(
                "check", "contoso.com", "--dns", lab.dns, "--redact", "--format=json", status=FINE
            ).report["subjects"][0]["name"]
            for _ in range(2)
        }
        expect_equal(len(names), 2, "different pseudonyms")


# ---- interrupted ----


def interrupted(place, number, *options):
    """Saves runs that were interrupted while no answer had come, and replays them."""
    for format in FORMATS:
        path = place / f"{number}-{len(options)}-{format}.jsonl"
        with Peer() as peer:
            run = Running(
                "check", "contoso.com", "fabrikam.com", "--dns", peer.dns, "--save", path,
                "--timeout", "600", "--format", format, *options,
            )
            peer.wait_for_question()
            run.signal(number)
            live = run.end()
        expect_equal(live.status, INCOMPLETE, "exit status")
        expect_in("interrupted", live.out, "the report")
        replayed = exdiag("report", path, "--format", format, status=INCOMPLETE)
        expect_equal(replayed.out_bytes, live.out_bytes, f"the report as {format}")


@case
def an_interrupted_run():
    with folder() as place:
        interrupted(place, signal.SIGINT)
        interrupted(place, signal.SIGTERM)


@case
def an_interrupted_and_redacted_run():
    with folder() as place:
        interrupted(place, signal.SIGINT, "--redact")
        for path in place.iterdir():
            expect_equal(originals_in(path.read_text()), [], "original names")


@case
def a_run_interrupted_between_answers():
    # The records are there when the signal comes, the mail exchangers are not.
    for zone, statuses in ((HEALTHY, (INCOMPLETE,)), (BROKEN, (PROBLEMS,))):
        domain = zone.split()[0]
        with Lab(zone + f"! {domain} MX silent\n") as lab, folder() as place:
            run = Running(
                "check", domain, "--dns", lab.dns, "--timeout", "600", "--save", place / "f",
                "--format", "json",
            )
            wait_until(lambda: (place / "f").exists() and "TXT" in (place / "f").read_text())
            run.signal(signal.SIGINT)
            live = run.end()
            expect(live.status in statuses, f"exit status {live.status} instead of {statuses}")
            expect_equal(live.report["complete"], False, "complete")
            replayed = exdiag("report", place / "f", "--format", "json", status=live.status)
            expect_equal(replayed.out_bytes, live.out_bytes, "the report")


# ---- options of the report itself ----


@case
def options_of_the_report_come_on_top():
    with Lab(BROKEN) as lab, folder() as place:
        path = place / "f"
        exdiag("check", "fabrikam.com", "--dns", lab.dns, "--save", path, status=PROBLEMS)
        exdiag("report", path, "--severity", "spf-multiple=info", status=FINE)
        exdiag("report", path, "--skip", "spf-multiple,mx", status=FINE)
        (place / "accepted").write_text("spf-multiple fabrikam.com 9999-12-31 known\n")
        exdiag("report", path, "--accept", place / "accepted", status=FINE)
        exdiag("report", path, status=PROBLEMS)


@case
def several_files_make_one_report():
    with Lab(HEALTHY + BROKEN) as lab, folder() as place:
        for number, domain in enumerate(("contoso.com", "fabrikam.com", "fabrikam.com")):
            exdiag("check", domain, "--dns", lab.dns, "--save", place / f"{number}")
        paths = [place / f"{number}" for number in range(3)]
        for format in FORMATS:
            exdiag("report", *paths, "--format", format, status=PROBLEMS)
            exdiag("check", *paths, "--format", format, status=PROBLEMS)
        report = exdiag("report", *paths, "--format", "json", status=PROBLEMS).report
        sources = [run["source"] for run in report["runs"]]
        expect_equal(sources, [str(path) for path in paths], "sources")
        domains = [one["name"] for one in report["subjects"] if one["kind"] == "domain"]
        expect_equal(domains, ["contoso.com", "fabrikam.com"], "domains")
        expect_equal(report["summary"]["problem"], 1, "problems: the same one twice is one")
        exdiag("report", paths[0], place / "missing", status=TROUBLE)


main()
