"""What became of findings between two files of evidence, and over several dates."""

from harness import *

import zlib

FIXED = HEALTHY + """
fabrikam.com TXT "v=spf1 ip4:192.0.2.26 -all"
fabrikam.com MX 0 .
"""
NAMED = ("contoso.com", "fabrikam.com")


def save(path, zone, *arguments, named=NAMED):
    with Lab(zone) as lab:
        exdiag("check", *named, "--dns", lab.dns, "--save", path, *arguments)
    return path


def change(path, name=None, lines=None, **members):
    """A copy of the file with other members in its header."""
    content = path.read_text().splitlines(keepends=True)
    header = {**json.loads(content[0]), **members}
    header = {key: value for key, value in header.items() if value is not None}
    copy = path.parent / (name or f"{path.name}-changed")
    copy.write_text(json.dumps(header) + "\n" + "".join(lines or content[1:]))
    return copy


def on_day(path, day, **members):
    return change(path, f"{path.name}-{day}", started=f"2026-11-{day:02}T09:05:07.000Z", **members)


@contextlib.contextmanager
def pair():
    """The evidence of a fault, and of the day after its repair."""
    with folder() as place:
        yield save(place / "old", HEALTHY + BROKEN), save(place / "new", FIXED)


def states(report):
    return {(one["id"], one["subject"]["name"]): one["state"] for one in report["past"]}


def changes(report):
    return {
        (one["id"], one["subject"]["name"]): one.get("history", {}).get("change", "none")
        for one in report["findings"]
        if one["outcome"] == "problem"
    }


def diff(*arguments, status=None):
    return exdiag("diff", *arguments, "--format", "json", status=status).report


SPF = ("spf-multiple", "fabrikam.com")


# ---- two files ----


@case
def what_is_fixed_new_and_still_there():
    with pair() as (old, new):
        report = diff(old, new, status=FINE)
        expect_equal(states(report), {SPF: "fixed"}, "the past")
        expect_equal(changes(report), {}, "changes")
        expect_equal(report["comparison"], True, "comparison")
        report = diff(new, old, status=PROBLEMS)
        expect_equal(states(report), {}, "the past")
        expect_equal(changes(report), {SPF: "new"}, "changes")
        report = diff(old, old, status=PROBLEMS)
        expect_equal(changes(report), {SPF: "still"}, "changes of one file")
        expect_in("same evidence", report["runs"][1]["remark"], "the remark")


@case
def as_text():
    with pair() as (old, new):
        text = exdiag("diff", old, new, status=FINE)
        expect_in("fixed (1)", text.out, "text")
        expect_in("critical fabrikam.com: several SPF records", text.flat, "text")
        expect_in("[spf-multiple]", text.out, "text")
        expect_equal(text.err, "", "stderr")
        expect(all(len(line) <= 80 for line in text.out.splitlines()), "a line is too wide")
        quiet = exdiag("diff", old, new, "--quiet", status=FINE)
        expect_equal(quiet.out, "1 fixed\n", "with --quiet")
        expect_in("new (1)", exdiag("diff", new, old, status=PROBLEMS).out, "text")
        expect_in("still there (1)", exdiag("diff", old, old, status=PROBLEMS).out, "text")
        fine = exdiag("diff", new, new, "--quiet", status=FINE)
        expect_equal(fine.out, "nothing wrong, neither before nor now\n", "nothing at all")


@case
def every_format_has_it():
    with pair() as (old, new):
        for format in ("text", "html", "json", "markdown"):
            result = exdiag("diff", old, new, "--format", format, "--title", "A <b>title", status=FINE)
            expect_in("spf-multiple", result.out, format)
            expect_not_in("<b>title", result.out if format == "html" else "", format)
        path = old.parent / "page"
        exdiag("diff", old, new, "--output", path, status=FINE)
        expect_in("fixed (1)", path.read_text(), "the file")
        refused = exdiag("diff", old, new, "--output", old, status=TROUBLE)
        expect_in("never written over", refused.err, "stderr")


