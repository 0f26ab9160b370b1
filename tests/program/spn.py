"""Service principal names: the program against lab_directory, lab_time's KDC and lab_smtp, whose
organisation is as wrong as each case says."""

import base64
import html.parser

from harness import *
from organisation import *

MISSING, DUPLICATE, MISPLACED = "smtp-spn-missing", "smtp-spn-duplicate", "smtp-spn-misplaced"
S_PRINCIPAL_UNKNOWN, PRINCIPAL_NOT_UNIQUE, ETYPE_NOSUPP, SKEW = 7, 8, 14, 37


def problems(result):
    return {(one["id"], one["subject"]["name"].split(".")[0]) for one in result.report["findings"]
            if one["outcome"] == "problem"}  # fmt: skip


def of(result, id, host=None):
    found = [one for one in result.report["findings"]
             if one["id"] == id and (host is None or one["subject"]["name"].startswith(host))]  # fmt: skip
    expect(found, f"there is no {id} of {host}: {result.findings()}")
    return found[0]


def said(finding):
    return " / ".join([finding["title"], *(line["text"] for line in finding["seen"])])


def commands(finding, *parts):
    return [step["command"] for part in parts or ("fix",) for step in finding.get(part, [])]


# ---- names and accounts ----


@case
def servers_with_their_names_are_fine():
    with Organisation(forest(*TWO)) as contoso:
        result = contoso.check("--verbose", status=FINE)
        for host in ("ex01", "ex02"):
            expect_equal(of(result, MISSING, host)["outcome"], "ok", host)
            expect_equal(of(result, "exps-absent", host)["outcome"], "ok", host)


@case
def each_fault_of_a_name_is_told_for_what_it_is():
    spn, greet = "SMTPSVC/mail.contoso.com", {EX01: "exchange@mail.contoso.com"}
    for expected, more in (
        ({(MISSING, "ex01")}, ()),
        (set(), (computer("EX01", spn),)),
        (set(), (computer("EX01", "smtpsvc/MAIL.contoso.COM"),)),
        ({(DUPLICATE, "ex01")}, (computer("EX01", spn), account("svc-mail", "SmtpSvc/Mail.Contoso.Com"))),
        ({(DUPLICATE, "ex01")}, (computer("OLD", spn), account("svc-mail", spn))),
        ({(MISPLACED, "ex01")}, (computer("OLD", spn),)),
        ({(MISPLACED, "ex01")}, (account("svc-mail", spn),)),
        ({(MISSING, "ex01")}, (account("svc-mail", spn + ":25", "SMTPSVC/mail", "SMTPSVC/mail.contoso.com.au"),)),
    ):
        accounts = [one for one in CALLED_MAIL if not (more and "CN=EX01,OU" in more[0] and "CN=EX01,OU" in one)]
        with Organisation(forest(*accounts, *more), greet=greet) as contoso:
            result = contoso.check(status=PROBLEMS if expected else FINE)
            expect_equal(problems(result), expected, f"problems with {more}")


@case
def commands_are_those_of_the_account_and_never_make_a_duplicate():
    spn, greet = "SMTPSVC/mail.contoso.com", {EX01: "exchange@mail.contoso.com"}
    for id, more, wanted in (
        (MISSING, (), [f'setspn -S "{spn}" "EX01"']),
        (DUPLICATE, (computer("OLD", spn), computer("OLDER", spn)),
         [f'setspn -D "{spn}" "OLD"', f'setspn -D "{spn}" "OLDER"', f'setspn -S "{spn}" "EX01"']),
        (MISPLACED, (computer("OLD", spn),), [f'setspn -D "{spn}" "OLD"', f'setspn -S "{spn}" "EX01"']),
    ):  # fmt: skip
        with Organisation(forest(*CALLED_MAIL, *more), greet=greet) as contoso:
            finding = of(contoso.check(status=PROBLEMS), id, "ex01")
            printed = [one for one in "\n".join(commands(finding)).splitlines() if one.startswith("setspn")]
            expect_equal(printed, [f'setspn -Q "{spn}"', *wanted], id)
            expect_in(f'setspn -Q "{spn}"', commands(finding, "verify"), "verify")
            expect(not any(" -A " in one for one in commands(finding, "fix", "verify", "undo")), "-A is printed")


@case
def one_name_of_two_servers_goes_to_neither_by_a_command():
    """Each examined by itself, as if there were no other: seen together, no line registers the name twice."""
    evidence = (ROOT / "tests/scenario/spn-missing/evidence.jsonl").read_text()
    swapped = evidence
    for one, other in (("ex01", "ex02"), ("EX01", "EX02")):
        swapped = swapped.replace(one, "\0").replace(other, one).replace("\0", other)
    with folder() as place:
        (place / "a.jsonl").write_text(evidence)
        (place / "b.jsonl").write_text(swapped)
        alone = exdiag("report", place / "a.jsonl", "--format", "json", status=PROBLEMS)
        both = exdiag("report", place / "a.jsonl", place / "b.jsonl", "--format", "json", status=PROBLEMS)
    expect_in('setspn -F -S "SMTPSVC/mail.contoso.com" "EX01"', commands(of(alone, MISSING, "ex01")), "of one server")
    for host in ("ex01", "ex02"):
        finding = of(both, MISSING, host)
        lines = "\n".join(commands(finding, "fix", "undo")).splitlines()
        expect(not any(re.match("setspn .*EX0", line) for line in lines), f"a line for the account of {host}: {lines}")
        expect_in("<account-of-the-one>", " ".join(lines), "the account that a person chooses")
        expect_in("Give each of them a name of its own", " ".join(lines), "the repair")
        expect_in("ex01.contoso.com, ex02.contoso.com: one of them alone can have it", json.dumps(finding["seen"]), "seen")


