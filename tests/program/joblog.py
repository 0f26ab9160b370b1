"""Job logs: the program reads what an archiver wrote, in every encoding, damaged and in parts."""

from harness import *

GAPS = (671, 842, 1061, 1263, 1467, 1685, 1872, 2074, 2247, 2449, 2652, 2839, 3058, 3260, 3463)
SECRET = "Gehälter der Führung"


class Log:
    """Lines of a job log, a clock that goes on with each."""

    def __init__(self, hour=8, minute=36, second=58):
        self.clock = ((hour * 60 + minute) * 60 + second) * 1000
        self.lines = []

    def add(self, thread, text, after=15, level="INFO"):
        self.clock += after
        t = self.clock % 86400000
        stamp = f"{t // 3600000:02}:{t // 60000 % 60:02}:{t // 1000 % 60:02}.{t % 1000:03}"
        self.lines.append(f"{stamp} [{thread}] {level} {text}")

    def message(self, thread, number, waits=()):
        self.add(thread, f"Processing message: 23.1.2014 7:42:{number % 60:02} UTC 'FW: {SECRET} "
                         f"{number}', UID 1: id{number}, UID 2: ")  # fmt: skip
        self.add(thread, "Retrieving message...")
        for wait in (15, *waits):
            self.add(thread, "Sending EWS Request (GetMimeContent)", wait)

    def fail(self, thread, code, wait=437):
        self.add(thread, "MailboxImportWorker:ProcessMailboxMessageWrapper", wait, "EXCEPTION")
        self.lines.append(f": nedokázal dokončit úlohu. EWS Error Kód: {code}.")

    def bytes(self, encoding="utf-8", ends="\r\n"):
        return (ends.join(self.lines) + ends).encode(encoding, "replace")


def failing():
    log = Log()
    log.message(18, 1, GAPS)
    log.fail(18, "ErrorInternalServerTransientError")
    log.message(18, 2)
    log.add(18, "Done")
    return log


def check(content, *more, status=None, **keywords):
    """Checks files of these contents, given in this order."""
    with folder() as place:
        paths = []
        for i, one in enumerate((content, *more)):
            paths.append(place / f"job-{i}.log")
            paths[-1].write_bytes(one)
        return exdiag("check", *paths, "--format", "json", status=status, **keywords)


def problems(result):
    return [one for one in result.report["findings"] if one["outcome"] == "problem"]


def seen(finding):
    return "\n".join(one["text"] for one in finding["seen"])


@case
def in_every_encoding():
    log = failing()
    for content in (
        log.bytes(),
        b"\xef\xbb\xbf" + log.bytes(ends="\n"),
        b"\xff\xfe" + log.bytes("utf-16-le"),
        b"\xfe\xff" + log.bytes("utf-16-be"),
        log.bytes("utf-16-le"),
        log.bytes("cp1250"),
        log.bytes("cp852"),
    ):
        result = check(content, status=PROBLEMS)
        (finding,) = problems(result)
        expect_equal(finding["id"], "ews-mime-transient", "the finding")
        expect_in("16 requests in 31.3 s", seen(finding), "what was seen")
        expect_equal(finding["series"][0]["values"], list(GAPS), "the waits")


@case
def subjects_and_ids_stay_where_they_are():
    with folder() as place:
        (place / "job.log").write_bytes(failing().bytes())
        for redact in ((), ("--redact",)):
            saved = place / f"evidence{len(redact)}"
            exdiag("check", place / "job.log", "--save", saved, *redact, status=PROBLEMS)
            text = saved.read_text()
            for secret in ("ehälter", "ehu00e4lter", "eh\\u00e4lter", "id1"):
                expect_not_in(secret, text, "a saved run")
            expect_in("ErrorInternalServerTransientError", text, "a saved run")
        expect_not_in("7:42", text, "a redacted run")


@case
def cut_off_anywhere():
    content = failing().bytes()
    for size in range(0, len(content), 61):
        result = check(content[:size], status=(FINE, PROBLEMS, INCOMPLETE))
        expect(len(problems(result)) <= 1, f"{size} bytes have one problem at most")