@case
def the_exit_status_is_that_of_new():
    with pair() as (old, new):
        for one, other, status in ((old, new, FINE), (new, old, PROBLEMS)):
            exdiag("diff", one, other, status=status)
            exdiag("report", other, status=status)
        cut = change(new, "cut", lines=new.read_text().splitlines(keepends=True)[1:-1])
        exdiag("diff", old, cut, status=INCOMPLETE)
        exdiag("diff", cut, new, status=FINE)


@case
def what_new_could_not_tell_is_not_fixed():
    with pair() as (old, new):
        lines = new.read_text().splitlines(keepends=True)
        without = [line for line in lines[1:] if "TXT fabrikam.com" not in line]
        expect(len(without) < len(lines) - 1, "the item of the record is not there")
        report = diff(old, change(new, "damaged", lines=without), status=INCOMPLETE)
        expect_equal(states(report), {SPF: "unknown"}, "the past")
        expect_in("could not tell", report["past"][0]["why"], "why")
        text = exdiag("diff", old, old.parent / "damaged", status=INCOMPLETE)
        expect_in("not known any more (1)", text.out, "text")
        expect_in("unknown now", text.out, "text")


def expect_no_all_clear(old, new, heading):
    """What people read of the one problem that was: neither its heading nor the sum says fixed."""
    text = exdiag("diff", old, new, status=FINE).flat
    expect_in(f"{heading} (1)", text, "the heading")
    expect_in(f"1 {heading}", text, "the sum")
    expect_not_in("fixed", text, "text")


@case
def what_new_did_not_look_at_is_not_fixed():
    with folder() as place:
        old = save(place / "old", HEALTHY + BROKEN)
        new = save(place / "new", FIXED, named=("contoso.com",))
        report = diff(old, new, status=FINE)
        expect_equal(states(report), {SPF: "not-examined"}, "the past")
        expect_no_all_clear(old, new, "not examined again")
        other = save(place / "other", FIXED, "--skip", "spf")
        report = diff(old, other, status=FINE)
        expect_equal(states(report), {SPF: "not-examined"}, "the past, without the probe")
        least = save(place / "least", FIXED, "--skip", "spf-multiple")
        report = diff(old, least, status=FINE)
        expect_equal(states(report), {SPF: "not-comparable"}, "the past, without the finding")
        expect_no_all_clear(old, least, "not looked for as thoroughly any more")


@case
def what_old_did_not_look_at_is_said_so():
    with folder() as place:
        old = save(place / "old", HEALTHY, named=("contoso.com",))
        new = save(place / "new", HEALTHY + BROKEN)
        text = exdiag("diff", old, new, status=PROBLEMS)
        expect_in("there now, and not examined before (1)", text.out, "text")
        expect_in("1 not examined before", text.out, "the sum")
        expect("thoroughly" not in text.out, "it was looked at")


@case
def what_asks_otherwise_does_not_compare():
    with folder() as place:
        old = save(place / "old", HEALTHY + BROKEN)
        with Lab({"127.0.0.5": FIXED}) as lab:
            exdiag("check", *NAMED, "--dns", lab.dns, "--save", place / "new")
        report = diff(old, place / "new", status=FINE)
        expect_equal(states(report), {SPF: "not-comparable"}, "the past")
        expect_in("--dns", report["past"][0]["why"], "why")


@case
def another_user_is_another_view():
    with folder() as place:
        old = place / "old"
        lines = (ROOT / "tests/scenario/spn-directory/evidence.jsonl").read_text().splitlines(keepends=True)
        old.write_text("".join(lines))
        old = change(old, logs_on=True, user="alice@contoso.com")
        fewer = [line for line in lines[1:] if ":3268 " not in line]
        duplicate = ("smtp-spn-duplicate", "ex02.contoso.com")
        for user, state in (("alice@contoso.com", "unknown"), ("Alice@Contoso.com", "unknown"), (None, "unknown"), ("bob@contoso.com", "not-comparable")):
            report = diff(old, change(old, "new", lines=fewer, user=user, started="2026-11-30T12:31:14.610Z"))
            (past,) = [one for one in report["past"] if (one["id"], one["subject"]["name"]) == duplicate]
            expect_equal(past["state"], state, f"{user}")
            if state == "not-comparable":
                expect_equal(past["why"], "it asked as another user (--user)", "why")


