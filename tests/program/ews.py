"""Mailboxes over EWS: a real run against scripted servers behind TLS, and what it leaves there."""

from harness import *

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
            time.sleep(wait)
            began = time.monotonic()
            run.signal(signal.SIGINT)
            result = run.end()
            expect(time.monotonic() - began < 12, "it went on for too long")
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


main()