@case
def files_of_one_log_in_any_order():
    log = failing()
    for at in range(4, 17, 3):
        first = ("\r\n".join(log.lines[:at]) + "\r\n").encode()
        second = ("\r\n".join(log.lines[at:]) + "\r\n").encode()
        for files in ((first, second), (second, first)):
            (finding,) = problems(check(*files, status=PROBLEMS))
            expect_in("16 requests in 31.3 s", seen(finding), f"cut behind line {at}")
            expect_equal(finding["series"][0]["values"], list(GAPS), f"cut behind line {at}")


@case
def threads_between_each_other():
    logs = []
    for thread in range(40):
        log = Log(23, 59, 40)
        for number in range(5):
            log.message(thread, thread * 100 + number, GAPS if number == 2 else ())
            if number == 2 and thread % 2:
                log.fail(thread, "ErrorInternalServerTransientError")
        log.add(thread, "Done")
        logs.append(log)
    whole = Log()
    pending = [list(log.lines) for log in logs]
    while any(pending):
        for lines in pending:
            if lines:
                whole.lines.append(lines.pop(0))
                while lines and lines[0].startswith(":"):
                    whole.lines.append(lines.pop(0))
    finding, passing = problems(check(whole.bytes(), status=PROBLEMS))
    expect_in("20 messages cannot be fetched", finding["title"], "the title")
    expect_in("20 of 200 messages failed", seen(finding), "what was seen")
    expect_equal(passing["id"], "ews-mime-recovered", "the other finding")
    expect_in("of 200 messages: 300 further requests", seen(passing), "what was seen")


@case
def parts_of_other_times_are_not_put_together():
    log = failing()
    first = ("\r\n".join(log.lines[:16]) + "\r\n").encode()
    for later in (Log(10), Log(8, 39)):
        later.add(18, "Sending EWS Request (GetMimeContent)")
        later.fail(18, "ErrorInternalServerTransientError")
        result = check(first, later.bytes(), status=INCOMPLETE)
        expect_equal(problems(result), [], "one request of another time")


@case
def exceptions_elsewhere_alone():
    log = Log()
    log.add(3, "Sending EWS Request (FindItem)")
    log.fail(3, "ErrorServerBusy")
    log.message(3, 1)
    log.add(3, "Done")
    (finding,) = problems(check(log.bytes()))
    expect_equal(finding["id"], "ews-throttled", "the finding")
    expect_in("1 exception at another request than for a message", seen(finding), "what was seen")


@case
def transient_errors_elsewhere():
    log = Log()
    log.message(3, 1)
    for _ in range(40):
        log.add(3, "Sending EWS Request (SyncFolderItems)")
        log.fail(3, "ErrorInternalServerTransientError")
    (finding,) = problems(check(log.bytes(), status=PROBLEMS))
    expect_equal(finding["id"], "ews-unavailable", "the finding")
    expect_in("40 other requests", finding["title"], "the title")
    expect_in("SyncFolderItems: 40 requests, 40 exceptions", seen(finding), "what was seen")


@case
def a_log_that_ends_amid_requests_is_not_fine():
    log = Log()
    log.message(19, 2)
    log.add(19, "Done")
    log.message(18, 1, GAPS)
    result = check(log.bytes(), status=INCOMPLETE)
    (finding,) = result.report["findings"]
    expect_equal(finding["outcome"], "unknown", "the outcome")
    expect_in("16 requests for one message in 30.9 s, and the log ends", seen(finding), "seen")
    after = Log(8, 37, 30)
    after.add(18, "Done")
    expect_equal(problems(check(log.bytes(), after.bytes(), status=INCOMPLETE)), [], "problems")
    log.message(20, 3)
    log.message(18, 4)
    log.add(18, "Done")
    (finding,) = problems(check(log.bytes(), status=FINE))
    expect_equal(finding["id"], "ews-mime-recovered", "a message that came in the end")