@case
def another_culprit_is_told():
    with folder() as place:
        old = place / "old"
        old.write_bytes((ROOT / "tests/scenario/mx-stall/evidence.jsonl").read_bytes())
        swap = {"127.0.0.21": "127.0.0.22", "127.0.0.22": "127.0.0.21", "mx1.contoso.com": "mx2.contoso.com", "mx2.contoso.com": "mx1.contoso.com"}
        lines = [
            re.sub("127.0.0.2[12]|mx[12].contoso.com", lambda found: swap[found[0]], line) if line.startswith('{"key":"smtp ') else line
            for line in old.read_text().splitlines(keepends=True)[1:]
        ]
        new = change(old, "new", lines=lines, started="2026-11-30T12:31:14.610Z")
        words = "seen in smtp 127.0.0.22 now, in smtp 127.0.0.21 at first"
        expect_in(words, exdiag("diff", old, new, status=PROBLEMS).flat, "diff")
        for format in ("text", "html", "markdown"):
            expect_in(words, exdiag("report", old, new, "--format", format, status=PROBLEMS).flat, format)
        (stall,) = [one for one in diff(old, new)["findings"] if one["id"] == "mx-banner-stall"]
        expect_equal(stall["history"]["seen_in_now"], ["smtp 127.0.0.22"], "now")
        expect_equal(stall["history"]["seen_in_at_first"], ["smtp 127.0.0.21"], "at first")
        expect_not_in("seen in", exdiag("diff", old, change(old, "later", started="2026-11-30T12:31:14.610Z")).flat, "the same one")


@case
def redacted_files_are_refused():
    with pair() as (old, new):
        place = old.parent
        for path in (old, new):
            exdiag("report", path, "--redact", "--save", place / f"{path.name}-redacted", "--quiet")
        redacted = place / "old-redacted", place / "new-redacted"
        for files in (redacted, (old, redacted[1]), (redacted[0], new)):
            result = exdiag("diff", *files, status=TROUBLE)
            expect_in("redacted", result.err, "stderr")
            expect_in("--redact", result.err, "stderr")
            expect_equal(result.out, "", "stdout")
        exdiag("diff", redacted[0], redacted[0], status=PROBLEMS)
        both = exdiag("diff", old, new, "--redact", "--format", "json", status=FINE)
        expect_equal([one["state"] for one in both.report["past"]], ["fixed"], "redacted together")
        expect_not_in("fabrikam", both.out, "redacted together")


@case
def clocks_that_went_back():
    with pair() as (old, new):
        result = exdiag("diff", on_day(old, 20), on_day(new, 10), status=FINE)
        expect_in("fixed (1)", result.out, "text")
        expect_in("in the order given", result.err, "stderr")
        twins = on_day(old, 20), change(new, "twin", started="2026-11-20T09:05:07.000Z")
        expect_equal(states(diff(*twins)), {SPF: "fixed"}, "in one moment")


@case
def of_two_machines_a_word_is_said():
    with pair() as (old, new):
        other = change(new, machine="ex02.contoso.com")
        result = exdiag("diff", change(old, machine="ex01.contoso.com"), other, status=FINE)
        expect_in("ex01.contoso.com", result.err, "stderr")
        expect_in("may not", result.err, "stderr")


@case
def what_is_no_pair_of_evidence_is_refused():
    with pair() as (old, new):
        for arguments in ((), (old,), (old, new, old)):
            expect_in("diff OLD NEW", exdiag("diff", *arguments, status=TROUBLE).err, "stderr")
        (old.parent / "notes").write_text("notes\n")
        for path in (old.parent / "notes", old.parent, old.parent / "missing", "/dev/null"):
            for pair_of in ((old, path), (path, new)):
                result = exdiag("diff", *pair_of, status=TROUBLE)
                expect_equal(result.out, "", "stdout")
                expect_in(str(path), result.err, "stderr")
        exdiag("diff", old, new, "--dns", "127.0.0.1", status=TROUBLE)


