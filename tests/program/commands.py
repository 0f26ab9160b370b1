"""The commands that need no subject: help, version, explain, list, demo."""

import re
import tempfile

from harness import *

HASTY = ("--patience", "2")  # less than its balancer without back end takes to close
COMMANDS = ("check", "report", "explain", "list", "demo")


def planted_and_found(err):
    match = re.search(r"(\d+) of (\d+) found", err)
    expect(match, f"the demo does not count what it found: {err}")
    return int(match[1]), int(match[2])


@case
def help_names_every_command():
    for word in ("--help", "-h", "help"):
        out = exdiag(word, status=FINE).out
        for command in COMMANDS:
            expect(re.search(rf"^  {command} ", out, re.M), f"{word} does not name {command}")
        expect_in("exit status: 0", out, word)


@case
def help_of_every_command():
    for command in COMMANDS:
        for word in ("--help", "-h"):
            result = exdiag(command, word, status=FINE)
            expect_in(f"usage: exdiag {command}", result.out, command)
            expect_in("--version", result.out, command)
            expect_equal(result.err, "", "stderr")
        expect_equal(exdiag("help", command, status=FINE).out, result.out, f"help {command}")


@case
def help_wins_over_missing_subjects():
    expect_in("usage:", exdiag("check", "--dns", "127.0.0.1", "--help", status=FINE).out, "help")


@case
def help_lists_only_what_the_command_takes():
    expect_not_in("--dns", exdiag("report", "--help", status=FINE).out, "report --help")
    for option in ("--domain", "--server", "--file", "--dns", "--only", "--save", "--plan"):
        expect_in(option + " ", exdiag("check", "--help", status=FINE).out, "check --help")


@case
def no_command_shows_the_help_and_is_an_error():
    expect_in("usage: exdiag COMMAND", exdiag(status=TROUBLE).out, "help")


@case
def version():
    first = exdiag("--version", status=FINE).out
    expect(re.fullmatch(r"exdiag \d+\.\d+\.\d+\n", first), f"not a version: {first!r}")
    for command in COMMANDS:
        expect_equal(exdiag(command, "--version", status=FINE).out, first, f"{command} --version")


@case
def list_names_probes_needs_and_findings():
    out = exdiag("list", status=FINE).out
    expect(re.search(r"^spf +\w", out, re.M), "spf is not listed")
    expect_equal(out.count(" needs: "), out.count(" findings: "), "probes with needs")
    expect_equal(out.count(" in logs: "), out.count(" findings: "), "probes with traces")
    expect_in("spf-multiple", out, "list")
    expect_in("account enumeration", out, "list")


@case
def explain_knows_every_id_of_list():
    ids = []
    for line in exdiag("list", status=FINE).out.splitlines():
        if "findings: " in line:
            ids += line.split("findings: ")[1].split()
    expect(len(ids) > 4, "list names no findings")
    catalogue = exdiag("explain", status=FINE).out
    for id in ids:
        page = exdiag("explain", id, status=FINE).out
        expect(page.startswith(f"{id}: "), f"the page of {id} begins otherwise")
        for heading in ("symptom", "cause", "why it matters", "applies to", "references"):
            expect(re.search(rf"^{heading}$", page, re.M), f"{id} lacks its {heading}")
        expect(re.search(rf"^{id} ", catalogue, re.M), f"{id} is not in the catalogue")
    expect_equal(len(catalogue.splitlines()), len(set(ids)), "lines of the catalogue")


@case
def explain_spf_corrects_what_is_widely_told():
    page = " ".join(exdiag("explain", "spf", status=FINE).out.split())
    for told in ("the seven results", "the eight mechanisms", "the limits",
                 '"redirect takes no lookup": it takes one', "It is permerror", "an A record alone"):
        expect_in(told, page, "explain spf")


@case
def explain_names_consoles_as_reports_do():
    page = exdiag("explain", "mx-banner-stall", status=FINE).out
    for console in ("by hand: ", "shell: ", "PowerShell: ", "Exchange Management Shell: "):
        expect(re.search(rf"^  - (?:if .*: |or, )?{console}", page, re.M), f"no step begins {console}")
    expect(not re.search(r"^  - (manual|sh|ems): ", page, re.M), "a console is abbreviated")


@case
def explain_numbers_no_steps_that_rule_each_other_out():
    never = "Never run these as a list"
    for id in ("time-pdc-source", "time-hierarchy", "clock-skew", "mx-banner-stall"):
        page = exdiag("explain", id, status=FINE).out
        expect(not re.search(r"^ *[0-9]+\. ", page, re.M), f"{id} numbers its steps")
        expect(re.search(rf"^fix\n  {never}", page, re.M), f"{id} does not say that one chooses")
    page = exdiag("explain", "time-pdc-source", status=FINE).out
    expect(re.search(rf"^undo\n  {never}", page, re.M), "undo does not say that one chooses")
    for step in (
        "only where the time service is disabled\n    sc config w32time start= auto\n",
        "only where the time service is disabled\n    sc config w32time start= disabled\n",
        "risk: peers that were set by hand",
    ):
        expect_in(f"\n    {step}", page, "time-pdc-source")
    expect_in("\n  - if <machine> is any other machine of the domain: Command Prompt: ", page, "for whom")
    expect_not_in(never, page.split("\nverify\n")[1].split("\nundo\n")[0], "verify")
    page = exdiag("explain", "clock-skew", status=FINE).out
    expect_in("only where it is not a third clock that is missing\n", page, "clock-skew")


