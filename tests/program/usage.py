"""The command line: options, subjects, files of options, and what is said of mistakes."""

from datetime import date, timedelta

from harness import *

LONG_LABEL = "a" * 64 + ".com"


def refused(*arguments, **keywords):
    """Runs what must be refused: exit status 2, one line on stderr, nothing on stdout."""
    result = exdiag(*arguments, status=TROUBLE, **keywords)
    expect_equal(result.out, "", f"stdout of {arguments}")
    expect(result.err.startswith("exdiag: "), f"stderr of {arguments}: {result.err!r}")
    expect_equal(result.err.count("\n"), 1, f"lines on stderr of {arguments}: {result.err!r}")
    expect(result.err[:-1].isprintable(), f"stderr of {arguments}: {result.err!r}")
    return result.err


def json_of(lab, *arguments, **keywords):
    return exdiag("check", "--format", "json", "--dns", lab.dns, *arguments, **keywords)


def domains_of(result):
    return [one["name"] for one in result.report["subjects"] if one["kind"] == "domain"]


# ---- mistakes ----


@case
def unknown_command_with_a_suggestion():
    expect_in("did you mean 'check'", refused("chek", "contoso.com"), "stderr")
    expect_in("did you mean 'report'", refused("repotr"), "stderr")
    expect_in("exdiag --help", refused("zzz"), "stderr")


@case
def unknown_option_with_a_suggestion():
    expect_in("did you mean --domain", refused("check", "--domian", "contoso.com"), "stderr")
    expect_in("did you mean --server", refused("check", "--sever", "ex01.contoso.com"), "stderr")
    expect_in("did you mean --format", refused("report", "--formta=json"), "stderr")
    expect_in("exdiag check --help", refused("check", "--zzz"), "stderr")
    refused("check", "-x")


@case
def an_option_of_another_command():
    expect_in("--dns", refused("report", "--dns", "127.0.0.1", "x"), "stderr")
    refused("list", "--format", "json")


@case
def a_missing_value():
    for option in ("--domain", "--dns", "--format", "--save", "--only", "--config", "--accept"):
        expect_in("needs a value", refused("check", option), option)


@case
def an_option_is_no_value_of_another():
    """A value that was forgotten: --plan as the name of a file would send what was only to be planned."""
    with folder() as place:
        for option in ("--output", "--save", "--user", "--title"):
            expect_in(f"{option} needs a value", refused("check", "contoso.com", option, "--plan", folder=place), option)
        expect_in("needs a value", refused("check", "contoso.com", "--title", "--format=json", folder=place), "stderr")
        exdiag("check", "contoso.com", "--plan", "--dns", "127.0.0.1", "--title=--plan", status=FINE)
        expect_equal(list(place.iterdir()), [], "files")


@case
def what_is_typed_on_windows():
    for word in ("EX01", "\\\\EX01"):
        expect_in("--server ex01", refused("check", word), word)
    expect_in("the name in it is 'ex01'", refused("check", "--server", "\\\\EX01"), "stderr")
    expect_in("is not a domain controller name", refused("check", "--dc", "ldap://dc1"), "stderr")
    for words in (["*.log"], ["logs\\*"], ["--file", "ex01/*"]):
        expect_in("a folder is every file in it", refused("check", *words), f"{words}")
    expect_equal(exdiag("/?", status=FINE).out, exdiag("--help", status=FINE).out, "/?")
    expect_equal(exdiag("check", "/?", status=FINE).out, exdiag("check", "--help", status=FINE).out, "check /?")


@case
def a_value_for_a_switch():
    expect_in("takes no value", refused("check", "--quiet=yes", "contoso.com"), "stderr")


@case
def patience_in_words_and_seconds():
    for value in ("quick", "normal", "proof", "0.01", "3600", "2.5"):
        exdiag("check", "--plan", "contoso.com", "--dns", "127.0.0.1", "--patience", value, status=FINE)
    expect_in("--patience", refused("demo", "--patience", "slow"), "stderr")
    expect_in("--patience", refused("report", "--patience", "quick", "x"), "stderr")