@case
def accepted_ones_are_said_to_be():
    with pair() as (old, new):
        (old.parent / "accepted").write_text("spf-multiple * 9999-12-31 known to us\n")
        result = exdiag("diff", new, old, "--accept", old.parent / "accepted", status=FINE)
        expect_in("new (1)", result.out, "text")
        expect_in("accepted until 9999-12-31: known to us", result.flat, "text")


# ---- several dates ----


def over(*paths, status=None):
    return exdiag("report", *paths, "--format", "json", status=status).report


@case
def a_report_over_several_dates():
    with pair() as (old, new):
        days = [on_day(old, 2), on_day(old, 9), on_day(new, 16)]
        for order in (days, days[::-1]):
            report = over(*order, status=FINE)
            (past,) = report["past"]
            expect_equal(past["state"], "fixed", "state")
            expect_equal(past["first_seen"], "2026-11-02T09:05:07.000Z", "first seen")
            expect_equal(past["last_seen"], "2026-11-09T09:05:07.000Z", "last seen")
            expect_equal(past["gone"], "2026-11-16T09:05:07.000Z", "gone")
        expect_equal(over(*days)["runs"][0]["superseded"], True, "superseded")
        report = over(days[0], days[1], status=PROBLEMS)
        (finding,) = [one for one in report["findings"] if one["outcome"] == "problem"]
        expect_equal(finding["history"]["change"], "still", "change")
        expect_equal(finding["history"]["since"], "2026-11-02T09:05:07.000Z", "since")
        expect_equal(report["summary"]["problem"], 1, "problems: not one a file")
        report = over(on_day(new, 1), days[1], status=PROBLEMS)
        expect_equal(changes(report), {SPF: "new"}, "changes")
        report = over(days[0], on_day(new, 5), days[1], status=PROBLEMS)
        expect_equal(changes(report), {SPF: "back"}, "changes")


@case
def it_is_said_in_words():
    with pair() as (old, new):
        alone = on_day(save(old.parent / "alone", HEALTHY, named=("contoso.com",)), 16)
        text = exdiag("report", on_day(old, 2), alone, status=PROBLEMS)
        expect_in("as of 2026-11-02, not examined since", text.flat, "text")
        text = exdiag("report", on_day(old, 2), on_day(new, 16), status=FINE)
        expect_in("not there any more on 2026-11-16", text.flat, "text")
        text = exdiag("report", on_day(old, 2), on_day(old, 9), status=PROBLEMS)
        expect_in("still there, since 2026-11-02", text.flat, "text")
        markdown = exdiag("report", on_day(old, 2), on_day(new, 16), "--format", "markdown", status=FINE)
        expect_in("not there any more on 2026-11-16", markdown.flat, "markdown")
        html = exdiag("report", on_day(old, 2), on_day(new, 16), "--format", "html", status=FINE)
        expect_in("not there any more on 2026-11-16", html.flat, "html")


