"""PowerShell directories behind real logons: Apache with mod_auth_gssapi and Samba's KDC, at the
ports of an Exchange server, before scripted answers. The gatherer asks (ask_web), and the program."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.caller import Caller  # noqa: E402
from lab.exchange_site import Directories, Site  # noqa: E402
from lab.once import once  # noqa: E402
from lab.samba import PASSWORD, Domain, DomainController, open_directory  # noqa: E402
from lab.server import Network, needs_programs  # noqa: E402

ASK = program("tests/ask_web")
REALM, DC1 = "CORP.TEST", "127.0.0.11"
SKEW, NOT_YET_VALID, BAD_KEY_VERSION = 37, 33, 44
OFFSET = 600
HOSTS = {  # a name: what its directory does, and its clock
    "fine": ("127.0.0.31", "fine", 0), "broken": ("127.0.0.32", "500", 0),
    "ahead": ("127.0.0.33", "500", OFFSET), "behind": ("127.0.0.34", "500", -OFFSET),
    "oldkey": ("127.0.0.35", "fine", 0), "stranger": ("127.0.0.36", "fine", 0),
    "makes": ("127.0.0.37", "makes", 0), "away": ("127.0.0.38", "elsewhere", 0),
}  # fmt: skip
LOOKS = [  # as a probe asks
    ("http", 80, "get"), ("http", 80, "identify"), ("http", 80, "logon"), ("http", 80, "shell"),
    ("https", 443, "get"), ("https", 443, "identify"), ("https", 443, "logon"),
    ("https", 443, "shell"), ("https", 444, "logon"), ("https", 444, "shell"),
]  # fmt: skip


def name_of(host):
    return f"{host}.corp.test"


def behind(address):
    return address.replace("127.0.0.", "127.0.1.")


class Lab:
    """All servers, and what those who ask them were told."""

    def __init__(self, network):
        self.network = network
        self.seen = {}
        members = {host: address for host, (address, _, _) in HOSTS.items()}
        self.domain = Domain(network, "corp.test", {"dc1": DC1}, members)
        open_directory(self.domain.configuration).newuser("alice", PASSWORD)
        for host in HOSTS:
            self.domain.add_computer(host, [f"HTTP/{name_of(host)}"])
            self.domain.export_keytab(network.folder / f"{host}.keytab", f"HTTP/{name_of(host)}")
        open_directory(self.domain.configuration).setpassword(
            "(sAMAccountName=oldkey$)", PASSWORD + "2"
        )
        self.directories = Directories(
            network, {behind(address): f"{name}@{host.upper()}"
                      for host, (address, name, _) in HOSTS.items()},
        )  # fmt: skip
        self.sites = {
            host: Site(network, address, name_of(host), behind(address), offset=offset,
                       keytab=network.folder / f"{host}.keytab")
            for host, (address, _, offset) in HOSTS.items()
        }  # fmt: skip
        self.authorities = network.folder / "authorities.pem"
        self.authorities.write_text("".join(
            (site.folder / "certificate.pem").read_text()
            for host, site in self.sites.items() if host != "stranger"
        ))  # fmt: skip

    def ask(self, word, caller, host, who):
        """What one of the hosts answers to all that a probe asks, and hears, kept by its word."""
        address = HOSTS[host][0]
        before = len(self.sites[host].requests())
        questions = [
            "\t".join([scheme, f"{address}:{port}", name_of(host), "/PowerShell/", request, who,
                       f"{DC1}:88", REALM])
            for scheme, port, request in LOOKS
        ]  # fmt: skip
        done = subprocess.run(
            [*ASK, "--ca-file", str(self.authorities)], input="\n".join(questions) + "\n",
            text=True, capture_output=True, timeout=DEADLINE, check=False, env=caller.variables(),
        )  # fmt: skip
        expect_equal((done.returncode, done.stderr), (0, ""), f"asking {word}")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.seen[word] = {
            (port, request): answer
            for (_, port, request), answer in zip(LOOKS, answers, strict=True)
        }
        self.seen[f"heard {word}"] = self.sites[host].requests()[before:]

    def run(self, word, caller, host, *more):
        """One run of the program against a host, kept by its word."""
        path = self.network.folder / f"{word}.jsonl"
        before = len(self.sites[host].requests())
        result = exdiag(
            "check", "--server", name_of(host), "--only", "powershell", "--dns", DC1, "--ca-file",
            str(self.authorities), "--format", "json", "--save", str(path), "--timeout", "10",
            *more, variables=caller.variables(),
        )  # fmt: skip
        expect_not_in(PASSWORD, result.out + result.err + path.read_text(), word)
        expect_not_in("YII", path.read_text(), f"a ticket in the evidence of {word}")
        self.seen[f"run {word}"] = result
        self.seen[f"heard run {word}"] = self.sites[host].requests()[before:]
        redacted = exdiag("report", path, "--redact", "--format", "json")
        for secret in ("corp.test", REALM, host.upper()):
            expect_not_in(secret, redacted.out, f"{word}, redacted")

    def ask_all(self):
        alice = Caller(self.network.folder, "alice", REALM, DC1).log_on()
        nobody = Caller(self.network.folder, "nobody", REALM, DC1)
        self.ask("anonymous", alice, "fine", "nobody")
        self.ask("no ticket", nobody, "fine", "somebody")
        for host in HOSTS:
            self.ask(host, alice, host, "somebody")
        for host in HOSTS:
            self.run(host, alice, host, "--authenticate")
        self.run("anonymous", alice, "broken")
        self.run("no ticket", nobody, "broken", "--authenticate")


@once
def all_seen():
    needs_programs("kinit")
    with Network() as network:
        lab = Lab(network)
        with network.up(DomainController(lab.domain, "dc1"), lab.directories, *lab.sites.values()):
            lab.ask_all()
    return lab.seen


def expect_answer(word, port, request, status="ok", **rest):
    answer = all_seen()[word][port, request]
    expect_equal(answer["status"], status, f"{word}, {port}, {request}: {answer}")
    for member, wanted in rest.items():
        expect_equal(answer.get(member), wanted, f"{word}, {port}, {request}: {member}")
    return answer


def schemes(answer):
    return [challenge["scheme"] for challenge in answer["challenges"]]


@case
def nobody_is_asked_who_he_is():
    for (port, request), _ in all_seen()["anonymous"].items():
        answer = expect_answer("anonymous", port, request, code=401, scheme="none", caller=None)
        expect_equal(schemes(answer), ["Negotiate"], "schemes")
    heard = all_seen()["heard anonymous"]
    expect_equal({line[4] for line in heard}, {"-"}, "what showed who one is")
    expect_equal(len(heard), len(LOOKS), "requests")


@case
def without_a_ticket_nothing_is_sent():
    for (port, request), answer in all_seen()["no ticket"].items():
        expect(answer["status"] in ("not-found", "not-supported"), f"{port}, {request}: {answer}")
    expect_equal(all_seen()["heard no ticket"], [], "requests")


@case
def the_callers_ticket_gets_to_the_last_module():
    for port in (443, 444):
        answer = expect_answer("fine", port, "shell", code=500, shell=None)
        expect_equal((answer["wsman"]["kind"], answer["wsman"]["number"]), ("fault", 2152991685), "fault")
        expect_equal(answer["wsman"]["provider"], "microsoft.powershell", "the plug-in")
        expect_answer("fine", port, "logon", code=200, body_size=0, caller=f"alice@{REALM}")
    answer = expect_answer("fine", 443, "identify", code=200)
    expect_in("OS: ", answer["wsman"]["version"], "the version")
    expect_answer("fine", 80, "logon", code=200, body_size=0)


@case
def content_is_not_sent_in_the_clear():
    for request in ("identify", "shell"):
        expect_answer("fine", 80, request, "not-supported", code=None)
    posts = [line for line in all_seen()["heard fine"] if line[1] == "80" and line[2] == "POST"]
    sent = [line for line in posts if line[4] != "-"]
    expect_equal(len(sent), 1, f"requests as somebody without TLS: {sent}")


@case
def a_ticket_reaches_the_failing_directory():
    for port, request in ((80, "logon"), (443, "logon"), (443, "shell"), (444, "shell")):
        answer = expect_answer("broken", port, request, code=500, body_size=0, wsman=None)
        expect_equal(
            [field["value"] for field in answer["fields"] if field["name"] == "X-FEServer"],
            ["BROKEN"], "the node",
        )  # fmt: skip


def expect_kerberos_error(word, code, offset):
    for port, request in ((80, "get"), (80, "logon"), (443, "shell"), (444, "shell")):
        answer = expect_answer(word, port, request, code=401, scheme="negotiate")
        challenge = answer["challenges"][0]
        expect_equal(
            (challenge["scheme"], challenge.get("token"), challenge.get("error_code")),
            ("Negotiate", "kerberos-error", code), f"{word}, {port}, {request}",
        )  # fmt: skip
        if offset is not None:
            ahead = challenge["server_time_us"] / 1e6 - time.time()
            expect(abs(ahead - offset) < 2 * DEADLINE, f"{word}: its clock is {ahead} s ahead")


@case
def a_server_whose_clock_is_off_says_so():
    expect_kerberos_error("ahead", SKEW, OFFSET)
    expect_kerberos_error("behind", NOT_YET_VALID, -OFFSET)


@case
def a_key_of_another_age():
    expect_kerberos_error("oldkey", BAD_KEY_VERSION, None)


@case
def a_certificate_of_a_stranger():
    for port in (443, 444):
        answer = expect_answer("stranger", port, "shell", "denied", code=None)
        expect(answer["verify_code"] != 0, "the certificate is judged")
    heard = [line for line in all_seen()["heard stranger"] if line[1] != "80"]
    expect_equal([line for line in heard if line[4] != "-"], [], "what the stranger heard")


@case
def a_shell_that_is_made_is_deleted():
    for port in (443, 444):
        expect_answer("makes", port, "shell", code=200, shell="deleted")
    posts = [line for line in all_seen()["heard makes"] if line[1] == "443" and line[2] == "POST"]
    expect_equal([line[0] for line in posts].count("200"), 4, f"identify, logon, shell, delete: {posts}")


@case
def what_shows_who_one_is_follows_no_redirect():
    asked = [answer for answer in all_seen()["away"].values() if answer["status"] == "ok"]
    expect_equal({answer["code"] for answer in asked}, {302}, "answers")
    expect_equal(len(all_seen()["heard away"]), len(asked), "requests")


# ---- the program ----


def expect_found(word, *problems):
    result = all_seen()[f"run {word}"]
    found = {id for id, _ in result.findings("problem")}
    expect_equal(found, set(problems), f"{word}: {result.flat}")
    return result.flat


@case
def a_healthy_server_is_told_to_be():
    expect_found("fine")
    expect_equal(
        all_seen()["run fine"].findings("ok"), {("powershell-vdir-500", name_of("fine"))}, "ok"
    )
    expect_found("makes")


@case
def a_server_that_fails_is_told_of():
    expect_in("HTTP 500", expect_found("broken", "powershell-vdir-500"), "the report")


@case
def refused_tickets_are_named():
    expect_in("KRB_AP_ERR_SKEW (37)", expect_found("ahead", "powershell-refused"), "the report")
    expect_in("KRB_AP_ERR_TKT_NYV (33)", expect_found("behind", "powershell-refused"), "the report")
    expect_in("(44)", expect_found("oldkey", "powershell-refused"), "the report")


@case
def without_authenticate_or_a_ticket_nobody_hears_one():
    """What fails for those with a ticket alone cannot be seen without one, and is no problem."""
    for word in ("anonymous", "no ticket"):
        expect_found(word)
        expect_equal({line[4] for line in all_seen()[f"heard run {word}"]}, {"-"}, f"{word}: heard")


@case
def a_stranger_hears_no_ticket_over_tls():
    expect_found("stranger")
    heard = [
        line for line in all_seen()["heard run stranger"] if line[1] != "80" and line[4] != "-"
    ]
    expect_equal(heard, [], "heard")


if "--show" in sys.argv:
    needs_programs()
    enter_namespace()
    furnish_namespace()
    for word, answers in all_seen().items():
        print(f"== {word}")
        if isinstance(answers, Result):
            print(answers.flat)
            continue
        for key, answer in answers.items() if isinstance(answers, dict) else enumerate(answers):
            print(key, json.dumps(answer))
    sys.exit(0)

main()