@case
def values_that_are_none():
    for option, *values in (
        ("--dns", "", "resolver", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", "[::1", "1.2.3"),
        ("--port", "53", "dns=0", "dns=65536", "dns=x", "smtpd=25", "smtp", "submission=587x", "=25"),
        ("--reference", "", ".", "a,b", "a..b", "a b", LONG_LABEL),
        ("--timeout", "", "0", "-1", "nan", "inf", "10s", "1e9"),
        ("--jobs", "", "0", "-1", "1x", "99999999999999999999"),
        ("--in-flight", "0", "99999999999999999999"),
        ("--patience", "", "0", "slow", "PROOF", "5s", "-1", "nan", "1e9"),
        ("--ca-file", "", "/nowhere/ca.pem", "/", __file__, "/dev/null"),
        ("--format", "", "xml", "JSON"),
        ("--only", "", ",", "spf,nonsense", "SPF"),
        ("--skip", "", "nonsense"),
        ("--severity", "", "spf-none", "spf-none=", "spf-none=high", "nonsense=info", "spf=info"),
    ):
        for value in values:
            expect_in(option, refused("check", "contoso.com", f"{option}={value}"), option)


@case
def clocks_outside_are_bounded():
    some = [f"--reference=ntp{number}.example.net" for number in range(8)]
    exdiag("check", "--plan", "--dc", "dc1.contoso.com", "--dns", "127.0.0.1", *some, status=FINE)
    expect_in("enough", refused("check", "--dc", "dc1.contoso.com", *some, "--reference=192.0.2.1"), "stderr")


@case
def nothing_to_examine():
    expect_in("--domain", refused("check"), "stderr")
    refused("check", "--dns", "127.0.0.1")
    expect_in("evidence file", refused("report"), "stderr")


@case
def domains_that_are_none():
    for name in (
        "",
        ".",
        "..",
        "a..com",
        ".contoso.com",
        LONG_LABEL,
        ".".join(["a" * 60] * 5),
        "a\nb.com",
        "a\x1b[31mb.com",
        "a\x7f.com",
        "a\u0085.com",
        "a\u202eb.com",
        "\udcff.com",  # the byte 0xff
        "\u00fc" * 60 + ".com",
    ):
        refused("check", f"--domain={name}")


@case
def a_bare_word_that_is_nothing():
    refused("check", "localhost")
    refused("check", "")
    for path in ("no/such/file", "./missing.log", "/missing.log", "C:\\missing.log"):
        expect_in("does not exist", refused("check", path), path)
    for name in ("SEND20261120-1.LOG", "trace.pcapng", "returned.eml", "directory.ldf", "app.evtx", "lsa.REG"):
        expect_in("no file of that name", refused("check", name), name)


@case
def what_has_an_at_sign_is_a_mailbox():
    result = exdiag("check", "User@Contoso.com", "--format", "json", status=INCOMPLETE)
    expect_equal(result.report["subjects"], [{"kind": "mailbox", "name": "user@contoso.com"}],
                 "subjects")  # fmt: skip


@case
def a_whole_name_with_its_dot_and_in_capitals():
    with Lab(HEALTHY) as lab:
        for name in ("contoso.com.", "CONTOSO.com"):
            result = json_of(lab, name, status=FINE)
            expect_equal(domains_of(result), ["contoso.com"], name)


@case
def the_same_subject_twice_is_one():
    with Lab(HEALTHY) as lab:
        result = json_of(lab, "contoso.com", "--domain", "CONTOSO.COM.", status=FINE)
        expect_equal(domains_of(result), ["contoso.com"], "domains")


# ---- the ways to write an option ----


@case
def values_behind_an_equals_sign_or_a_space():
    with Lab(HEALTHY) as lab:
        for arguments in (
            [f"--dns={lab.dns}", "--domain=contoso.com"],
            ["--dns", lab.dns, "--domain", "contoso.com"],
        ):
            result = exdiag("check", *arguments, "--format=json", status=FINE)
            expect_equal(result.report["subjects"][0]["name"], "contoso.com", "subject")


@case
def behind_two_dashes_all_is_bare():
    with Lab(HEALTHY) as lab:
        exdiag("check", "--dns", lab.dns, "--", "contoso.com", status=FINE)
        with folder() as place:
            (place / "--version").write_text("no evidence")
            exdiag("check", "--dns", lab.dns, "--", "--version", folder=place, status=INCOMPLETE)
    refused("check", "--", "--domain")


# ---- bare arguments ----


@case
def a_bare_file_address_and_domain():
    with Lab(HEALTHY) as lab, folder() as place:
        (place / "notes.com").write_text("some notes\n")
        result = json_of(
            lab, "notes.com", "contoso.com", "192.0.2.1", "2001:DB8::1", "::ffff:192.0.2.9",
            folder=place, status=INCOMPLETE,
        )
        names = {(subject["kind"], subject["name"]) for subject in result.report["subjects"]}
        for one in (
            ("file", "notes.com"),
            ("domain", "contoso.com"),
            ("server", "192.0.2.1"),
            ("server", "2001:db8::1"),
        ):
            expect_in(one, names, "subjects")


@case
def a_file_that_no_probe_reads_is_unknown():
    with folder() as place:
        (place / "notes.txt").write_text("some notes\n")
        for path, told in ((place / "notes.txt",) * 2, (place, place / "notes.txt")):
            result = exdiag("check", "--format=json", "--file", path, status=INCOMPLETE)
            expect_equal(result.findings("unknown"), {("file-not-read", str(told))}, "unknown")
        result = exdiag("check", "--file", place / "notes.txt", "--verbose", status=INCOMPLETE)
        expect_in("notes.txt, read 2", " ".join(result.out.split()), "when it was read")


@case
def a_file_of_a_host():
    with folder() as place:
        (place / "notes.txt").write_text("some notes\n")
        (place / "EX=9.txt").write_text("some notes\n")
        (place / "sub").mkdir()
        (place / "sub/a=b.txt").write_text("some notes\n")
        for text, path in (
            (f"EX02.contoso.com={place}/notes.txt", f"{place}/notes.txt"),
            (f"EX02={place}/notes.txt", f"{place}/notes.txt"),
            (f"10.1.1.12={place}/notes.txt", f"{place}/notes.txt"),
            (f"{place}/EX=9.txt", f"{place}/EX=9.txt"),  # is a file by the whole of it
            (f"{place}/sub/a=b.txt", f"{place}/sub/a=b.txt"),
            (f"ex02={place}/sub/a=b.txt", f"{place}/sub/a=b.txt"),
        ):
            result = exdiag("check", "--format=json", "--file", text, status=INCOMPLETE)
            expect_equal(result.findings("unknown"), {("file-not-read", path)}, text)
        expect_in("names a host and no file", refused("check", "--file", "ex02="), "a host alone")
        for text, path in (
            (f"{place}/missing",) * 2,
            (f"ex02={place}/missing", f"{place}/missing"),
            (f"{place}/none/a=b.txt",) * 2,  # no host has a slash
        ):
            expect_in(f"'{path}': does not exist", refused("check", "--file", text), text)
        twice = (f"--file=ex01={place}/notes.txt", f"--file=ex02={place}/notes.txt")
        expect_in("is said to be of ex01, and of ex02", refused("check", *twice), "two hosts")


@case
def a_url_is_told_from_a_name():
    for option in ("--server", "--dc", "--domain"):
        for text in ("https://mail.contoso.com/owa", "http://Mail.contoso.com", "mail.contoso.com:443",
                     "https://mail.contoso.com:444/EWS/Exchange.asmx?a=b", "mail.contoso.com/owa"):  # fmt: skip
            expect_in("the name in it is 'mail.contoso.com'", refused("check", option, text), text)
    expect_in("examined by --server mail.contoso.com", refused("check", "https://mail.contoso.com/owa"), "bare")
    expect_in("without commas", refused("check", "--server", "ex01.contoso.com,ex02.contoso.com"), "several")
    refused("check", "--server", "https://\x1b[31m.contoso.com/")


@case
def mistyped_words_with_a_suggestion():
    for arguments, meant in (
        (("--only", "clokc"), "clock"),
        (("--only=spf,mx-baner-stall",), "mx-banner-stall"),
        (("--skip", "exhange-build-behind"), "exchange-build-behind"),
        (("--severity", "spf-nnoe=info"), "spf-none"),
        (("--port", "smpt=2525"), "smtp"),
        (("--port=htps=443",), "https"),
    ):
        expect_in(f"did you mean '{meant}'?", refused("check", "contoso.com", *arguments), arguments)
    expect_in("did you mean 'spf-lookup-limit'?", refused("explain", "spf-lokup-limit"), "explain")
    expect_in("exdiag explain", refused("check", "contoso.com", "--only", "qqqq"), "nothing like it")
    expect_in("gc-tls", refused("check", "contoso.com", "--port", "qqqq=1"), "the services")


# ---- names in other scripts ----

IDN = """
xn--bcher-kva.com TXT "v=spf1 -all"
xn--bcher-kva.com TXT "v=spf1 ~all"
"""


@case
def a_name_in_another_script_comes_back_in_it():
    with Lab(IDN) as lab:
        names = ["b\u00fccher.com", "B\u00dcCHER.com", "xn--bcher-kva.com", "XN--BCHER-KVA.com"]
        for name in names:
            for locale in ("C", "C.UTF-8"):
                variables = {"LC_ALL": locale}
                text = exdiag("check", name, "--dns", lab.dns, variables=variables, status=PROBLEMS)
                expect_in("b\u00fccher.com", text.out, name)
            report = json_of(lab, name, status=PROBLEMS).report
            expect_equal(report["subjects"][0]["name"], "xn--bcher-kva.com", name)


@case
def an_a_label_that_is_none_stays_as_it_is():
    with Lab('xn--0.com TXT "v=spf1 -all"\n') as lab:
        result = json_of(lab, "xn--0.com", status=FINE)
        expect_equal(result.report["subjects"][0]["name"], "xn--0.com", "subject")


# ---- files of options ----


def config(place, text):
    path = place / "options"
    path.write_text(text)
    return path


@case
def a_file_of_options():
    with Lab(BROKEN) as lab, folder() as place:
        path = config(
            place,
            f"# comment\n\n  dns {lab.dns}  \r\n--severity=spf-multiple=info\nformat = json\n"
            "title The mail of Fabrikam\nquiet\ndomain fabrikam.com",
        )
        result = exdiag("check", "--config", path, "--format", "json", status=FINE)
        expect_equal(result.report["title"], "The mail of Fabrikam", "title")
        expect_equal(result.report["findings"][0]["severity"], "info", "severity")


MARKED = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@case
def files_of_options_as_windows_writes_them():
    """Notepad's "Unicode" and PowerShell's > are UTF-16; what is neither that nor UTF-8 is refused, by its line."""
    accepted = "# f\u00fcr Fabrikam\r\nspf-multiple fabrikam.com 9999-12-31 bekannt, M\u00fcller \U0001f600\r\n"
    with Lab(BROKEN) as lab, folder() as place:
        for encoding, mark in MARKED.items():
            (place / "accepted").write_bytes(mark + accepted.encode(encoding))
            options = f"accept {place / 'accepted'}\r\ndns {lab.dns}\r\ntitle M\u00fcllers Post\r\ndomain fabrikam.com\r\n"
            (place / "options").write_bytes(mark + options.encode(encoding))
            report = exdiag("check", "--config", place / "options", "--format", "json", status=FINE).report
            expect_equal(report["title"], "M\u00fcllers Post", encoding)
            expect_equal(report["findings"][0]["accepted"]["reason"], "bekannt, M\u00fcller \U0001f600", encoding)
            (place / "options").write_bytes(mark + "format nagios\r\nnosuch\r\n".encode(encoding))
            expect_in("EXDIAG UNKNOWN", exdiag("check", "--config", place / "options", status=3).out, encoding)
        for content, word in (
            (accepted.encode("cp1252", "replace"), "line 1: it is neither UTF-8 nor UTF-16"),
            (b"quiet\nspf-multiple * 9999-12-31 M\xfcller\n", "line 2: it is neither UTF-8 nor UTF-16"),
            (b"# one\n# two\0\n", "line 2: it has a NUL byte"),
            (b"\xff\xfe\0\0q\0\0\0", "line 1: it has a NUL byte"),
        ):
            (place / "options").write_bytes(content.replace(b"quiet", b"# quiet"))
            expect_in(word, refused("check", "--accept", place / "options", "x.com"), f"{content}")
        (place / "options").write_bytes(b"quiet\n# M\xfcller\n")
        expect_in("line 2: it is neither", refused("check", "--config", place / "options", "x.com"), "--config")


@case
def tables_of_builds_as_windows_writes_them():
    with Lab(HEALTHY) as lab, folder() as place:
        table = (ROOT / "diag/builds/exchange.txt").read_text()
        for encoding, mark in MARKED.items():
            (place / "builds").write_bytes(mark + table.replace("\n", "\r\n").encode(encoding))
            exdiag("check", "contoso.com", "--dns", lab.dns, "--builds", place / "builds", status=FINE)


@case
def later_options_win_over_the_file():
    with Lab(BROKEN) as lab, folder() as place:
        path = config(place, "format json\n")
        result = exdiag(
            "check", "--config", path, "--dns", lab.dns, "fabrikam.com", "--format=text", status=1
        )
        expect_in("CRITICAL", result.out, "text")


@case
def files_of_options_that_are_wrong():
    with folder() as place:
        for line in ("nonsense", "domian contoso.com", "quiet yes", "dns", "contoso.com"):
            refused("check", "--config", config(place, line + "\n"))
        inner = place / "inner"
        inner.write_text("quiet\n")
        outer = config(place, f"config {inner}")
        expect_in("another", refused("check", "--config", outer), "nested")
        refused("check", "--config", place / "missing")
        refused("check", "--config", place)


# ---- accepted findings ----


def accept_run(lab, place, line, status, *arguments):
    (place / "accepted").write_text(line + "\n")
    return json_of(
        lab, "fabrikam.com", "--accept", place / "accepted", *arguments, status=status
    ).report


@case
def an_accepted_finding_is_shown_and_not_counted():
    future = date.today() + timedelta(days=30)
    with Lab(BROKEN) as lab, folder() as place:
        for subject in ("fabrikam.com", "*", "Fabrikam.COM", "fabrikam.com."):
            line = f"spf-multiple {subject} {future} ticket 4711"
            report = accept_run(lab, place, line, FINE)
            expect_equal(report["summary"]["accepted"], 1, f"accepted for {subject}")
            expect_equal(report["summary"]["problem"], 0, "problems")
            accepted = report["findings"][0]["accepted"]
            expect_equal(accepted, {"reason": "ticket 4711", "expires": str(future)}, "accepted")
        text = exdiag(
            "check", "fabrikam.com", "--dns", lab.dns, "--accept", place / "accepted", status=FINE
        )
        expect_in("ACCEPTED", text.out, "text")
        expect_in("ticket 4711", text.flat, "text")


@case
def an_acceptance_holds_through_its_day_and_not_longer():
    # The program's day is UTC's, and the run may cross midnight: two days of room.
    with Lab(BROKEN) as lab, folder() as place:
        today = date.today()
        accept_run(lab, place, f"spf-multiple * {today + timedelta(days=2)} r", FINE)
        accept_run(lab, place, f"spf-multiple * {today - timedelta(days=2)} r", PROBLEMS)
        accept_run(lab, place, "spf-multiple * 1999-12-31 r", PROBLEMS)
        accept_run(lab, place, "spf-multiple * 9999-12-31 r", FINE)


@case
def an_acceptance_is_for_its_finding_and_subject():
    with Lab(BROKEN) as lab, folder() as place:
        accept_run(lab, place, "spf-none * 9999-12-31 r", PROBLEMS)
        accept_run(lab, place, "spf-multiple contoso.com 9999-12-31 r", PROBLEMS)


@case
def an_acceptance_in_another_script():
    with Lab(IDN) as lab, folder() as place:
        (place / "accepted").write_text("spf-multiple b\u00fccher.com 9999-12-31 known\n")
        json_of(lab, "b\u00fccher.com", "--accept", place / "accepted", status=FINE)


@case
def lines_of_accepted_findings_that_are_wrong():
    with folder() as place:
        for line, word in (
            ("spf-multiple", "no subject follows 'spf-multiple'"),
            ("spf-multiple fabrikam.com", "no day stands in it"),
            ("spf-multiple fabrikam.com 2026-13-01 reason", "there is no day '2026-13-01'"),
            ("spf-multiple fabrikam.com 2026-02-30 reason", "there is no day '2026-02-30'"),
            ("spf-multiple fabrikam.com soon reason", "'soon' is no day"),
            ("spf-multiple fabrikam.com 30.11.2026 reason", "'30.11.2026' is no day"),
            ("spf-multiple 2030-01-01 reason", "no subject stands before '2030-01-01'"),
            ("spf-multiple fabrikam.com 2030-01-01", "no reason follows '2030-01-01'"),
            ("spf-mutliple fabrikam.com 2030-01-01 reason", "did you mean 'spf-multiple'?"),
            ("spf fabrikam.com 2030-01-01 a probe is no finding", "'spf' is no finding"),
            ("zzzz fabrikam.com 2030-01-01 reason", "'zzzz' is no finding: 'exdiag explain' lists them"),
            ("spf-multiple fabrikam.com 2030-01-01 rea\x1b[31mson", "\\x1b stands in the reason"),
            ("spf-multiple fabrikam.com 2030-01-01 rea\u202eson", "\\u{202e} stands in the reason"),
            ("spf-multiple fabri\u200bkam.com 2030-01-01 reason", "\\u{200b} stands in the subject"),
            ("spf-multiple fabrikam.com 2030-01-01 two\twords", "a tab stands in the reason"),
        ):
            (place / "accepted").write_text(f"# what is known\n{line}\n")
            complaint = refused("check", "x.com", "--accept", place / "accepted")
            expect_in("--accept: ", complaint, line)
            expect_in(f"accepted', line 2: {word}" if word[0] not in "\\d" else word, complaint, line)
        expect_in("does not exist", refused("check", "x.com", "--accept", place / "none"), "stderr")


# ---- what is judged ----


@case
def every_exit_status():
    with Lab(HEALTHY + BROKEN + "! wingtip.com servfail\n") as lab:
        exdiag("check", "contoso.com", "--dns", lab.dns, status=FINE)
        exdiag("check", "fabrikam.com", "--dns", lab.dns, status=PROBLEMS)
        exdiag("check", "wingtip.com", "--dns", lab.dns, status=INCOMPLETE)
        exdiag("check", "wingtip.com", "fabrikam.com", "--dns", lab.dns, status=PROBLEMS)
        exdiag("check", "wingtip.com", "contoso.com", "--dns", lab.dns, status=INCOMPLETE)
        exdiag("check", status=TROUBLE)


@case
def severities_decide_the_exit_status():
    with Lab(BROKEN) as lab:
        for level, status in (("critical", PROBLEMS), ("warning", PROBLEMS), ("info", FINE)):
            result = json_of(
                lab, "fabrikam.com", "--severity", f"spf-multiple={level}", status=status
            )
            expect_equal(result.report["findings"][0]["severity"], level, "severity")


@case
def the_last_severity_wins():
    with Lab(BROKEN) as lab:
        json_of(
            lab, "fabrikam.com", "--severity=spf-multiple=critical",
            "--severity=spf-multiple=info", status=FINE,
        )


@case
def only_and_skip():
    with Lab(BROKEN) as lab:
        def ids(status, *arguments):
            result = json_of(lab, "fabrikam.com", *arguments, status=status)
            return {id for id, _ in result.findings()}

        every = ids(PROBLEMS, "--skip", "mx")
        others = every - {"spf-multiple"}
        expect_in("spf-multiple", every, "findings")
        expect_equal(ids(PROBLEMS, "--only", "spf"), every, "--only spf")
        expect_equal(ids(PROBLEMS, "--only", "spf-multiple"), {"spf-multiple"}, "--only of an id")
        two = {"spf-none", "spf-multiple"}
        expect_equal(ids(PROBLEMS, "--only", ",".join(two)), two, "--only of two ids")
        expect_equal(ids(FINE, "--only", "spf-none"), {"spf-none"}, "--only of what is right")
        expect_equal(ids(FINE, "--skip", "spf-multiple,mx"), others, "--skip")
        expect_equal(ids(FINE, "--only", "spf", "--skip", "spf-multiple"), others, "both")


@case
def what_is_skipped_is_not_asked():
    with Peer() as peer:
        exdiag("check", "contoso.com", "--dns", peer.dns, "--skip", "spf,mx,clock,spn", status=TROUBLE)
        expect_equal(len(peer.questions), 0, "questions")


@case
def quiet_usual_and_verbose():
    with Lab(HEALTHY + BROKEN) as lab:
        def text(*arguments):
            every = ["contoso.com", "fabrikam.com", "--dns", lab.dns, *arguments]
            return exdiag("check", *every, status=PROBLEMS).out

        quiet, usual, wordy = text("--quiet"), text(), text("--verbose")
        expect(len(quiet) < len(usual) < len(wordy), "not shorter and longer")
        for out in (quiet, usual, wordy):
            expect_in("spf-multiple", out, "the title line")
            expect_in("1 problem (critical)", out, "the summary")
        for command, seen in (("exdiag check", (usual, wordy)), ("Resolve-DnsName", (wordy,))):
            for out in (quiet, usual, wordy):
                expect_equal(command in out, out in seen, f"{command} in {out}")
        expect_not_in("OK  ", usual, "the usual report")
        expect_in("OK  ", wordy, "--verbose")


@case
def a_title_in_every_format():
    with Lab(HEALTHY) as lab:
        for format in FORMATS:
            out = exdiag(
                "check", "contoso.com", "--dns", lab.dns, "--format", format,
                "--title", "Contoso \u2013 \u00fc", status=FINE,
            ).out
            expect_in("Contoso \u2013 \u00fc", out, format)
            out = exdiag(
                "check", "contoso.com", "--dns", lab.dns, "--format", format,
                "--title", "<blink>\x1b[31m", status=FINE,
            ).out
            expect_not_in("\x1b", out, format)
            expect(format != "html" or "<blink>" not in out, "the title is markup")


main()