@case
def host_stands_in_where_the_directory_says_so():
    """As administrators configure it: sPNMappings with smtpsvc."""
    ldif = [server("EX01", "mail.contoso.com"), server("EX02"), computer("EX01", "HOST/mail.contoso.com"), computer("EX02")]
    for mapped, expected in (("http,SmtpSvc", set()), ("http", {(MISSING, "ex01")})):
        with Organisation(forest(*ldif, mapped=mapped)) as contoso:
            expect_equal(problems(contoso.check()), expected, f"problems with host={mapped}")


@case
def virtual_servers_of_2003_get_the_commands_of_their_time():
    old = "6.5 (Build 7638.2: Service Pack 2)"
    ldif = [server("EX01", version=old), virtual_server("EX01", "mail.contoso.com"), server("EX02", version=old), *TWO[2:]]
    with Organisation(forest(*ldif), greet={EX01: "exchange@mail.contoso.com"}) as contoso:
        finding = of(contoso.check(status=PROBLEMS), MISSING, "ex01")
        added = [(step["command"], step["kind"]) for step in finding["fix"] if "-A" in step["command"]]
        expect_equal(added, [('setspn -A "SMTPSVC/mail.contoso.com" "EX01"', "decide")], "the form of 2003")
        expect_in("dsquery * forestroot -gc", " ".join(commands(finding)), "the look of 2003")


@case
def servers_named_by_the_user_are_found_in_the_directory():
    with Organisation(forest(*CALLED_MAIL), greet={EX01: "exchange@mail.contoso.com"}) as contoso:
        for subject in (("--server", "ex01.contoso.com"), ("--server", "ex01.contoso.com", "--dc", DC2)):
            expect_equal(problems(contoso.check(*subject, status=PROBLEMS)), {(MISSING, "ex01")}, subject)
        expect_equal(problems(contoso.check("--dc", DC1)), {(MISSING, "ex01")}, "--dc alone")


# ---- what servers offer, and what they log ----

SENT = """#Software: Microsoft Exchange Server
#Version: 15.0.0.0
#Log-type: SMTP Send Protocol Log
#Date: 2026-11-20T06:00:00.000Z
#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
""" + "".join(
    f"2026-11-20T06:1{session}:0{number}.000Z,Intra-Organization SMTP Send Connector,08D{session},{number},"
    f"127.0.0.22:1{session},127.0.0.21:25,{event},{data},\n"
    for session in range(3)
    for number, (event, data) in enumerate((
        ("+", ""), ("<", "220 ex01.contoso.com Microsoft ESMTP MAIL Service ready"), (">", "EHLO ex02.contoso.com"),
        ("<", "250  ex01.contoso.com Hello [127.0.0.22] SIZE X-EXPS GSSAPI NTLM"), (">", "X-EXPS GSSAPI"),
        ("<", "535 5.7.3 Authentication unsuccessful"), ("-", "")))
)  # fmt: skip


def event(id, second, *strings, source="MSExchangeTransport"):
    data = "".join(f"<Data>{one}</Data>" for one in strings)
    return (f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{source}'/>"
            f"<EventID Qualifiers='49156'>{id}</EventID><TimeCreated SystemTime='2026-11-20T06:15:{second:02}.0000000Z'/>"
            f"<Channel>Application</Channel><Computer>EX02.contoso.com</Computer></System><EventData>{data}</EventData>"
            "</Event>\n")  # fmt: skip


def not_let_in(second, target="SMTPSVC/mail.contoso.com"):
    return event(2017, second, "TargetUnknown", "Intra-Organization SMTP Send Connector", "Gssapi", target)


def guess(second):
    return event(1035, second, "LogonDenied", "Default Frontend EX02", "Login", f"203.0.113.{second}")


def exps_failed(second):
    return event(1706, second, "ex01.contoso.com", "CSessionContext::OnEXPSInNegotiate", "HrServerNegotiateAuth",
                 "0x8009030c", "context.cpp", "1799")  # fmt: skip


def registry(value):
    return ("Windows Registry Editor Version 5.00\r\n\r\n"
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n"
            '"ComputerName"="EX01"\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n'
            '"LimitBlankPasswordUse"=dword:00000001\r\n\r\n'
            f"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0]\r\n{value}\r\n")  # fmt: skip


LISTED = '"BackConnectionHostNames"=hex(7):' + ",".join(
    f"{byte:02x}" for byte in "mail.contoso.com\0\0".encode("utf-16-le")
)


@case
def a_server_without_the_offer():
    with Organisation(forest(*TWO), greet={EX02: "healthy-tls@ex02.contoso.com"}) as contoso:
        expect_equal(problems(contoso.check(status=PROBLEMS)), {("exps-absent", "ex02")}, "problems")


