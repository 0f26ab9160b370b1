"""Reports for machines and tickets: what plugins, pipelines, collectors and people get of one run;
how a plugin ends in time; files that are replaced in one go; runbooks of which nothing runs."""

from harness import *

import datetime
import xml.etree.ElementTree

LAB_SMTP = str(BUILD / "tests/lab_smtp")
JUNIT_SCHEMA = ROOT / "tests/program/junit.xsd"
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3  # exit statuses of a plugin
MACHINES = ("json", "markdown", "junit", "nagios", "prometheus")


def check(lab, domain, *arguments, **options):
    return exdiag("check", domain, "--dns", lab.dns, "--only", "spf", *arguments, **options)


@contextlib.contextmanager
def evidence(zone, domain):
    """A saved run, and the folder that it is in."""
    with folder() as place, Lab(zone) as lab:
        check(lab, domain, "--save", place / "run.jsonl")
        yield place, place / "run.jsonl"


def line_of(result):
    expect_equal(result.out.count("\n"), 1, f"lines of {result.out!r}")
    expect(len(result.out_bytes) <= 4096, f"{len(result.out_bytes)} bytes")
    expect(result.out.count("|") <= 1, result.out)
    return result.out


# ---- plugins ----


@case
def a_plugin_ends_by_what_is_found():
    with Lab(HEALTHY + BROKEN) as lab:
        nagios = ("--format", "nagios")
        expect(line_of(check(lab, "contoso.com", *nagios, status=OK)).startswith("EXDIAG OK - nothing wrong"), "OK")
        line = line_of(check(lab, "fabrikam.com", *nagios, status=CRITICAL))
        expect(line.startswith("EXDIAG CRITICAL - "), line)
        expect_in("(spf-multiple: fabrikam.com)", line, "the line")
        expect_in(" | critical=1;;0;0 warning=0;0;;0 ", line, "performance data")
        for level, status in (("warning", WARNING), ("info", OK)):
            line = line_of(check(lab, "fabrikam.com", *nagios, "--severity", f"spf-multiple={level}", status=status))
            expect(line.startswith(f"EXDIAG {'WARNING' if status else 'OK'} - "), line)
    with Peer() as peer:
        line = line_of(exdiag("check", "contoso.com", "--dns", peer.dns, "--timeout", 1, *nagios, status=UNKNOWN))
        expect(line.startswith("EXDIAG UNKNOWN - "), line)


@case
def a_plugin_that_was_called_wrongly_says_so_where_it_is_read():
    for arguments in (("--no-such-option",), ("--patience", "forever"), ("--only", "no-such-probe"),
                      ("--max-time", "0"), ("--output", "/nonexistent/folder/file", "contoso.com", "--dns", "127.0.0.1:1"),
                      ("--ca-file", "/no|such\nfile")):  # fmt: skip
        result = exdiag("check", "--format", "nagios", *arguments, status=UNKNOWN)
        expect(line_of(result).startswith("EXDIAG UNKNOWN - "), result.out)
        expect(len(result.out) > len("EXDIAG UNKNOWN - \n"), "no reason")
        expect_not_in("|", result.out, "the line")


@case
def a_plugin_whose_form_is_in_a_file_of_options_is_one():
    with folder() as place:
        config = place / "config"
        for text, arguments in (("format nagios\n", ("report", "--config", config, "--nosuch", "X")),
                                ("--format=nagios\nno-such\n", ("check", f"--config={config}")),
                                ("format nagios\n", ("check", "--config", config, "--domain", "a|b"))):  # fmt: skip
            config.write_text(text)
            expect(line_of(exdiag(*arguments, status=UNKNOWN)).startswith("EXDIAG UNKNOWN - "), f"{arguments}")
        config.write_text("format nagios\nformat text\nno-such\n")
        expect_equal(exdiag("check", "--config", config, status=TROUBLE).out, "", "the last one counts")


@case
def where_nothing_applies_a_plugin_is_not_green():
    run = ROOT / "tests/scenario/build-of-windows-in-the-greeting/evidence.jsonl"
    line = line_of(exdiag("report", run, "--format", "nagios", "--max-age", 0, status=UNKNOWN))
    expect(line.startswith("EXDIAG UNKNOWN - nothing of it applies: "), line)


