"""Mailboxes over EWS: a real run against scripted servers behind TLS, and what it leaves there."""

import base64

from harness import *
from organisation import EX01, GUARDED, LAB_DIRECTORY, SECRET, TWO, Organisation, forest

ZONES = """
mail.contoso.com  A  127.0.0.81
ex02.contoso.com  A  127.0.0.82
"""
WANTED = "token-that-must-not-be-seen"


class Ews:
    """lab_ews at these addresses; `stop()` gives what is left of each mailbox."""

    def __init__(self, place, *nodes, name="*.contoso.com"):
        self.authority, self.token = place / "ca.pem", place / "token"
        self.token.write_text(WANTED + "\n")
        self.process = subprocess.Popen(
            [BUILD / "tests" / "lab_ews", "--port", "0", "--name", name, "--ca", self.authority,
             *nodes],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        lines = [self.process.stdout.readline() for _ in nodes]
        self.port = lines[0].strip().rsplit(":", 1)[1]

    def stop(self):
        out, _ = self.process.communicate(timeout=DEADLINE)
        return {line.split()[0]: dict(word.split("=") for word in line.split()[1:])
                for line in out.splitlines()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.communicate(timeout=DEADLINE)


def arguments(lab, ews, *more, servers=("mail.contoso.com",)):
    named = [word for server in servers for word in ("--server", server)]
    return ["check", "alice@contoso.com", *named, "--only", "ews", "--dns", lab.dns, "--port",
            f"https={ews.port}", "--ca-file", str(ews.authority), "--token-file", str(ews.token),
            *more]  # fmt: skip


def survey(*nodes, more=(), servers=("mail.contoso.com",), status=None, name="*.contoso.com"):
    """One run: its result, what is left of the mailboxes, and its evidence as text."""
    with folder() as place, Lab(ZONES) as lab, Ews(place, *nodes, name=name) as ews:
        path = place / "evidence.jsonl"
        result = exdiag(*arguments(lab, ews, "--format", "json", "--save", str(path), *more,
                                   servers=servers), status=status)  # fmt: skip
        text = path.read_text()
        expect_not_in(WANTED, text + result.out + result.err, "what is written")
        expect_not_in("AAMk", text + result.out, "what is written")
        expect_not_in("Secret", text + result.out, "what is written")
        return result, ews.stop(), text


def ids(result, outcome):
    return {id for id, _ in result.findings(outcome)}


@case
def whatever_way_the_bytes_come():
    for behaviour in ("fine", "gzip", "chunked=7", "slow=1", "old", "busy=1"):
        result, left, _ = survey(f"127.0.0.81={behaviour}", status=FINE)
        expect_equal(ids(result, "ok"), {"ews-mime-transient"}, behaviour)
        expect_equal(left["127.0.0.81"]["test-items"], "0", behaviour)


@case
def a_token_and_authorities_in_files_that_windows_wrote():
    for encoding, mark in (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        with folder() as place, Lab(ZONES) as lab, Ews(place, "127.0.0.81=fine") as ews:
            ews.token.write_bytes(mark + f"{WANTED}\r\n".encode(encoding))
            ews.authority.write_bytes(mark + ews.authority.read_text().encode(encoding))
            exdiag(*arguments(lab, ews), status=FINE)
            ews.stop()


@case
def nodes_are_compared():
    result, _, _ = survey("127.0.0.81=transient", "127.0.0.82=fine", more=("--patience", "3"),
                          servers=("mail.contoso.com", "ex02.contoso.com"),
                          status=PROBLEMS)  # fmt: skip
    expect_equal(ids(result, "problem"), {"ews-mime-transient"}, "problems")
    seen = " ".join(one["text"] for finding in result.report["findings"]
                    for one in finding["seen"])
    expect_in("the same through ex02.contoso.com: 2 of 2 came", seen, "what was seen")


@case
def nothing_is_sent_to_a_server_that_is_another():
    result, left, _ = survey("127.0.0.81=fine", name="other.example.net", status=INCOMPLETE)
    expect_equal(ids(result, "unknown"), {"ews-mime-transient"}, "unknown")
    expect_equal(left["127.0.0.81"]["requests"], "0", "requests")


@case
def redirects_are_not_followed():
    result, _, text = survey("127.0.0.81=login", status=INCOMPLETE)
    expect_equal(ids(result, "unknown"), {"ews-mime-transient"}, "unknown")
    expect_in("login.example.net", text, "the evidence")


@case
def a_token_that_is_refused_is_sent_once():
    _, left, _ = survey("127.0.0.81=denied", "127.0.0.82=denied",
                        servers=("mail.contoso.com", "ex02.contoso.com"),
                        status=INCOMPLETE)  # fmt: skip
    total = sum(int(one["requests"]) for one in left.values())
    expect_equal(total, 1, "requests with the token")


@case
def nothing_is_written_unless_it_is_wanted():
    _, left, text = survey("127.0.0.81=transient", more=("--patience", "1"))
    expect_equal(left["127.0.0.81"]["test-items"], "0", "test items")
    expect_not_in("planted", text, "the evidence")


@case
def a_test_item_comes_and_goes():
    for behaviour, status in (("fine", FINE), ("appointment", FINE), ("no-test-item", INCOMPLETE)):
        result, left, _ = survey(f"127.0.0.81={behaviour}", more=("--plant-test-item",),
                                 status=status)  # fmt: skip
        expect_equal(left["127.0.0.81"]["test-items"], "0", behaviour)
        expect_in("ews-test-item", ids(result, "ok") | ids(result, "unknown"), behaviour)


@case
def what_there_was_no_time_for_is_not_known():
    result, _, _ = survey("127.0.0.81=transient", more=("--patience", "0.1"), status=INCOMPLETE)
    expect_equal(ids(result, "unknown"), {"ews-mime-transient"}, "unknown")
    expect_in("not asked for to the end", result.out, "the report")


@case
def what_is_left_is_said():
    result, left, _ = survey("127.0.0.81=keeps", more=("--plant-test-item",), status=PROBLEMS)
    expect_equal(left["127.0.0.81"]["test-items"], "1", "test items")
    expect_equal(ids(result, "problem"), {"ews-test-item"}, "problems")


@case
def interrupted_it_deletes_all_the_same():
    for wait in (0.3, 1.0, 2.0):
        with folder() as place, Lab(ZONES) as lab, Ews(place, "127.0.0.81=transient") as ews:
            path = place / "evidence.jsonl"
            run = Running(*arguments(lab, ews, "--plant-test-item", "--save", str(path)))
            wait_until(lambda: path.exists() and '"key"' in path.read_text())
            time.sleep(wait)
            run.signal(signal.SIGINT)
            result = run.end()
            expect(result.status in (PROBLEMS, INCOMPLETE), f"exit status {result.status}")
            expect_in("the run was interrupted", result.flat, "the report")
            expect_in('"planted":"deleted"', path.read_text(), "the evidence")
            expect_equal(ews.stop()["127.0.0.81"]["test-items"], "0", "test items")


@case
def a_server_has_to_be_named():
    with Lab(ZONES) as lab:
        result = exdiag("check", "--mailbox", "alice@contoso.com", "--only", "ews", "--dns",
                        lab.dns, status=INCOMPLETE)  # fmt: skip
        expect_in("no server was named", result.flat, "the report")


@case
def what_is_no_mailbox():
    for text in ("@contoso.com", "alice@", "a b@contoso.com", "alice@con toso", "<a@contoso.com>",
                 "alice", "a" * 65 + "@contoso.com", "alice@contoso..com"):  # fmt: skip
        result = exdiag("check", "--mailbox", text, status=TROUBLE)
        expect_in("is not the address of a mailbox", result.err, text)


@case
def what_is_for_a_mailbox_wants_one():
    for option in ("--plant-test-item", "--impersonate"):
        result = exdiag("check", "--server", "ex01.contoso.com", option, "--dns", "127.0.0.1:1", status=TROUBLE)  # fmt: skip
        expect_in(f"{option}: name a mailbox", result.err, option)


# ---- what would help ----


def steps_of_unknown(result):
    """What was seen, and the commands, of the one unknown."""
    unknown, = (one for one in result.report["findings"] if one["outcome"] == "unknown")
    return (" ".join(one["text"] for one in unknown["seen"]),
            [step["command"] for step in unknown["fix"]])  # fmt: skip


@case
def a_ticket_is_got_first():
    with folder() as place, Lab(ZONES) as lab, Ews(place, "127.0.0.81=fine", "127.0.0.82=fine") as ews:
        result = exdiag("check", "alice@contoso.com", "--server", "mail.contoso.com", "--server",
                        "ex02.contoso.com", "--only", "ews", "--dns", lab.dns, "--port",
                        f"https={ews.port}", "--ca-file", ews.authority, "--format", "json",
                        variables={"KRB5CCNAME": f"FILE:{place / 'none'}"},
                        status=INCOMPLETE)  # fmt: skip
        seen, steps = steps_of_unknown(result)
        expect_in("no Kerberos ticket", seen, "what was seen")
        expect_not_in("does not exist:", seen, "what was seen")
        expect_equal(steps, [
            "kinit '<user-at-realm>'",
            "exdiag check --server ex02.contoso.com --server mail.contoso.com --mailbox "
            f"alice@contoso.com --only ews --dns {lab.dns} --port https={ews.port}",
        ], "what would make it known")  # fmt: skip


@case
def a_certificate_wants_its_authority_and_the_user_stays():
    with folder() as place, Lab(ZONES) as lab, Ews(place, "127.0.0.81=fine") as ews:
        (place / "password").write_text(SECRET + "\n")
        (place / "password").chmod(0o600)
        result = exdiag("check", "alice@contoso.com", "--server", "mail.contoso.com", "--only", "ews",
                        "--dns", lab.dns, "--port", f"https={ews.port}", "--user", "bob@contoso.com",
                        "--password-file", place / "password", "--format", "json",
                        status=INCOMPLETE)  # fmt: skip
        seen, steps = steps_of_unknown(result)
        expect_in("the certificate does not verify: ", seen, "what was seen")
        expect_not_in("permission denied", seen, "what was seen")
        expect_equal(steps, [
            "exdiag check --server mail.contoso.com --mailbox alice@contoso.com --user "
            f"bob@contoso.com --ca-file '<ca-file>' --only ews --dns {lab.dns} --port "
            f"https={ews.port}",
        ], "what would make it known")  # fmt: skip


@case
def a_name_is_looked_up_before_anything_else():
    with Lab(ZONES) as lab:
        for server, dns, first in (("mail.contoso.com", "127.0.0.1:1", "nslookup mail.contoso.com"),
                                   ("ex09.contoso.com", lab.dns, 'the name "ex09.contoso.com"')):
            result = exdiag("check", "alice@contoso.com", "--server", server, "--only", "ews", "--dns",
                            dns, "--format", "json", status=INCOMPLETE)  # fmt: skip
            _, steps = steps_of_unknown(result)
            expect_in(first, steps[0], "the first step")
            expect_in(f"--server {server} --mailbox alice@contoso.com --only ews --dns {dns}",
                      steps[1], "the second step")  # fmt: skip


# ---- one password for directories and web servers ----

WRONG = "pass-word of somebody else"


class Both:
    """contoso.com, and a mailbox at ex01.contoso.com that `behaviour` says; to each goes `password`
    as that of alice@contoso.com."""

    def __init__(self, place, behaviour, password):
        self.place, self.saved = place, place / "evidence.jsonl"
        self.contoso = Organisation(forest(*TWO), both=GUARDED)
        self.ews = Ews(place, f"{EX01}={behaviour}")
        (place / "authorities.pem").write_text(
            self.contoso.authority.read_text() + self.ews.authority.read_text())  # fmt: skip
        (place / "password").write_text(password + "\n")
        (place / "password").chmod(0o600)

    def start(self, *more):
        return Running("check", "--domain", "contoso.com", "--mailbox", "alice@contoso.com", "--server",
                       "ex01.contoso.com", "--only", "spn,ews", "--dns", self.contoso.names.dns,
                       "--port", f"https={self.ews.port}", "--ca-file", self.place / "authorities.pem",
                       "--user", "alice@contoso.com", "--password-file", self.place / "password",
                       "--timeout", "30", "--format", "json", "--save", self.saved, *more)  # fmt: skip

    def tell(self, part, number):
        """A signal to the web server or to all directories."""
        if part == "ews":
            self.ews.process.send_signal(number)
            return
        for one in self.contoso.parts:
            if one.process.args[0] == LAB_DIRECTORY:
                one.process.send_signal(number)

    def wait_for(self, text):
        wait_until(lambda: self.saved.exists() and text in self.saved.read_text())

    def run(self, late, until, *more):
        """One run, in which `late` says nothing until the evidence has this text."""
        self.tell(late, signal.SIGSTOP)
        try:
            run = self.start(*more)
            with contextlib.suppress(AssertionError):
                self.wait_for(until)
        finally:
            self.tell(late, signal.SIGCONT)
        result = run.end()
        expect_in(until, self.saved.read_text(), "the evidence")
        return result

    def stop(self):
        """Logons at directories, and requests to the web server."""
        requests = int(self.ews.stop()[EX01]["requests"])
        self.contoso.__exit__()
        return self.contoso.binds(), requests

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.ews.process.poll() is None:
            self.tell("ews", signal.SIGCONT)
            self.stop()


@case
def what_a_directory_refuses_is_shown_to_no_web_server():
    for more in ((), ("--ntlm",)):
        with folder() as place, Both(place, "fine", WRONG) as both:
            result = both.run("ews", "data 52e", *more)
            expect_equal(result.status, INCOMPLETE, f"exit status of {result.err}")
            expect_in("refused before, by a directory, and is not tried again", both.saved.read_text(),
                      "the evidence")  # fmt: skip
            expect_in("refused before, by a directory", result.out, "the report")
            expect_equal(both.stop(), (1, 0), f"logons at directories, requests with {more}")


@case
def what_a_web_server_refuses_is_shown_to_no_directory():
    with folder() as place, Both(place, "denied", SECRET) as both:
        result = both.run("directories", '"key":"ews ')
        expect_equal(result.status, INCOMPLETE, f"exit status of {result.err}")
        expect_in("refused before, by a web server, and is not tried again", both.saved.read_text(),
                  "the evidence")  # fmt: skip
        expect_equal(both.stop(), (0, 1), "logons at directories, requests")


@case
def a_wrong_password_is_tried_once_wherever_that_is():
    for _ in range(3):
        with folder() as place, Both(place, "denied", WRONG) as both:
            expect_equal(both.start().end().status, INCOMPLETE, "exit status")
            expect_equal(sum(both.stop()), 1, "logons that were tried")


@case
def what_both_take_serves_both():
    with folder() as place, Both(place, "fine", SECRET) as both:
        result = both.start().end()
        expect_equal(result.status, FINE, f"exit status of {result.err}")
        binds, requests = both.stop()
        expect(binds > 0 and requests > 0, f"{binds} logons, {requests} requests")


# ---- what nobody sees ----


def forms(secret):
    """As it would be found in a file or on the wire."""
    return {form for text in (secret, f"alice@contoso.com:{secret}")
            for form in (text.encode(), base64.b64encode(text.encode()).rstrip(b"="))}  # fmt: skip


def watched(run):
    """The command lines and environments of a run, until it ends."""
    seen, at = set(), pathlib.Path(f"/proc/{run.process.pid}")
    while run.process.poll() is None:
        with contextlib.suppress(OSError):
            seen.add((at / "cmdline").read_bytes() + (at / "environ").read_bytes())
        time.sleep(0.02)
    return seen - {b""}  # of a process that has ended


@case
def neither_token_nor_password_shows_anywhere():
    """But the password in the variable of the environment that it was given in."""
    ways = {
        "token": (WANTED, lambda place: ("--token-file", place / "token")),
        "file": (SECRET, lambda place: ("--user", "alice@contoso.com", "--password-file", place / "password")),
        "variable": (SECRET, lambda _: ("--user", "alice@contoso.com")),
    }  # fmt: skip
    for (way, (secret, ask)), behaviour, form in zip(
            [one for one in ways.items() for _ in range(4)],
            ("slow", "denied", "transient", "login") * 3,
            ("text", "json", "html") * 4):  # fmt: skip
        what = f"{way}, {behaviour}, {form}"
        with folder() as place, folder() as work, Lab(ZONES) as lab, Ews(place, f"127.0.0.81={behaviour}") as ews:
            (place / "password").write_text(SECRET + "\n")
            (place / "password").chmod(0o600)
            given = f"EXDIAG_PASSWORD={SECRET}".encode() if way == "variable" else b""
            run = Running("check", "--mailbox", "alice@contoso.com", "--server", "mail.contoso.com",
                          "--only", "ews", "--dns", lab.dns, "--port", f"https={ews.port}", "--ca-file",
                          ews.authority, *ask(place), "--plant-test-item", "--patience", "1", "--verbose",
                          "--format", form, "--save", work / "evidence", "--output", work / "report",
                          variables={"EXDIAG_PASSWORD": SECRET if given else None, "TMPDIR": str(work)},
                          folder=work)  # fmt: skip
            processes = watched(run)
            result = run.end()
            expect(result.status in (FINE, PROBLEMS, INCOMPLETE), f"{what}: {result.status}, {result.err}")
            expect(int(ews.stop()["127.0.0.81"]["requests"]) > 0, f"{what}: nothing was asked")
            files = [one for one in work.rglob("*") if one.is_file()]
            expect_equal(sorted(one.name for one in files), ["evidence", "report"], what)
            expect(processes or behaviour != "slow", f"{what}: the run was not seen")
            for one in processes:
                expect_equal(one.count(given) if given else 1, 1, f"{what}: the variable, in {one}")
            for text in (*(one.replace(given, b"") for one in processes), result.out_bytes,
                         result.err.encode(), *(one.read_bytes() for one in files)):  # fmt: skip
                for one in forms(secret):
                    expect_not_in(one, text, what)


main()