@case
def explain_of_several_and_of_none_such():
    out = exdiag("explain", "spf-none", "spf-multiple", status=FINE).out
    expect(out.index("spf-none: ") < out.index("spf-multiple: "), "not in the order asked")
    expect_in("nonsense", exdiag("explain", "nonsense", status=TROUBLE).err, "stderr")


@case
def demo_finds_all_that_is_planted():
    begins = {"json": "{", "html": "<!doctype html>", "markdown": "# ", "junit": "<?xml"}
    for format in FORMATS:
        result = exdiag("demo", "--format", format, status=FINE)
        found, planted = planted_and_found(result.err)
        expect_equal(found, planted, f"found as {format}")
        expect(planted > 4, "hardly anything is planted")
        expect_not_in("planted", result.out, "the report")
        expect_in("invented names", " ".join(result.out.split()), "the report")
        expect_in("not to be run", result.err, "stderr")
        expect(result.out.lower().startswith(begins.get(format, "")), f"{format} begins {result.out[:60]!r}")


@case
def demo_with_little_patience_misses_what_takes_longer():
    result = exdiag("demo", *HASTY, status=PROBLEMS)
    found, planted = planted_and_found(result.err)
    expect(found < planted, f"{found} of {planted} found")  # on a busy machine more than one takes longer
    expect(re.search(r"NOT FOUND wideworld.com +mx-banner-stall", result.err), result.err)


@case
def demo_verbose_and_into_a_file():
    usual = exdiag("demo", *HASTY, status=PROBLEMS).out
    wordy = exdiag("demo", *HASTY, "--verbose", status=PROBLEMS).out
    expect(len(wordy) > len(usual), "--verbose shows no more")
    with tempfile.TemporaryDirectory() as place:
        result = exdiag("demo", "--format", "json", "--output", f"{place}/demo.json", *HASTY,
                        status=PROBLEMS)  # fmt: skip
        expect_equal(result.out, "", "stdout")
        with open(f"{place}/demo.json", encoding="utf-8") as file:
            check_schema(file.read())


@case
def demo_of_one_probe_finds_what_is_planted_for_it():
    for only, planted_at_least in (("clock", 8), ("clock-skew", 4), ("spf", 12), ("spf-syntax", 1),
                                   ("spn", 8), ("exps-absent", 1), ("ews", 8),
                                   ("ews-cgi-handler", 2), ("build", 5), ("powershell", 3), ("time-vm-sync", 1),
                                   ("exchange-build-mixed", 1)):  # fmt: skip
        result = exdiag("demo", "--only", only, "--format", "json", status=FINE)
        found, planted = planted_and_found(result.err)
        expect_equal(found, planted, f"found of {only}")
        expect(planted >= planted_at_least, f"planted for {only}: {planted}")
        for finding in result.report["findings"]:
            expect(only in (finding["id"], finding["probe"]), f"{finding['id']} with --only {only}")
    found, planted = planted_and_found(exdiag("demo", "--skip", "mx", status=FINE).err)
    expect_equal(found, planted, "found without mx")
    expect_in("--only", exdiag("demo", "--only", "file", status=TROUBLE).err, "stderr")


@case
def demo_shows_the_clocks_of_its_servers_and_controllers():
    report = exdiag("demo", "--only", "clock", "--format", "json", status=FINE).report
    problems = {
        (one["id"], one["subject"]["name"].split("-")[-1]): one["severity"]
        for one in report["findings"]
        if one["outcome"] == "problem"
    }
    expected = {
        ("clock-skew", "ex01.contoso.com"): "critical",
        ("clock-skew", "dc3.contoso.com"): "warning",
        ("clock-sources-disagree", "cas.contoso.com"): "warning",
        ("time-pdc-source", "dc1.contoso.com"): "warning",
        ("time-vm-sync", "dc3.contoso.com"): "warning",
        ("time-hierarchy", "ex01.contoso.com"): "warning",
    }
    expect_equal(problems, expected, "problems")
    causes = {
        one["subject"]["name"]: [cause["id"] for cause in one["explained_by"]]
        for one in report["findings"]
        if one["id"] == "clock-skew" and one["outcome"] == "problem"
    }
    expected = {"ex01.contoso.com": ["time-hierarchy"], "dc3.contoso.com": ["time-vm-sync"]}
    expect_equal(causes, expected, "what explains the differences")