@case
def a_plugin_ends_in_time():
    # The exchanger would be waited for until a plugin is killed.
    with folder() as place, Lab("contoso.com MX 0 mx.contoso.com\nmx.contoso.com A 127.0.9.9\n") as lab:
        process = subprocess.Popen([LAB_SMTP, "--port", "0", "127.0.9.9=stall"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, env=environment(None))  # fmt: skip
        port = process.stdout.readline().rsplit(":", 1)[1].strip()
        options = ("contoso.com", "--only", "mx", "--dns", lab.dns, "--port", f"smtp={port}", "--patience", 3600)
        result = exdiag("check", *options, "--max-time", 2, "--format", "nagios", status=UNKNOWN)
        line = line_of(result)
        expect_in("incomplete: the run was interrupted, by --max-time or by hand", line, "the line")
        path = place / "run"
        result = exdiag("check", *options, "--max-time", 2, "--save", path, "--format", "json", status=INCOMPLETE)
        expect_equal(result.report["complete"], False, "complete")
        again = exdiag("report", path, "--format", "nagios", status=UNKNOWN)
        expect_equal(re.sub(r" age=[0-9]+s;93600", "", line_of(again)), line, "the line of the file")
        process.stdin.close()
        process.wait(DEADLINE)


def hours_ago(path, name, hours, **members):
    """The same run, begun so many hours ago; negative: yet to come. None: it does not say when."""
    lines = path.read_text().splitlines()
    header = {**json.loads(lines[0]), **members}
    now = datetime.datetime.now(datetime.timezone.utc)
    header["started"] = hours is not None and (now - datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    copy = path.with_name(name)
    copy.write_text("\n".join([json.dumps(header), *lines[1:]]) + "\n")
    return copy


@case
def what_nobody_renews_is_no_state_of_today():
    nagios = ("--format", "nagios")
    with evidence(HEALTHY, "contoso.com") as (_, run):
        line = line_of(exdiag("report", run, *nagios, status=OK))
        expect(re.search(r" age=[0-9]+s;93600( |$)", line), line)
        expect_not_in("old", line, "of just now")
        line = line_of(exdiag("report", hours_ago(run, "night", 5.5), *nagios, status=OK))
        expect_in("; evidence is 5 h old | ", line, "of tonight")
        before = hours_ago(run, "before", 100)
        line = line_of(exdiag("report", before, *nagios, status=UNKNOWN))
        expect(line.startswith("EXDIAG UNKNOWN - evidence is 4 days old, of "), line)
        expect(re.search(r" age=36[0-9]{4}s;93600( |$)", line), line)
        line_of(exdiag("report", before, *nagios, "--max-age", 400000, status=OK))
        line = line_of(exdiag("report", before, *nagios, "--max-age", 0, status=OK))
        expect(re.search(r" age=36[0-9]{4}s( |$)", line), line)
        line = line_of(exdiag("check", before, *nagios, status=UNKNOWN))
        expect_in("evidence is 4 days old", line, "check")
        for name, hours, words in (("later", -1, "evidence is of the future, "), ("when", None, "does not say when")):
            line = line_of(exdiag("report", hours_ago(run, name, hours), *nagios, status=UNKNOWN))
            expect_in(words, line, name)
        line_of(exdiag("report", hours_ago(run, "clock", -0.05), *nagios, status=OK))
        config = run.with_name("config")
        config.write_text("format nagios\nmax-age 500000\n")
        line_of(exdiag("report", before, "--config", config, status=OK))
        line_of(exdiag("diff", hours_ago(run, "first", 900), run, *nagios, status=OK))
        line_of(exdiag("diff", run, before, *nagios, "--quiet", status=UNKNOWN))


@case
def of_several_files_the_newest_word_has_the_age():
    nagios = ("--format", "nagios")
    zone = HEALTHY + 'tailspin.com TXT "v=spf1 -all"\n'
    with evidence(zone, "contoso.com") as (place, run), Lab(zone) as lab:
        check(lab, "tailspin.com", "--save", place / "other")
        old = hours_ago(run, "old", 100)
        line = line_of(exdiag("report", old, run, *nagios, status=OK))
        expect_not_in("old", line, "it was examined again")
        other = hours_ago(place / "other", "other-machine", 100, machine="ex02.contoso.com")
        line = line_of(exdiag("report", run, other, *nagios, status=UNKNOWN))
        expect_in(f"{other}: evidence is 4 days old", line, "another machine's job died")
        cut = place / "cut"
        cut.write_text(run.read_text().replace('{"key"', '{"kay"', 1))
        line = line_of(exdiag("report", place / "other", cut, *nagios, status=UNKNOWN))
        expect_in(f"incomplete: {cut}: 1 damaged line", line, "the file that is damaged")


@case
def a_critical_state_stays_so_at_any_age():
    with evidence(BROKEN, "fabrikam.com") as (_, run):
        line = line_of(exdiag("report", hours_ago(run, "old", 100), "--format", "nagios", status=CRITICAL))
        expect(line.startswith("EXDIAG CRITICAL - evidence is 4 days old, "), line)
        expect_in("(spf-multiple: fabrikam.com)", line, "the line")


@case
def an_age_is_of_plugins_alone():
    with evidence(HEALTHY, "contoso.com") as (_, run):
        for format in ("text", "json", "prometheus"):
            result = exdiag("report", run, "--format", format, "--max-age", 3600, status=TROUBLE)
            expect_in("--max-age is for --format nagios", result.err, format)
        config = run.with_name("config")
        config.write_text("format nagios\nmax-age 3600\n")
        exdiag("report", run, "--config", config, "--format", "text", status=OK)
        exdiag("report", run, "--config", config, "--format", "text", "--max-age", 1, status=UNKNOWN)
        for value in ("", "-1", "1.5", "1h", "99999999999"):
            result = exdiag("report", run, "--format", "nagios", f"--max-age={value}", status=UNKNOWN)
            expect_in("--max-age takes whole seconds", result.out, value)
        expect_in("unknown option --max-age", exdiag("check", "contoso.com", "--max-age", 1, status=TROUBLE).err, "check")


@case
def evidence_without_a_start_shows_no_day():
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        when = hours_ago(run, "when", None)
        for format in ("text", "html", "markdown", "junit", "nagios", "prometheus"):
            out = exdiag("report", when, "--format", format, "--verbose").out
            expect_not_in("1970", out, format)
            if format != "prometheus":
                expect_in("does not say when it was gathered", " ".join(out.split()), format)
        out = exdiag("report", when, "--format", "prometheus").out
        expect_not_in("run_start", out, "metrics")
        expect_in("exdiag_run_end_timestamp_seconds 1", out, "metrics")
        report = exdiag("report", when, "--format", "json").report
        expect_in("when it was gathered", report["runs"][0]["remark"], "json")
        expect_in("at a time that is not known", runbook_of(when, place), "the runbook")
        for files in ((when, run), (run, when)):
            text = exdiag("diff", *files)
            expect_not_in("1970", text.out, "diff")
            expect_in("at a time that is not known", text.flat, "diff")
            expect_not_in("in the order given", text.err, "diff")
            for format in ("html", "markdown"):
                expect_not_in("1970", exdiag("diff", *files, "--format", format).out, format)
            exdiag("diff", *files, "--format", "json")


@case
def measures_are_those_of_the_newest_run():
    with evidence(HEALTHY, "contoso.com") as (place, run), Peer() as peer:
        old = hours_ago(run, "old", 100)
        exdiag("check", "contoso.com", "--only", "spf", "--dns", peer.dns, "--timeout", 1, "--save", place / "new", status=INCOMPLETE)
        for format in ("nagios", "prometheus"):
            expect_in("spf_lookups", exdiag("report", old, "--format", format).out, f"the old run, {format}")
            for command in ("report", "diff"):
                out = exdiag(command, old, place / "new", "--format", format).out
                expect_not_in("spf_lookups", out, f"{command}: the newest run measured nothing, {format}")


@case
def accepted_findings_alarm_nobody():
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        (place / "accepted").write_text("spf-multiple fabrikam.com 2999-12-31 known, ticket 4711\n")
        accept = ("report", run, "--accept", place / "accepted")
        line = line_of(exdiag(*accept, "--format", "nagios", status=OK))
        expect_in("1 accepted", line, "the line")
        out = exdiag(*accept, "--format", "junit", status=FINE).out
        expect_in('failures="0"', out, "junit")
        expect_in("accepted until 2999-12-31: known, ticket 4711", out, "junit")
        out = exdiag(*accept, "--format", "prometheus", status=FINE).out
        expect_in('exdiag_findings{state="accepted"} 1\n', out, "metrics")
        expect_in('exdiag_findings{state="critical"} 0\n', out, "metrics")


# ---- all of them ----


@case
def several_files_make_one_report():
    with folder() as place, Lab(HEALTHY + BROKEN) as lab:
        for domain in ("contoso.com", "fabrikam.com"):
            check(lab, domain, "--save", place / domain)
        for format in MACHINES:
            result = exdiag("report", place / "contoso.com", place / "fabrikam.com", "--format", format, "--verbose")
            expect_equal(result.status, CRITICAL if format == "nagios" else PROBLEMS, format)
            for domain in ("contoso.com", "fabrikam.com"):
                expect_in(domain, result.out, format)


@case
def a_pipeline_reads_its_cases():
    with evidence(BROKEN + "tailspin.com TXT \"v=spf1 -all\"\n", "fabrikam.com") as (place, run):
        out = exdiag("report", run, "--format", "junit", status=PROBLEMS).out_bytes
        tree = xml.etree.ElementTree.fromstring(out)
        failures = {(one.get("classname"), one.get("name")) for one in tree.iter("testcase") if one.find("failure") is not None}
        expect_equal(failures, {("exdiag.spf", "spf-multiple fabrikam.com")}, "failures")
        expect_in("to repair", next(tree.iter("failure")).text, "the failure")
        try:
            import junitparser
        except ImportError as error:
            raise Skip("python3-junitparser is not installed") from error
        (place / "junit.xml").write_bytes(out)
        suites = junitparser.JUnitXml.fromfile(str(place / "junit.xml"))
        expect_equal((suites.tests, suites.failures), (len(list(tree.iter("testcase"))), 1), "counts of junitparser")
        redacted = exdiag("report", run, "--redact", "--format", "junit", status=PROBLEMS).out_bytes
        properties = [one.get("name") for one in xml.etree.ElementTree.fromstring(redacted).iter("property")]
        expect_equal(properties, ["redacted"], "properties")
        for document in (out, redacted):
            if shutil.which("xmllint"):
                done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", JUNIT_SCHEMA, "-"], input=document,
                                      capture_output=True, check=False)  # fmt: skip
                expect_equal(done.returncode, 0, done.stderr.decode())


@case
def what_was_not_examined_is_no_success():
    with Peer() as peer, folder() as place:
        exdiag("check", "contoso.com", "--dns", peer.dns, "--timeout", 30, "--max-time", 1, "--save", place / "run",
               status=INCOMPLETE)  # fmt: skip
        out = exdiag("report", place / "run", "--format", "junit", status=INCOMPLETE).out
        tree = xml.etree.ElementTree.fromstring(out)
        expect_in("exdiag.run", {one.get("classname") for one in tree.iter("testcase")}, "classes")
        expect(int(tree.get("errors")) > 1, out)
        expect_in("to make it known", out, "errors")
        expect_in("exdiag_run_complete 0\n", exdiag("report", place / "run", "--format", "prometheus").out, "metrics")


# ---- files ----


def writes(run, path, **options):
    return exdiag("report", run, "--format", "prometheus", "--output", path, status=PROBLEMS, **options)


@case
def a_file_is_never_there_by_halves():
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        path = place / "exdiag.prom"
        writes(run, path)
        whole, seen, ended = path.read_bytes(), set(), threading.Event()

        def read():
            while not ended.is_set():
                seen.add(path.read_bytes())

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(40):
            writes(run, path)
        ended.set()
        reader.join()
        expect_equal(seen, {whole}, "what was read meanwhile")
        expect_equal(sorted(entry.name for entry in place.iterdir()), ["exdiag.prom", "run.jsonl"], "what is left")


@case
def what_a_file_was_it_stays():
    if WINDOWS:
        raise Skip("of permissions and links elsewhere")
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        path, other = place / "exdiag.prom", place / "other"
        path.write_text("old")
        path.chmod(0o640)
        writes(run, path)
        expect_equal(path.stat().st_mode & 0o777, 0o640, "permissions")
        other.symlink_to(path)
        path.write_text("old")
        writes(run, other)
        expect(other.is_symlink() and path.read_text().startswith("# HELP"), "a link is written through")
        os.link(path, place / "twin")
        path.write_text("old")
        writes(run, path)
        expect((place / "twin").read_text().startswith("# HELP"), "a file of two names is one file")
        pipe = place / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
            writes(run, pipe)
            expect(reader.stdout.read().startswith(b"# HELP"), "a pipe is written to")
        expect(pipe.is_fifo(), "a pipe stays one")
        if os.getuid() == 0:
            os.chown(path, 12345, 12346)
            writes(run, path)
            expect_equal((path.stat().st_uid, path.stat().st_gid), (12345, 12346), "owner")


# ---- runbooks ----


def runbook_of(run, place, *arguments, status=PROBLEMS):
    path = place / "runbook"
    exdiag("report", run, "--runbook", path, *arguments, status=status)
    return path.read_text()


@case
def a_runbook_has_every_command_and_runs_none():
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        text = runbook_of(run, place)
        report = exdiag("report", run, "--format", "json").report
        steps = [(part, step) for finding in report["findings"] if finding["outcome"] in ("problem", "unknown")
                 for part in ("fix", "verify", "undo") for step in finding[part]]  # fmt: skip
        expect(len(steps) > 3, "hardly a step")
        for part, step in steps:
            lines = step["command"].split("\n")
            lead = "##     " if step["shell"] == "dns" else "# "  # a record is never to be uncommented
            if step["shell"] != "manual":
                expect_in("\n".join(f"{lead}{line}" for line in lines) + "\n", text, f"the runbook, {part}")
        expect(all(line.startswith("#") for line in text.splitlines()), "a line that is no comment")
        expect(text.index("repair:") < text.index("verify:") < text.index("UNDO"), "the order")
        expect(text.rindex("verify:") < text.index("UNDO:"), "undo is not at the end")
        traps = place / "traps"
        traps.mkdir()
        for word in {re.split(r"[ /\\]", step["command"])[0] for _, step in steps if step["command"]}:
            if re.fullmatch("[A-Za-z.-]+", word):
                (traps / word).write_text(f"#!/bin/sh\n: >{place}/trapped\n")
                (traps / word).chmod(0o755)
        for shell in ("sh", "bash", "dash"):
            if shutil.which(shell):
                done = subprocess.run([shutil.which(shell), place / "runbook"], capture_output=True, check=False,
                                      env={"PATH": str(traps)}, cwd=place)  # fmt: skip
                expect_equal((done.returncode, done.stdout, done.stderr), (0, b"", b""), shell)
        expect(not (place / "trapped").exists(), "a command ran")


@case
def a_runbook_goes_by_machines():
    zone = BROKEN + 'tailspin.com TXT "v=spf1 +all"\ntailspin.com TXT "v=spf1 -all"\n'
    with folder() as place, Lab(zone) as lab:
        check(lab, "fabrikam.com", "tailspin.com", "--save", place / "run")
        text = runbook_of(place / "run", place)
        repairs, undo = text.split("UNDO, only if", 1)
        heads = [head for head in re.findall(r"^## == (.*)$", repairs, re.M) if head]
        expect_equal(sorted(heads)[:2], ["domain fabrikam.com", "domain tailspin.com"], "machines")
        first, second = (repairs.index(f"== domain {name}") for name in ("fabrikam.com", "tailspin.com"))
        expect_in("exdiag check --domain fabrikam.com", repairs[first:second], "the first machine's")
        expect_not_in("tailspin.com", repairs[first:second], "the first machine's")
        expect_in("fabrikam.com", undo, "undo")


@case
def a_runbook_is_written_over_nothing_that_is_read():
    with evidence(BROKEN, "fabrikam.com") as (place, run):
        saved = run.read_bytes()
        log = place / "log.txt"
        log.write_text("notes\n")
        for arguments in (("report", run, "--runbook", run), ("check", "--file", log, "--runbook", log),
                          ("report", run, "--runbook", place / "one", "--output", place / "one"),
                          ("check", "contoso.com", "--dns", "127.0.0.1:1", "--save", place / "two", "--runbook", place / "two"),
                          ("report", run, "--runbook", place / "none" / "such")):  # fmt: skip
            result = exdiag(*arguments, status=TROUBLE)
            expect_in("runbook", result.err, f"{arguments}")
        expect_equal((run.read_bytes(), log.read_text()), (saved, "notes\n"), "what was there")
        runbook_of(run, place)
        (place / "runbook").write_text("old")
        expect_not_in("old\n", runbook_of(run, place)[:4], "a former runbook")


@case
def a_runbook_without_repairs_says_so():
    with evidence(HEALTHY, "contoso.com") as (place, run):
        expect_in("nothing to repair", runbook_of(run, place, status=FINE), "the runbook")


@case
def a_ticket_has_boxes_to_tick():
    with evidence(BROKEN, "fabrikam.com") as (_, run):
        out = exdiag("report", run, "--format", "markdown", "--title", "Ticket 4711", status=PROBLEMS).out
        expect(out.startswith("# Ticket 4711\n"), out[:80])
        for part in ("- [ ] ", "**Repair**", "**Verify**", "**Undo", "  ```text\n", "`fabrikam.com`"):
            expect_in(part, out, "the ticket")
        quiet = exdiag("report", run, "--format", "markdown", "--quiet", status=PROBLEMS).out
        expect(len(quiet) < len(out) / 2 and "- [ ] 1" in quiet, quiet)


main()