@case
def what_is_fetched_later_needs_no_repair():
    log = failing()
    log.message(18, 1)
    log.add(18, "Done")
    (finding,) = problems(check(log.bytes(), status=FINE))
    expect_equal((finding["id"], finding["severity"]), ("ews-mime-recovered", "info"), "finding")
    expect_equal(finding.get("fix", []), [], "steps")
    log.message(18, 7, GAPS)
    log.fail(18, "ErrorInternalServerTransientError")
    finding = problems(check(log.bytes(), status=PROBLEMS))[0]
    expect_in("1 message cannot be fetched", finding["title"], "the title")
    expect_in("1 message of these fetched by a later try", seen(finding), "what was seen")


@case
def each_message_counts_once():
    log = Log()
    for _ in range(3):
        for number in range(20):
            log.message(18, number, GAPS)
            log.fail(18, "ErrorInternalServerTransientError")
    (finding,) = problems(check(log.bytes(), status=PROBLEMS))
    expect_in("20 messages cannot be fetched", finding["title"], "the title")
    expect_in("60 of 60 messages failed", seen(finding), "what was seen")


@case
def exchange_online_has_no_policies_to_change():
    for code, wanted in (("(429) Too Many Requests", False), ("ErrorServerBusy", True)):
        log = Log()
        log.message(18, 1)
        log.fail(18, code)
        (finding,) = problems(check(log.bytes(), status=PROBLEMS))
        expect_equal(finding["id"], "ews-throttled", "the finding")
        commands = " ".join(step["command"] for step in finding["fix"] + finding["undo"])
        expect_equal("ThrottlingPolicy" in commands, wanted, code)


@case
def codes_without_end():
    log = Log()
    for number in range(100):
        log.message(18, number)
        log.fail(18, f"ErrorOfMine{number}")
    log.message(18, 100)
    log.fail(18, "ErrorAccessDenied")
    denied, failed = problems(check(log.bytes(), status=PROBLEMS))
    expect_equal(denied["id"], "ews-denied", "a known code behind them")
    expect_in("100 messages failed over EWS", failed["title"], "the title")
    expect_in("and others", failed["title"], "the title")


@case
def levels_and_lines_of_other_forms():
    content = failing().bytes()
    small = content.replace(b"] INFO ", b"] Information ").replace(b"] EXCEPTION ", b"] Error ")
    (finding,) = problems(check(small, status=PROBLEMS))
    expect_in("16 requests in 31.3 s", seen(finding), "what was seen")
    other = content.replace(b"] INFO Sending", b"] Infos Sending")
    findings = check(other, status=(PROBLEMS, INCOMPLETE)).report["findings"]
    expect("unknown" in [one["outcome"] for one in findings], "lines of an unknown form")


@case
def mailboxes_are_whole_or_not_named():
    for name, wanted in (("o'neil@contoso.com", "o'neil@contoso.com"), ("o=neil@contoso.com", None),
                         ("o\u2019neil@contoso.com", None)):  # fmt: skip
        log = Log()
        log.add(18, f"Archiving mailbox: {name}")
        log.message(18, 1, GAPS)
        log.fail(18, "ErrorInternalServerTransientError")
        (finding,) = problems(check(log.bytes(), status=PROBLEMS))
        text = seen(finding)
        expect_equal(f"names {wanted}" in text, wanted is not None, name)
        expect_equal("@" in text, wanted is not None, name)
        for step in finding["fix"] + finding["verify"]:
            expect_not_in("neil@", step["command"], "a command")


@case
def hours_and_mailboxes():
    log = Log()
    for thread, mailbox in ((3, "Anna@Contoso.com"), (4, "bob@contoso.com")):
        log.add(thread, f"Archiving mailbox '{mailbox}'")
    for number in range(2):
        log.message(3, number, GAPS)
        log.fail(3, "ErrorInternalServerTransientError")
        log.message(4, 10 + number)
        log.clock += 3 * 3600000
    log.add(3, "Done")
    log.add(4, "Done")
    (finding,) = problems(check(log.bytes(), status=PROBLEMS))
    expect_in("behind lines that name anna@contoso.com: 2 of 2 messages", seen(finding), "what was seen")
    expect_not_in("bob@", seen(finding), "what was seen")
    waits, hours = finding["series"]
    expect_equal(len(waits["values"]), 15, "the waits")
    expect_equal([hour for hour, count in enumerate(hours["values"]) if count], [8, 11], "the hours")
    (alone,) = problems(check(failing().bytes(), status=PROBLEMS))
    expect_equal(len(alone["series"]), 1, "series where there is one hour")