@case
def acceptances_that_are_over_or_match_nothing():
    with pair() as (old, _):
        accepted = old.parent / "accepted"
        accepted.write_text("spf-multiple fabrikam.com 2026-10-01 agreed in May\nspf-ptr nowhere.com 2099-01-01 r\n")
        for format in FORMATS:
            result = exdiag("report", old, "--accept", accepted, "--format", format, "--verbose", status=PROBLEMS)
            expect_in("2026-10-01", result.out, format)
            expect_in("agreed in May", result.flat, format)
        expect_in("accepted until 2026-10-01, which has passed: agreed in May", exdiag("report", old, "--accept", accepted).flat, "text")
        expect_not_in("nowhere.com", exdiag("report", old, "--accept", accepted).out, "text")
        expect_in("nowhere.com: accepted until 2099-01-01", exdiag("report", old, "--accept", accepted, "--verbose").flat, "text")
        report = exdiag("report", old, "--accept", accepted, "--format", "json").report
        expect_equal([one["id"] for one in report["acceptances_without_finding"]], ["spf-ptr"], "without a finding")
        for lines, number in (("# a comment\n\nnonsense\n", 3), ("spf-ptr * 2099-13-01 r\n", 1)):
            accepted.write_text(lines)
            result = exdiag("report", old, "--accept", accepted, status=TROUBLE)
            expect_in(f"line {number}: ", result.err, "stderr")
            accepted.write_text(lines.replace("spf-ptr", "severity spf-ptr="))
            result = exdiag("report", old, "--config", accepted, status=TROUBLE)
            expect_in(f"line {number}: ", result.err, "stderr")


@case
def a_path_has_its_machine_beside_it():
    with folder() as place:
        (place / "notes").write_text("notes\n")
        result = exdiag("check", "--file", f"ex01.contoso.com={place}/notes", status=INCOMPLETE)
        expect_in(f"{place}/notes (ex01.contoso.com)", result.flat.replace("/ ", "/"), "text")


@case
def a_domain_examined_once_stays_as_it_was():
    with folder() as place:
        old = on_day(save(place / "old", HEALTHY + BROKEN), 2)
        new = on_day(save(place / "new", FIXED, named=("contoso.com",)), 9)
        report = over(old, new, status=PROBLEMS)
        expect_equal(changes(report), {SPF: "none"}, "changes")
        (finding,) = [one for one in report["findings"] if one["outcome"] == "problem"]
        expect_equal(finding["run"], 0, "the run it is of")


@case
def a_doubt_is_not_an_all_clear():
    with pair() as (old, new):
        quick = on_day(new, 9, settings={**json.loads(new.read_text().splitlines()[0])["settings"], "skip": ["spf-multiple"]})
        report = over(on_day(old, 2), quick, status=INCOMPLETE)
        expect_equal(states(report), {SPF: "not-comparable"}, "the past")


@case
def an_old_run_that_was_cut_off_does_not_matter():
    with pair() as (old, new):
        lines = old.read_text().splitlines(keepends=True)
        cut = change(old, "cut", lines=lines[1:-1], started="2026-11-02T09:05:07.000Z")
        expect_equal(states(over(cut, on_day(new, 9), status=FINE)), {SPF: "fixed"}, "the past")


@case
def what_is_repaired_in_the_morning_is_fixed_at_noon():
    with pair() as (old, new):
        report = over(on_day(old, 2), change(new, "n", started="2026-11-02T19:00:00.000Z"), status=FINE)
        expect_equal(states(report), {SPF: "fixed"}, "the past")


@case
def machines_are_told_apart():
    with pair() as (old, new):
        one = on_day(old, 2, machine="ex01.contoso.com")
        settings = json.loads(new.read_text().splitlines()[0])["settings"]
        other = on_day(new, 9, machine="ex02.contoso.com", settings={**settings, "everything": True})
        expect("past" not in over(one, other, status=PROBLEMS), "another machine's word counts")
        report = over(one, on_day(new, 9, machine="ex03.contoso.com"), status=FINE)
        expect_equal(states(report), {SPF: "fixed"}, "asked for the same by name")


@case
def what_many_machines_see_counts_once():
    with pair() as (old, _):
        settings = {**json.loads(old.read_text().splitlines()[0])["settings"], "everything": True}
        runs = [
            change(old, f"run{i}", machine=f"ex{i}.contoso.com", settings=settings, started=f"2026-11-02T09:0{i}:07.000Z")
            for i in (1, 2, 3)
        ]
        report = over(*runs, status=PROBLEMS)
        alone = over(runs[0], status=PROBLEMS)
        expect_equal(report["summary"], alone["summary"], "the summary")
        (finding,) = [one for one in report["findings"] if one["outcome"] == "problem"]
        expect_equal((finding["run"], finding["also_runs"]), (2, [1, 0]), "the runs")
        expect_in("told alike by 2 other runs", exdiag("report", *runs).flat, "text")