@case
def logs_tell_who_did_not_let_whom_log_on():
    with Organisation(forest(*TWO)) as contoso, folder() as place:
        (place / "send.log").write_text(SENT)
        for text, expected in (
            ("<Events>" + "".join(exps_failed(one) for one in range(3)) + "</Events>", {("exps-events", "ex01")}),
            ("<Events>" + guess(1) + guess(2) + "</Events>", set()),
        ):
            (place / "app.xml").write_text(text)
            expect_equal(problems(contoso.check("--file", place / "app.xml")), expected, "problems with the events")
        result = contoso.check("--file", place / "send.log", status=PROBLEMS)
        expect_equal(problems(result), {("exps-refused", "ex01")}, "problems with the log")
        for word in ("535 5.7.3", "denied 3 times (5xx), never taken", "it belongs: the cause is another one"):
            expect_in(word, said(of(result, "exps-refused")), "what is seen")


def many(place, suffix, count, quiet, loud):
    """Files of which the last alone has something to say."""
    for number in range(count):
        (place / f"{number:02}{suffix}").write_text(loud if number == count - 1 else quiet)
    return [one for number in range(count) for one in ("--file", place / f"{number:02}{suffix}")]


@case
def the_last_of_many_files_counts_as_the_first():
    nobody = ["--dns", "127.0.0.1:9", "--only", "spn", "--timeout", "1", "--format", "json"]
    header = SENT[: SENT.index("2026-11-20T06:10")]
    names = "".join(f"\tHOST/{{0}}\r\n\t{service}/{{0}}\r\n" for service in ("SMTP", "SmtpSvc"))
    with folder() as place:
        files = many(place, ".log", 40, header, SENT)
        expect_equal(problems(exdiag("check", *nobody, *files, status=PROBLEMS)), {("exps-refused", "ex01")}, "logs")
    with folder() as place:
        files = many(place, ".xml", 40, "<Events>" + guess(1) + "</Events>", "<Events>" + exps_failed(1) + "</Events>")
        expect_equal(problems(exdiag("check", *nobody, *files, status=PROBLEMS)), {("exps-events", "ex01")}, "events")
    with folder() as place:
        files = []
        for number in range(40):
            more = "\tSMTPSVC/mail.contoso.com\r\n" if number > 37 else ""
            (place / f"{number}.txt").write_text(
                f"Registered ServicePrincipalNames for CN=EX{number},CN=Computers,DC=contoso,DC=com:\r\n"
                + names.format(f"EX{number}") + names.format(f"EX{number}.contoso.com") + more)  # fmt: skip
            files += ["--file", place / f"{number}.txt"]
        result = exdiag("check", *nobody, *files, status=PROBLEMS)
        expect_equal(problems(result), {(DUPLICATE, "ex38"), (DUPLICATE, "ex39")}, "output of setspn")


@case
def one_name_on_many_accounts():
    """Read in a moment, and the server's own account is told, wherever it stands."""
    nobody = ["--dns", "127.0.0.1:9", "--only", "spn", "--timeout", "1", "--format", "json"]
    clients = [account(f"svc-{number:04}", "SMTPSVC/mail.contoso.com") for number in range(2000)]
    with folder() as place:
        (place / "all.ldf").write_text("".join([*clients, server("EX01", "mail.contoso.com"),
                                                computer("ZZ"), computer("EX01", "SMTPSVC/mail.contoso.com")]))  # fmt: skip
        finding = of(exdiag("check", *nobody, "--file", place / "all.ldf", status=PROBLEMS), DUPLICATE)
        expect_in("more than 16 accounts", finding["title"], "title")
        expect_in("EX01 (CN=EX01,OU=Computers,DC=contoso,DC=com), the server's own account", said(finding), "seen")
        expect_in("further accounts have it", said(finding), "seen")
        for command in commands(finding):
            expect(not re.search(r'setspn -D .*"EX01"', command), f"takes it off the right account: {command}")


@case
def events_are_tied_to_the_name_that_is_missing():
    with Organisation(forest(*CALLED_MAIL), greet={EX01: "exchange@mail.contoso.com"}) as contoso, folder() as place:
        (place / "app.xml").write_text("<Events>" + not_let_in(1) + not_let_in(2) + guess(3) + "</Events>")
        finding = of(contoso.check("--file", place / "app.xml", status=PROBLEMS), "exps-events", "ex01")
        expect_in(MISSING, [one["id"] for one in finding["explained_by"]], "what explains it")
        expect_in("SMTPSVC/mail.contoso.com", said(finding), "what is seen")
        expect_in("SMTPSVC/ex01.contoso.com is where it belongs", said(finding), "what is seen")
        expect_not_in("the cause is another one", said(finding), "what is seen")


@case
def names_of_a_machine_that_calls_itself_otherwise():
    ldif = [server("EX01", "mail.contoso.com"), server("EX02"), computer("EX01", "SMTPSVC/mail.contoso.com"), computer("EX02")]
    wrong = {("back-connection-host-names", "ex01")}
    with Organisation(forest(*ldif), greet={EX01: "exchange@mail.contoso.com"}) as contoso, folder() as place:
        for value, expected in (
            (LISTED, set()), ('"BackConnectionHostNames"=dword:00000001', wrong), ('"Auth132"="IISSUBA"', wrong),
            ('"BackConnectionHostNames"="mail.contoso.com"', wrong),
        ):  # fmt: skip
            (place / "lsa.reg").write_text(registry(value))
            result = contoso.check("--file", place / "lsa.reg", status=PROBLEMS if expected else FINE)
            expect_equal(problems(result), expected, f"problems with {value}")