@case
def other_faults_are_others():
    for code, wanted in (
        ("ErrorMimeContentConversionFailed", "ews-mime-conversion"),
        ("ErrorServerBusy", "ews-throttled"),
        ("ErrorExceededConnectionCount", "ews-throttled"),
        ("ErrorAccessDenied", "ews-denied"),
        ("ErrorItemNotFound", "ews-item-gone"),
        ("ErrorMailboxStoreUnavailable", "ews-unavailable"),
        ("ErrorSchemaValidation", "ews-failed"),
    ):
        log = Log()
        log.message(3, 1, GAPS[:4])
        log.fail(3, code)
        log.message(3, 2)
        log.add(3, "Done")
        (finding,) = problems(check(log.bytes()))
        expect_equal(finding["id"], wanted, code)
        expect_in(code, finding["title"], "the title")


@case
def damage_of_every_kind():
    log = failing().bytes()
    line = b"08:00:00.000 [18] EXCEPTION "
    for name, content in {
        "zeros at the end": log + bytes(3000),
        "zeros at the beginning": bytes(3000) + b"\r\n" + log,
        "64 KiB of zeros at the beginning": bytes(65536) + log,
        "3 MiB of zeros at the beginning": bytes(3 << 20) + b"\r\n" + log,
        "zeros before UTF-16": bytes(70000) + failing().bytes("utf-16-le"),
        "a line of 1 MiB": log + line + b"x" * (1 << 20) + b"\r\n",
        "a line of 3 MiB": log + line + b"ErrorX" * (1 << 19) + b"\r\n",
        "no line ends": log + b"x" * (5 << 20),
        "lines of a returned carriage": log + b"\r" * 100000,
        "escapes": log + b"\x1b[31m\r\n" * 100,
        "a clock that is none": log + b"99:99:99.999 [1] INFO x\r\n" * 10,
        "a million threads": log + b"".join(
            b"08:00:00.000 [%d] INFO Sending EWS Request (GetMimeContent)\r\n" % i
            for i in range(100000)
        ),
    }.items():
        result = check(content, status=PROBLEMS)
        expect_in("16 requests in 31.3 s", seen(problems(result)[0]), name)


@case
def commands_are_those_of_the_page():
    (finding,) = problems(check(failing().bytes(), status=PROBLEMS))
    commands = [step["command"] for step in finding["fix"]]
    verbs = [command.split()[0] for command in commands]
    expect(
        verbs.index("Move-ActiveMailboxDatabase") < verbs.index("$ews")
        < verbs.index("Remove-WebServicesVirtualDirectory")
        < verbs.index("New-WebServicesVirtualDirectory")
        < verbs.index("Set-WebServicesVirtualDirectory") < verbs.index("iisreset"),
        f"the way round, the record, the repair: {verbs}",
    )  # fmt: skip
    for command in commands:
        if command.startswith("Set-WebServicesVirtualDirectory"):  # of what New- has made
            expect_not_in("Url", command, "what New- sets")
        expect_not_in("-WebSiteName", command, "a command")
    chosen = [step for step in finding["fix"] if step["command"].startswith("New-WebServices")]
    expect_equal([step["kind"] for step in chosen], ["decide"] * 3, "one for each version")
    expect_in("AdminDisplayVersion", " ".join(commands[:verbs.index("Remove-WebServicesVirtualDirectory")]),
              "what tells the version comes before anything is removed")  # fmt: skip
    page = exdiag("explain", "ews", status=FINE).out
    for vain in ("Throttling policies", "update rollup", "TCP Chimney", "RSS", "autotuning",
                 "CGI uninstalled", "New mailbox databases"):  # fmt: skip
        expect_in(vain, page, "what was tried in vain")
    exdiag("explain", "ews-mime-transient", status=FINE)


main()