@case
def demo_shows_who_cannot_log_on_to_its_servers():
    report = exdiag("demo", "--only", "spn", "--format", "json", status=FINE).report
    problems = {(one["id"], one["subject"]["name"]): one["severity"] for one in report["findings"]
                if one["outcome"] == "problem"}  # fmt: skip
    expected = {
        ("smtp-spn-missing", "ex02.contoso.com"): "critical",
        ("smtp-spn-duplicate", "ex03.contoso.com"): "critical",
        ("smtp-spn-misplaced", "ex04.contoso.com"): "critical",
        ("exps-refused", "ex04.contoso.com"): "critical",
        ("exps-events", "ex02.contoso.com"): "warning",
        ("exps-absent", "ex06.contoso.com"): "warning",
        ("back-connection-host-names", "ex06.contoso.com"): "warning",
    }
    expect_equal(problems, expected, "problems")
    commands = {step["command"] for one in report["findings"] for step in one.get("fix", [])}
    for command in ('setspn -S "SMTPSVC/mail.contoso.com" "EX02"',
                    'setspn -D "SMTPSVC/ex03.contoso.com" "EX03-OLD"'):  # fmt: skip
        expect(command in commands, f"the commands lack {command}: {commands}")


@case
def demo_shows_which_node_does_not_give_messages():
    report = exdiag("demo", "--only", "ews", "--format", "json", status=FINE).report
    problems = {(one["id"], re.sub(".*exdiag-demo-[0-9a-f]{8}-", "", one["subject"]["name"])):
                one["severity"] for one in report["findings"] if one["outcome"] == "problem"}  # fmt: skip
    expected = {
        ("ews-mime-transient", "archive@contoso.com"): "warning",
        ("ews-mime-transient", "archive-job.log"): "critical",
        ("ews-mime-conversion", "archive-job.log"): "warning",
        ("ews-throttled", "archive-job.log"): "warning",
        ("ews-cgi-handler", "mbx1-applicationHost.config"): "info",
        ("ews-directory-differs", "mbx2-applicationHost.config"): "warning",
        ("ews-requests-failed", "mbx1-iis.log"): "warning",
    }
    expect_equal(problems, expected, "problems")
    seen = " ".join(one["text"] for finding in report["findings"] for one in finding["seen"])
    expect_in("16 requests in 31.3 s", seen, "what was seen")
    expect_in("the same through mbx2.contoso.com: 2 of 2 came", seen, "what was seen")
    expect_not_in("of-the-demonstration", json.dumps(report), "the report")


@case
def demo_shows_which_builds_its_servers_have():
    report = exdiag("demo", "--only", "build", "--format", "json", status=FINE).report
    problems = {(one["id"], one["subject"]["name"]) for one in report["findings"]
                if one["outcome"] != "ok"}  # fmt: skip
    expected = {
        ("exchange-build-unsupported", "ex13.contoso.com"),
        ("exchange-build-behind", "ex13.contoso.com"),
        ("exchange-build-behind", "ex01.contoso.com"),
        ("exchange-build-mixed", "ex01.contoso.com"),
    }
    expect_equal(problems, expected, "problems")
    everything = exdiag("demo", "--skip", "mx", "--format", "json", status=FINE).report
    problems = {(one["id"], one["subject"]["name"]) for one in everything["findings"]
                if one["probe"] == "build" and one["outcome"] != "ok"}  # fmt: skip
    expect_equal(problems, expected, "problems, with all that the directory lists")


@case
def demo_does_not_know_only_what_it_cannot():
    report = exdiag("demo", "--format", "json", status=FINE).report
    unknown = {one["subject"]["name"] for one in report["findings"] if one["outcome"] == "unknown"}
    expect_equal(unknown, {"proseware.com", "treyresearch.com"}, "who has it")


@case
def demo_leaves_no_files():
    with folder() as place:
        here = {"TMPDIR": str(place)}
        result = exdiag("demo", "--only", "clock", "--format", "json", variables=here, status=FINE)
        expect_in(f"{place}/exdiag-demo-", result.out, "the report")
        expect_equal(list(place.iterdir()), [], "what is left")
        nowhere = {"TMPDIR": str(place / "missing")}
        expect_in("does not exist", exdiag("demo", variables=nowhere, status=TROUBLE).err, "stderr")


@case
def demo_needs_no_privileges():
    needs_root("being somebody else")
    try:
        exdiag("demo", "--only", "clock", user="nobody", status=FINE)
    except PermissionError as error:
        raise Skip(f"nobody may not run {EXDIAG}") from error


@case
def demo_takes_no_subjects():
    exdiag("demo", "--domain", "contoso.com", status=TROUBLE)


@case
def bare_words_where_none_belong_are_refused():
    for command in ("demo", "list"):
        expect_in("contoso.com", exdiag(command, "contoso.com", status=TROUBLE).err, command)


main()