def nameless(value):
    return registry(value).replace('"ComputerName"="EX01"', "")


@case
def whose_an_export_is_that_does_not_say_so():
    """An export of Lsa names no machine: the user does, or nothing is known."""
    ldif = forest(server("EX01", "mail.contoso.com"), server("EX02"), computer("EX01", "SMTPSVC/mail.contoso.com"),
                  computer("EX02"))  # fmt: skip
    name, only = "back-connection-host-names", ("--only", "spn,clock", "--format", "json")
    with folder() as place:
        files = place / "exchange.ldf", place / "lsa.reg"
        files[0].write_text(ldif)

        def report(value, file, status, *more):
            files[1].write_text(value)
            return exdiag("check", files[0], *file, *only, *more, status=status)

        absent = nameless('"Auth132"="IISSUBA"')
        result = report(absent, [files[1]], INCOMPLETE)
        expect_equal(result.findings("unknown"), {(name, str(files[1]))}, "unknown")
        finding = of(result, name)
        expect_in(f"--file ex01.contoso.com={files[1]}", json.dumps(finding), "how it is known")
        for host, status in (
            ("EX01.contoso.com", PROBLEMS), ("ex01", PROBLEMS), ("ex02", FINE), ("ex02.contoso.com", FINE),
        ):  # fmt: skip
            tied = ["--file", f"{host}={files[1]}"]
            result = report(absent, tied, status)
            expected = {(name, str(files[1]))} if status == PROBLEMS else set()
            expect_equal(result.findings("problem"), expected, f"problems with {host}")
            expect_equal(result.findings("unknown"), set(), f"unknown with {host}")
        expect_equal(report(nameless(LISTED), ["--file", f"ex01={files[1]}"], FINE).findings("problem"), set(), "listed")
        # by its own word it is of another
        result = report(registry('"Auth132"="IISSUBA"'), ["--file", f"ex02={files[1]}"], INCOMPLETE)
        expect_equal(result.findings("unknown"), {(name, str(files[1]))}, "unknown of a contradiction")
        # what was said stays with the evidence, redacted or not
        kept = place / "kept.jsonl"
        for more in ([], ["--redact"]):
            report(absent, ["--file", f"EX01.contoso.com={files[1]}"], PROBLEMS, "--save", kept, *more)
            again = exdiag("report", kept, "--format", "json", status=PROBLEMS)
            expect_equal([one[0] for one in again.findings("problem")], [name], f"again {more}")
            expect((b"contoso" in kept.read_bytes()) == (not more), f"names in the evidence {more}")
            kept.unlink()


@case
def an_export_for_names_says_nothing_of_time():
    with folder() as place:
        for text in (nameless(LISTED), registry(LISTED)):
            (place / "lsa.reg").write_text(text)
            result = exdiag("check", place / "lsa.reg", "--format", "json", status=FINE)
            expect_equal(result.findings("unknown"), set(), "unknown")
        (place / "lsa.reg").write_text("Windows Registry Editor Version 5.00\r\n\r\n"
                                       "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\r\n\"a\"=\"b\"\r\n")  # fmt: skip
        result = exdiag("check", place / "lsa.reg", "--format", "json", status=INCOMPLETE)
        expect_equal([one[0] for one in result.findings("unknown")], ["time-hierarchy"], "unknown")


# ---- who asks ----


def counted(data):
    return struct.pack(">I", len(data)) + data