@case
def the_same_file_twice_counts_once():
    with pair() as (old, _):
        (old.parent / "copy").write_bytes(old.read_bytes())
        report = over(old, old.parent / "copy", status=PROBLEMS)
        expect_equal(report["summary"]["problem"], 1, "problems")
        expect_in("counts once", report["runs"][1]["remark"], "the remark")


@case
def redacted_files_of_several_dates_do_not_compare():
    with pair() as (old, new):
        redacted = []
        for path, day in ((old, 2), (new, 9)):
            target = old.parent / f"{path.name}-redacted"
            exdiag("report", path, "--redact", "--save", target, "--quiet")
            redacted.append(on_day(target, day))
        report = over(*redacted, status=PROBLEMS)
        expect("past" not in report, "redacted files are compared")
        expect_in("pseudonyms", report["runs"][0]["remark"], "the remark")
        both = exdiag("report", on_day(old, 2), on_day(new, 9), "--redact", "--format", "json", status=FINE)
        expect_equal([one["state"] for one in both.report["past"]], ["fixed"], "redacted together")


# ---- what a run says of itself ----


@case
def the_header_says_who_asked_and_how():
    with folder() as place, Lab(HEALTHY) as lab:
        exdiag("check", "contoso.com", "--dns", lab.dns, "--save", place / "a", "--patience", "7",
               variables={"TZ": "XYZ-05:45"})
        header = json.loads((place / "a").read_text().splitlines()[0])
        expect_equal(header["utc_offset_minutes"], 345, "the offset")
        expect_equal(header["patience_ms"], 7000, "the patience")
        expect_equal(header["machine"], socket.gethostname().lower().rstrip("."), "the machine")
        report = exdiag("report", place / "a", "--format", "json", variables={"TZ": "UTC"}).report
        expect_equal(report["runs"][0]["utc_offset_minutes"], 345, "the report's offset")
        bare = change(place / "a", machine=None, utc_offset_minutes=None, patience_ms=None)
        run = exdiag("report", bare, "--format", "json", status=FINE).report["runs"][0]
        expect("machine" not in run and "utc_offset_minutes" not in run, f"old evidence: {run}")
        for wrong in ("x", 1e9, -5000, True, [1]):
            exdiag("report", change(place / "a", utc_offset_minutes=wrong), status=FINE)
        for wrong in ("\x1b[31m", "a..b", 5, "x" * 300, "EX01"):
            run = exdiag("report", change(place / "a", machine=wrong), "--format", "json").report
            expect("machine" not in run["runs"][0], f"machine {wrong!r}")


@case
def the_header_says_who_logs_on_and_how():
    with folder() as place, Lab(HEALTHY) as lab:
        secret = place / "secret"
        secret.write_text("pass-4711-word\n")
        check = ("check", "contoso.com", "--only", "spf", "--dns", lab.dns, "--quiet")
        user = ("--user", "alice@fabrikam.com", "--password-file", secret)
        exdiag(*check, "--save", place / "nobody", status=FINE)
        exdiag(*check, *user, "--ntlm", "--insecure", "--save", place / "user", status=FINE)
        exdiag(*check, "--token-file", secret, "--save", place / "token", status=FINE)
        exdiag(*check, *user, "--redact", "--save", place / "redacted", status=FINE)
        exdiag("report", place / "user", "--redact", "--save", place / "afterwards", "--quiet", status=FINE)
        system = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        if system.exists():
            exdiag(*check, "--ca-file", system, "--save", place / "authorities", status=FINE)
        mark = f"{zlib.crc32(system.read_bytes()):08x}" if system.exists() else None
        wanted = {
            "authorities": {"authorities": mark},
            "nobody": {},
            "user": {"logs_on": True, "user": "alice@fabrikam.com", "ntlm": True, "insecure": True},
            "token": {"logs_on": True, "token": True},
        }
        for path in place.iterdir():
            if path == secret:
                continue
            text = path.read_text()
            expect_not_in("4711", text, f"a secret in {path.name}")
            header = json.loads(text.splitlines()[0])
            own = {name: header[name] for name in ("logs_on", "user", "token", "ntlm", "insecure", "authorities") if name in header}
            if path.name in wanted:
                expect_equal(own, wanted[path.name], path.name)
            else:
                expect("@" in own["user"], "a pseudonym of the user")
                expect(not re.search("alice|fabrikam", text), f"a name in {path.name}")