def tlv(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + content


def ticket():
    """A ticket-granting ticket that nobody made: the lab's KDC only refuses, and opens none."""
    string = lambda text: tlv(0x1B, text.encode())
    name = tlv(0xA0, tlv(2, b"\2")) + tlv(0xA1, tlv(0x30, string("krbtgt") + string("CONTOSO.COM")))
    part = tlv(0xA0, tlv(2, b"\x12")) + tlv(0xA2, tlv(4, bytes(160)))
    return tlv(0x61, tlv(0x30, tlv(0xA0, tlv(2, b"\5")) + tlv(0xA1, string("CONTOSO.COM"))
                         + tlv(0xA2, tlv(0x30, name)) + tlv(0xA3, tlv(0x30, part))))  # fmt: skip


def caller(place):
    """The variables of somebody who has logged on: alice@CONTOSO.COM."""
    principal = lambda *parts: (struct.pack(">II", len(parts), len(parts)) + counted(b"CONTOSO.COM")
                                + b"".join(counted(one.encode()) for one in parts))  # fmt: skip
    now = int(time.time())
    times = struct.pack(">IIII", now, now, now + 86400, 0)
    cache = (struct.pack(">HH", 0x0504, 0) + principal("alice") + principal("alice")
             + principal("krbtgt", "CONTOSO.COM") + struct.pack(">H", 18) + counted(b"k" * 32) + times
             + bytes(1 + 4 + 4 + 4) + counted(ticket()) + counted(b""))  # fmt: skip
    (place / "tickets").write_bytes(cache)
    (place / "krb5.conf").write_text("[libdefaults]\ndefault_realm = CONTOSO.COM\n")
    return {"KRB5CCNAME": f"FILE:{place}/tickets", "KRB5_CONFIG": f"{place}/krb5.conf"}


@case
def a_name_and_a_password_go_over_tls():
    with Organisation(forest(*CALLED_MAIL), both=GUARDED, greet={EX01: "exchange@mail.contoso.com"}) as contoso:
        expect_equal(problems(contoso.as_user(status=PROBLEMS)), {(MISSING, "ex01")}, "problems")
        stranger = contoso.check(status=INCOMPLETE)
        expect_equal(of(stranger, MISSING)["outcome"], "unknown", "without a logon")
        expect_in("--user", " ".join(commands(of(stranger, MISSING), "fix", "verify")), "what would make it known")


@case
def a_password_that_is_refused_is_sent_once():
    with Organisation(forest(*TWO), both=GUARDED) as contoso:
        saved = contoso.folder / "saved"
        result = contoso.as_user("--save", saved, password="wrong", status=INCOMPLETE)
        expect_equal(problems(result), set(), "problems")
        refused = [one for one in saved.read_text().splitlines() if "logon was refused" in one]
        expect(len(refused) > 1 and all("52e" in one for one in refused), f"it is not said why: {refused}")
        finding = of(result, MISSING)
        expect_equal(finding["outcome"], "unknown", "the outcome")
        expect_in("52e", said(finding), "what is seen")
    expect_equal(contoso.binds(), 1, "logons that were tried")


@case
def a_password_goes_to_its_own_domain_alone():
    for user in ("alice@fabrikam.com", "FABRIKAM\\alice", "alice"):
        with Organisation(forest(*TWO), both=GUARDED) as contoso:
            result = exdiag("check", "contoso.com", *contoso.ways(), "--user", user, "--ca-file", contoso.authority,
                            "--format", "json", variables={"EXDIAG_PASSWORD": SECRET}, status=INCOMPLETE)  # fmt: skip
            expect_in("that user's own domain", said(of(result, MISSING)), f"what is seen as {user}")
        expect_equal(contoso.binds(), 0, f"logons that were tried as {user}")


@case
def the_demonstration_leaves_the_callers_ticket_alone():
    with folder() as place:
        result = exdiag("demo", "--only", "spn", "--format", "json", variables=caller(place), status=FINE)
        unknown = [one for one in result.report["findings"] if one["outcome"] == "unknown"]
        expect_equal(unknown, [], "what is unknown")


@case
def an_authority_that_nobody_trusts_gets_no_password():
    with Organisation(forest(*TWO), both=GUARDED) as contoso:
        result = exdiag("check", "contoso.com", *contoso.ways(), "--user", "alice@contoso.com", "--format", "json",
                        variables={"EXDIAG_PASSWORD": SECRET}, status=INCOMPLETE)  # fmt: skip
        expect_in("certificate", said(of(result, MISSING)), "what is seen")
    expect_equal(contoso.binds(), 0, "logons that were tried")


@case
def the_kdc_is_asked_and_its_errors_are_told_apart():
    spn = "SMTPSVC/mail.contoso.com"
    for code, word in ((S_PRINCIPAL_UNKNOWN, "KDC_ERR_S_PRINCIPAL_UNKNOWN"),
                       (PRINCIPAL_NOT_UNIQUE, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"), (SKEW, "KRB_AP_ERR_SKEW"),
                       (ETYPE_NOSUPP, "KDC_ERR_ETYPE_NOSUPP")):  # fmt: skip
        with Organisation(forest(*CALLED_MAIL), both=GUARDED, refuse={spn: code},
                          greet={EX01: "exchange@mail.contoso.com"}) as contoso, folder() as place:  # fmt: skip
            result = contoso.as_user(variables=caller(place), status=PROBLEMS)
            expect_equal(problems(result), {(MISSING, "ex01")}, f"problems with {word}")
            expect_in(word, said(of(result, MISSING, "ex01")), "what is seen")


@case
def a_clock_that_is_wrong_says_nothing_of_names():
    """The caller's own ticket for the directory is refused with KRB_AP_ERR_SKEW: nothing is known, and it is said why."""
    refuse = {f"ldap/dc{one}.contoso.com": SKEW for one in (1, 2)}
    with Organisation(forest(*CALLED_MAIL), first=["--closed"], second=["--closed"], refuse=refuse) as contoso:
        with folder() as place:
            result = contoso.check(variables=caller(place), status=INCOMPLETE)
            expect_equal(problems(result), set(), "problems")
            expect(re.search("(?i)clock", said(of(result, MISSING))), f"it says {said(of(result, MISSING))}")


# ---- controllers that fail ----


@case
def the_next_controller_answers_where_one_does_not():
    spoilt = ("silent", "half", "wrong-ber", "wrong-id", "busy", "stops", "closes")
    for fault in spoilt:
        with Organisation(forest(*CALLED_MAIL), first=[f"--fault={fault}", "--page=2"],
                          greet={EX01: "exchange@mail.contoso.com"}) as contoso:  # fmt: skip
            result = contoso.check("--timeout", "1", status=PROBLEMS)
            expect_equal(problems(result), {(MISSING, "ex01")}, f"problems where one is {fault}")


@case
def a_controller_that_is_not_there_is_passed_over():
    with Organisation(forest(*CALLED_MAIL), greet={EX01: "exchange@mail.contoso.com"}, only_second=True) as contoso:
        expect_equal(problems(contoso.check(status=PROBLEMS)), {(MISSING, "ex01")}, "problems")


@case
def where_none_answers_the_rest_is_judged():
    for fault in ("silent", "stops", "closes", "half"):
        with Organisation(forest(*TWO), both=[f"--fault={fault}", "--page=1"]) as contoso, folder() as place:
            (place / "send.log").write_text(SENT)
            result = contoso.check("--timeout", "1", "--file", place / "send.log", status=PROBLEMS)
            expect_equal(problems(result), {("exps-refused", "ex01")}, f"problems where all are {fault}")
            expect_equal(of(result, MISSING, "contoso.com")["outcome"], "unknown", "the names")


@case
def of_a_part_nothing_is_concluded():
    """Where limits end each answer: another controller may say more, and where none does it is told."""
    ldif = forest(server("EX01"), server("EX02"), server("EX03", "mail.contoso.com"), *map(computer, ("EX01", "EX02", "EX03")))
    greet = {"127.0.0.23": "exchange@mail.contoso.com"}
    for limits in (["--fault=limited", "--page=2"], ["--fault=one-range", "--range=2"]):
        with Organisation(ldif, first=limits, greet=greet) as contoso:
            expect_equal(problems(contoso.check(status=PROBLEMS)), {(MISSING, "ex03")}, f"problems with {limits} at one")
        with Organisation(ldif, both=limits, greet=greet) as contoso:
            result = contoso.check(status=INCOMPLETE)
            expect_equal(problems(result), set(), f"problems with {limits} at both")
            expect_equal(of(result, MISSING)["outcome"], "unknown", f"the names with {limits} at both")


@case
def answers_without_end_end():
    with Organisation(forest(*CALLED_MAIL), both=["--fault=endless", "--page=3"]) as contoso:
        contoso.check("--timeout", "1")  # within the harness's DEADLINE


# ---- hostile values ----

EVIL = "EX\"&calc&%PATH%'$(id)`;\x1b]0;owned\x07<script>alert(1)</script>\u202etxt"
ESCAPED = re.sub(r'([,+"\\<>;=#])', r"\\\1", EVIL)


class Scripts(html.parser.HTMLParser):
    count = 0

    def handle_starttag(self, tag, _):
        self.count += tag == "script"


def expect_quoted_for_cmd(command):
    """Nothing that cmd would do something with stands outside of quotes, or (%) anywhere."""
    outside = "".join(command.split('"')[::2])
    for char in "&|<>^%\n\r\x1b":
        expect(char not in outside, f"{char!r} stands free in {command!r}")


@case
def values_of_the_directory_are_data():
    spn = "SMTPSVC/mail.contoso.com"
    hostile = (
        account(EVIL, spn, rdn=ESCAPED),
        computer("EX\\0A03", "SMTPSVC/" + EVIL, rdn="EX\\,03\\+x"),
        entry(f"CN=nul,{DOMAIN}", objectClass=["user"], sAMAccountName=[b"nul\0\0x"], servicePrincipalName=[b"SMTPSVC/mail.contoso.com\0x", b"\xff\xfe"]),
        server("EX05", 'x)(objectClass=*))(|(cn=*" & calc'),
        server("EX06", EVIL),
    )  # fmt: skip
    with Organisation(forest(*CALLED_MAIL, *hostile), greet={EX01: "escapes"}) as contoso:
        result = contoso.check(status=PROBLEMS)
        expect_in((MISPLACED, "ex01"), problems(result), "problems")
        for one in result.report["findings"]:
            for step in [step for part in ("fix", "verify", "undo") for step in one.get(part, [])]:
                for line in step["command"].splitlines() if step["shell"] == "cmd" else ():
                    if line == "setspn -F -Q SMTPSVC/* > smtpsvc.txt":
                        continue
                    expect_quoted_for_cmd(line if step["kind"] == "exact" else re.sub(r"<[a-z-]+>", "", line))
                if "%" in step["command"]:
                    expect(step["kind"] != "exact", f"{step['command']!r} is to be run as printed")
        arguments = ["check", "contoso.com", *contoso.ways()]
        for printed in (exdiag(*arguments).out_bytes, exdiag(*arguments, "--format", "html").out_bytes,
                        exdiag(*arguments, "--verbose").out_bytes):  # fmt: skip
            expect(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", printed), "a control byte is printed")
            expect_not_in("\u202e".encode(), printed, "what is printed")
        page = Scripts()
        page.feed(exdiag(*arguments, "--format", "html").out)
        expect_equal(page.count, 1, "scripts in the page, its own included")
        _, seen, _ = on_terminal(*map(str, arguments), "--no-color", stderr_too=False)
        expect_not_in(b"\x1b]0;owned", seen, "the terminal")


# ---- damaged files ----


@case
def logs_that_break_off_are_read_as_far_as_they_go():
    events = "<Events>" + "".join(exps_failed(one) for one in range(20)) + "</Events>"
    with Organisation(forest(*TWO)) as contoso, folder() as place:
        for name, text, id in (("app.xml", events, "exps-events"), ("send.log", SENT, "exps-refused")):
            for part in (0.97, 0.83):
                (place / name).write_text(text[: int(len(text) * part)])
                result = contoso.check("--file", place / name, status=PROBLEMS)
                expect_equal(problems(result), {(id, "ex01")}, f"problems with {part} of {name}")
                if name == "app.xml":
                    expect_in("breaks off", said(of(result, id, str(place))), "what is said of the file")
            (place / name).write_bytes(text.encode()[:40] + bytes(range(256)))
            expect(problems(contoso.check("--file", place / name)) == set(), f"noise of {name} is a problem")
        for lines, expected in ((["2026-11-20T06:1"], False), (["no,line", "of,a", "log"], True)):
            (place / "send.log").write_text(SENT + "\n".join(lines))
            result = contoso.check("--file", place / "send.log", status=PROBLEMS)
            told = re.findall("damaged lines: ([0-9]+); the others are judged", result.out)
            expect_equal(told, ["3"] if expected else [], f"how many of {lines} are told as damage")


@case
def what_was_not_recorded_is_no_damage():
    with Organisation(forest(*TWO)) as contoso, folder() as place:
        (place / "app.xml").write_text("<Events>" + guess(1) + "</Events>")
        contoso.check("--file", place / "app.xml", "--save", place / "whole", status=FINE)
        lines = (place / "whole").read_text().splitlines(keepends=True)
        (place / "part").write_text("".join(line for line in lines if '"key":"event-log' not in line))
        expect(len(lines) > len((place / "part").read_text().splitlines()), "nothing was left out")
        exdiag("report", place / "part", "--format", "json", status=FINE)


@case
def event_logs_of_2003_are_to_be_turned_into_those_of_today():
    with folder() as place:
        for text, told in ((b"0\0\0\0LfLe\1\0\0\0\1\0\0\0" + bytes(4096), True), (bytes(4096), False)):
            (place / "application.evt").write_bytes(text)
            result = exdiag("check", place / "application.evt", "--format", "json", status=INCOMPLETE)
            made_known = commands(of(result, "file-not-read"))
            conversion = "wevtutil epl application.evt application.evtx /lf:true"
            expect_equal(conversion in made_known, told, f"among {made_known}")


@case
def event_log_files_with_wrong_checksums_are_read():
    maker = BUILD / "tests/make_events"
    if not maker.exists():
        raise Skip("make_events is not built")
    with folder() as place:
        log = place / "log.evtx"
        subprocess.run([maker, log, "1"], check=True)
        whole = log.read_bytes()
        alone = ("check", log, "--dns", "127.0.0.1:9", *ORDINARY, "--verbose")
        expect_in("2 logons failed", exdiag(*alone).flat, "what the whole file says")
        for at in (4096 + 52, 4096 + 124):  # the checksums of the records and of the header
            broken = bytearray(whole)
            broken[at] ^= 0xFF
            log.write_bytes(broken)
            told = exdiag(*alone, status=INCOMPLETE).flat
            for word in ("2 logons failed", "damaged events or blocks of them: 1;", "wevtutil epl"):
                expect_in(word, told, f"what it says with another byte at {at}")
        for size in (4096 + 100, 4096 + 65536 + 30000, len(whole) - 1):
            log.write_bytes(whole[:size])
            expect_in("not all of it could be read", exdiag(*alone, status=INCOMPLETE).flat, f"what it says of {size} bytes")


# ---- saving, plans, interruptions ----


@case
def what_is_saved_is_the_run_redacted_too():
    with Organisation(forest(*CALLED_MAIL, account("svc-mail", "SMTPSVC/ex02.contoso.com")), both=GUARDED,
                      greet={EX01: "exchange@mail.contoso.com"}) as contoso, folder() as place:  # fmt: skip
        (place / "send.log").write_text(SENT)
        (place / "app.xml").write_text("<Events>" + exps_failed(1) + not_let_in(2) + "</Events>")
        files = ("--file", place / "send.log", "--file", place / "app.xml")
        variables = {**caller(place), "EXDIAG_PASSWORD": SECRET}
        for redact in ((), ("--redact",)):
            for form in FORMATS:
                saved = place / f"{form}{len(redact)}.jsonl"
                show = ("--format", form, "--verbose")
                live = exdiag("check", "contoso.com", *files, *contoso.ways(), "--user", "alice@contoso.com",
                              "--ca-file", contoso.authority, "--save", saved, *redact, *show,
                              variables=variables, status=PROBLEMS)  # fmt: skip
                again = exdiag("report", saved, *show, status=PROBLEMS)
                expect_equal(again.out_bytes, live.out_bytes, f"the report as {form}")
                for text in (live.out, saved.read_text()):
                    for word in (SECRET, base64.b64encode(SECRET.encode()).decode()):
                        expect_not_in(word, text, "what is written")
                if not redact:
                    continue
                for word in ("contoso", "ex01", "ex02", "svc-mail", "alice", "default frontend"):
                    expect_not_in(word, saved.read_text().lower(), "the redacted evidence")
                    expect_not_in(word, live.out.lower().replace(str(place).lower(), ""), "the redacted report")


@case
def the_password_is_in_no_list_of_processes():
    with Organisation(forest(*TWO), both=[*GUARDED, "--delay=300"]) as contoso, folder() as place:
        (place / "password").write_text(SECRET + "\n")
        (place / "password").chmod(0o600)
        run = Running("check", "contoso.com", *contoso.ways(), "--user", "alice@contoso.com", "--password-file",
                      place / "password", "--ca-file", contoso.authority, "--verbose")  # fmt: skip
        seen = set()
        while run.process.poll() is None:
            with contextlib.suppress(OSError):
                at = pathlib.Path(f"/proc/{run.process.pid}")
                seen.add((at / "cmdline").read_bytes() + (at / "environ").read_bytes())
            time.sleep(0.05)
        result = run.end()
        expect_equal(result.status, FINE, "the exit status")
        for one in (*seen, result.out_bytes, result.err.encode()):
            expect_not_in(SECRET.encode(), one, "what others see")


@case
def the_plan_says_what_would_be_asked_and_asks_nothing():
    out = exdiag("check", "contoso.com", "--plan", "--only", "spn", "--dns", "127.0.0.1:9", "--user", "alice@contoso.com",
                 variables={"EXDIAG_PASSWORD": SECRET}, status=FINE).flat  # fmt: skip
    for word in ("389", "3268", "636", "TCP 25", "TCP 88", "4769", "4624", "1644", "alice@contoso.com", "setspn"):
        expect_in(word, out, "the plan")
    expect_not_in(SECRET, out, "the plan")


@case
def an_interrupted_run_ends_long_before_its_timeout():
    with Organisation(forest(*TWO), both=["--fault=silent"]) as contoso, folder() as place:
        saved = place / "evidence.jsonl"
        run = Running("check", "contoso.com", *contoso.ways(), "--timeout", "300", "--save", saved)
        wait_until(lambda: saved.exists() and "_msdcs" in saved.read_text())
        run.signal(signal.SIGINT)
        result = run.end()
        expect_equal(result.status, INCOMPLETE, "the exit status")
        expect_in("interrupted", result.flat, "the report")


@case
def at_a_desk_where_its_servers_are_not_they_are_not_called_faulty():
    """By all probes: whom an export names, this network may not know."""
    with Lab("contoso.com TXT v=spf1\n") as elsewhere, folder() as place:
        (place / "directory.ldf").write_text(forest(*CALLED_MAIL))
        result = exdiag("check", place / "directory.ldf", "--dns", elsewhere.dns, "--timeout", "1",
                        "--skip", "build", "--format", "json", status=PROBLEMS)  # fmt: skip
        expect_equal(problems(result), {(MISSING, "ex01")}, "problems")
        unknown = of(result, "mx-no-address", "ex01")
        expect_equal(unknown["outcome"], "unknown", "of its address")
        expect_in("no address here", unknown["title"], "of its address")


# ---- machines that lack a library ----


@contextlib.contextmanager
def without(*names):
    """The loader cannot load these libraries."""
    needs_namespace()
    paths = [path for name in names for path in {one.resolve() for one in pathlib.Path("/usr/lib").glob(f"*/{name}")}]
    if not paths:
        raise Skip(f"this machine has none of {names}")
    with tempfile.NamedTemporaryFile() as empty:
        for path in paths:
            subprocess.run(["mount", "--bind", empty.name, path], check=True)
        try:
            yield
        finally:
            for path in paths:
                subprocess.run(["umount", path], check=True)


@case
def without_libxml2_all_else_is_judged():
    with Organisation(forest(*CALLED_MAIL), greet={EX01: "exchange@mail.contoso.com"}) as contoso, folder() as place:
        (place / "app.xml").write_text("<Events>" + exps_failed(1) + "</Events>")
        (place / "send.log").write_text(SENT)
        files = ("--file", place / "app.xml", "--file", place / "send.log")
        everything = problems(contoso.check(*files, status=PROBLEMS))
        with without("libxml2.so.2"):
            result = contoso.check(*files, status=PROBLEMS)
        expect_equal(problems(result), everything - {("exps-events", "ex01")}, "problems")
        unread = [one for one in result.report["findings"] if one["subject"]["name"].endswith("app.xml")]
        expect_equal([one["outcome"] for one in unread], ["unknown"], "what is said of the file")
        expect_in("libxml2", said(unread[0]), "what is said of the file")


@case
def without_openldap_and_kerberos_all_else_is_judged():
    with Organisation(forest(*CALLED_MAIL)) as contoso, folder() as place:
        (place / "send.log").write_text(SENT)
        with without("libldap*.so.*"):
            result = contoso.check("--file", place / "send.log", status=PROBLEMS)
        expect_equal(problems(result), {("exps-refused", "ex01")}, "problems")
        expect_in("OpenLDAP", said(of(result, MISSING, "contoso.com")), "what is said of the names")
        with without("libkrb5.so.3"):
            expect_in((MISSING, "ex01"), problems(contoso.check(status=PROBLEMS)), "problems without Kerberos")


@case
def the_demonstration_shows_what_this_machine_can_ask_for():
    names = {"libcurl*.so.4": "libcurl", "libxml2.so.2": "libxml2", "libldap*.so.*": "OpenLDAP"}
    for library, name in names.items():
        with without(library):
            demo = exdiag("demo", "--skip", "mx", status=FINE)
        (found, planted), = re.findall(r"^(\d+) of (\d+) found$", demo.err, re.MULTILINE)
        expect_equal(found, planted, f"found without {name}")
        expect_in(name, demo.err, "what the demonstration says")


main()