# ---- evidence redacted afterwards ----


@case
def runs_of_several_zones_say_what_clocks_on_the_wall_showed():
    with folder() as place:
        files = []
        for machine, offset in (("east", 345), ("west", -330), ("south", 345), ("nowhere", None)):
            exdiag("check", "--file", ROOT / "tests/iis/2019/applicationHost.config", "--save", place / machine)
            *lines, end = (place / machine).read_text().splitlines(keepends=True)[1:]
            end = json.dumps({**json.loads(end), "finished": "2026-11-23T20:31:05.000Z"}) + "\n"
            files.append(change(place / machine, lines=[*lines, end], machine=machine, utc_offset_minutes=offset,
                                started="2026-11-23T20:30:40.495Z"))  # fmt: skip
        east, west = "2026-11-24 02:15:40 to 02:16:05 there, UTC+05:45", "2026-11-23 15:00:40 to 15:01:05 there, UTC-05:30"
        text, markdown = (exdiag("report", *files[:2], "--format", form).out for form in ("text", "markdown"))
        expect_in(f"\n            east: {east}\n            west: {west}\n", text, "text")
        expect_in(f"\n  - east: {east}\n  - west: {west}\n", markdown, "Markdown")
        html = exdiag("report", *files[:2], "--format", "html").out
        for words in ("2026-11-24 02:15:40 to 2026-11-24 02:16:05 where exdiag ran, UTC+05:45", "15:00:40 to 15:01:05 where exdiag ran, UTC-05:30"):
            expect_in(words, html, "HTML")
        expect_not_in("there, UTC", exdiag("report", files[0], files[2]).out, "one zone")
        expect_in(f"examined    2026-11-23 20:30:40 to 20:31:05 UTC\n            east: {east}\nfile ", exdiag("report", files[0], files[3]).out, "one that does not say")


@case
def evidence_is_redacted_afterwards():
    with pair() as (old, new):
        place = old.parent
        target = place / "redacted"
        shown = exdiag("report", old, "--redact", "--save", target, "--format", "json", status=PROBLEMS)
        text = target.read_text()
        for name in ("fabrikam", "contoso", socket.gethostname()):
            expect_not_in(name, text if len(name) > 3 else "", "the redacted file")
        again = exdiag("report", target, "--format", "json", status=PROBLEMS)
        expect_equal(again.report, shown.report, "the report of the redacted file")
        before = old.read_bytes()
        for path in (old, new, target, place):
            result = exdiag("report", old, "--redact", "--save", path, status=TROUBLE)
            expect_in("--save", result.err, "stderr")
        expect_equal(old.read_bytes(), before, "the evidence")
        expect_in("--redact", exdiag("report", old, "--save", place / "x", status=TROUBLE).err, "stderr")
        result = exdiag("report", old, new, "--redact", "--save", place / "x", status=TROUBLE)
        expect_in("one file", result.err, "stderr")
        expect(not (place / "x").exists(), "a file was written")


@case
def a_damaged_file_stays_damaged_when_it_is_redacted():
    with pair() as (old, _):
        lines = old.read_text().splitlines(keepends=True)
        damaged = change(old, "damaged", lines=["garbage\n", *lines[2:]])
        target = old.parent / "redacted"
        exdiag("report", damaged, "--redact", "--save", target, "--quiet")
        report = exdiag("report", target, "--format", "json").report
        expect_equal(report["complete"], False, "complete")


main()
