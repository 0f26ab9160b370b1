"""EWS behind real logons: Apache with mod_auth_gssapi and Samba's KDC, with passwords, with tokens,
and Samba's ntlm_auth. The real program asks the lab's scripted mailbox through each."""

import base64
import concurrent.futures
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.caller import Caller  # noqa: E402
from lab.mailbox import Door, Mailbox, NtlmDoor  # noqa: E402
from lab.once import once  # noqa: E402
from lab.samba import PASSWORD, Domain, DomainController, open_directory  # noqa: E402
from lab.server import Network, needs_programs  # noqa: E402

REALM, DC1 = "CORP.TEST", "127.0.0.11"
HOSTS = {  # a name for each door
    "tickets": "127.0.0.31", "ahead": "127.0.0.32", "oldkey": "127.0.0.33", "moved": "127.0.0.34",
    "password": "127.0.0.35", "away": "127.0.0.36", "token": "127.0.0.37", "ntlm": "127.0.0.38",
    "stranger": "127.0.0.39", "password2": "127.0.0.41",
}  # fmt: skip
OTHER = "127.0.0.40"
TICKETS = ("tickets", "ahead", "oldkey", "moved", "stranger")
AHEAD_BY = 600
SECRET, PLAIN, WRONG = "Wonder:land-ü", "Mad-tea-party-7", "Looking-glass-7"
TOKEN = "eyJ0.token-that-must-not-be-seen.abc"


def name_of(host):
    return f"{host}.corp.test"


class Lab:
    """All servers, and what runs of the program through them come to."""

    def __init__(self, network):
        self.network = network
        self.seen = {}
        self.domain = Domain(network, "corp.test", {"dc1": DC1},
                             {host: address for host, address in HOSTS.items()})  # fmt: skip
        open_directory(self.domain.configuration).newuser("alice", PASSWORD)
        self.make_accounts()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            self.doors = dict(zip(HOSTS, pool.map(self.door, HOSTS)))
        self.other = Door(network, OTHER, "other.corp.test", "password", SECRET, over_tls=False)
        self.authorities = network.folder / "authorities.pem"
        self.authorities.write_text("".join(
            (door.folder / "certificate.pem").read_text()
            for host, door in self.doors.items() if host != "stranger"
        ))  # fmt: skip
        self.token = network.folder / "token"
        self.token.write_text(TOKEN + "\n")

    def make_accounts(self):
        """Of one the password is set anew, and of one the name moves, when their keys are exported."""
        for host in TICKETS:
            self.domain.add_computer(host, [f"HTTP/{name_of(host)}"])
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(self.export_keys, TICKETS))
        directory = open_directory(self.domain.configuration)
        directory.setpassword("(sAMAccountName=oldkey$)", PASSWORD + "2")
        directory.modify_ldif(
            f"dn: CN=moved,CN=Computers,{directory.domain_dn()}\nchangetype: modify\n"
            "delete: servicePrincipalName\n-\n"
        )
        self.domain.add_computer("heir", [f"HTTP/{name_of('moved')}"])

    def export_keys(self, host):
        self.domain.export_keytab(self.network.folder / f"{host}.keytab", f"HTTP/{name_of(host)}")

    def door(self, host):
        address, name = HOSTS[host], name_of(host)
        if host == "ntlm":
            return NtlmDoor(self.network, address, name, "alice", PLAIN)
        if host in TICKETS:
            return Door(self.network, address, name, "tickets",
                        offset=AHEAD_BY if host == "ahead" else 0,
                        keytab=self.network.folder / f"{host}.keytab")  # fmt: skip
        secrets = {"password": SECRET, "token": TOKEN, "away": f"http://{OTHER}/EWS/Exchange.asmx"}
        word = host.rstrip("2")
        return Door(self.network, address, name, word, secrets[word])

    def run(self, word, caller, hosts, *more, trusting=True, **variables):
        """One run through these doors, kept by its word."""
        path = self.network.folder / f"{word}.jsonl"
        words = ["check", "--mailbox", "alice@corp.test", "--only", "ews", "--dns", DC1]
        for host in hosts:
            words += ["--server", name_of(host)]
        if trusting:
            words += ["--ca-file", str(self.authorities)]
        words += ["--format", "json", "--save", str(path), "--timeout", "20", *more]
        result = exdiag(*words, variables={**caller.variables(), **variables})
        everything = result.out + result.err + path.read_text()
        for secret in (SECRET, PLAIN, WRONG, TOKEN, PASSWORD):
            expect_not_in(secret, everything, word)
        expect_not_in("TlRMTVNTUAAD", everything, word)
        self.seen[word] = result

    def run_all(self):
        alice = Caller(self.network.folder, "alice", REALM, DC1).log_on()
        nobody = Caller(self.network.folder, "nobody", REALM, DC1)
        basic, ntlm = ("--user", "alice"), ("--user", "CORP\\alice", "--ntlm")
        self.run("ticket", alice, ["tickets"])
        self.run("no ticket", nobody, ["tickets"])
        for host in ("ahead", "oldkey", "moved"):
            self.run(host, alice, [host])
        self.run("stranger", alice, ["stranger"])
        self.run("insecure", alice, ["stranger"], "--insecure")
        self.run("other authority", alice, ["tickets"], trusting=False)
        self.run("basic to a stranger", nobody, ["stranger"], *basic, "--insecure",
                 EXDIAG_PASSWORD=SECRET)  # fmt: skip
        self.run("basic", nobody, ["password"], *basic, EXDIAG_PASSWORD=SECRET)
        self.run("wrong", nobody, ["password", "password2"], *basic,
                 EXDIAG_PASSWORD=WRONG)  # fmt: skip
        self.run("away", nobody, ["away"], *basic, EXDIAG_PASSWORD=SECRET)
        self.run("basic for tickets", nobody, ["tickets"], *basic,
                 EXDIAG_PASSWORD=SECRET)  # fmt: skip
        self.run("token", nobody, ["token"], "--token-file", str(self.token))
        self.token.write_text(WRONG + "\n")
        self.run("wrong token", nobody, ["token"], "--token-file", str(self.token))
        self.run("ntlm", nobody, ["ntlm"], *ntlm, EXDIAG_PASSWORD=PLAIN)
        self.run("foreign ntlm", nobody, ["ntlm"], *ntlm, EXDIAG_PASSWORD=SECRET)
        self.run("wrong ntlm", nobody, ["ntlm"], *ntlm, EXDIAG_PASSWORD=WRONG)
        for host, door in self.doors.items():
            self.seen[f"log of {host}"] = (
                door.verdicts() if host == "ntlm" else door.authorizations()
            )
        self.seen["log of other"] = self.other.authorizations()
        self.seen["log of the controller"] = self.controller.log()


@once
def all_seen():
    needs_programs("kinit", "ntlm_auth")
    with Network() as network:
        lab = Lab(network)
        lab.controller = DomainController(lab.domain, "dc1")
        with network.up(lab.controller, Mailbox(network, "fine"), lab.other, *lab.doors.values()):
            lab.run_all()
    return lab.seen


def told(word):
    """What a run says of the mailbox."""
    return " / ".join(
        " / ".join([finding["title"], finding.get("reason") or "", *(line["text"] for line in finding["seen"])])
        for finding in all_seen()[word].report["findings"]
    )  # fmt: skip


def expect_fine(word):
    expect_equal(all_seen()[word].findings("ok"), {("ews-mime-transient", "alice@corp.test")}, word)


def expect_unknown(word, *texts):
    result = all_seen()[word]
    expect_equal({id for id, _ in result.findings("unknown")}, {"ews-mime-transient"}, word)
    expect_equal(result.findings("problem"), set(), f"problems of {word}")
    for text in texts:
        expect_in(text, told(word), word)


def asked_with(host, scheme):
    """The statuses of requests that came to a door with this scheme."""
    lines = all_seen()[f"log of {host}"].splitlines()
    return [line.split()[0] for line in lines if line.split()[2] == scheme]


@case
def the_callers_own_ticket_opens_the_mailbox():
    expect_fine("ticket")
    expect_in(f"HTTP/{name_of('tickets')}", all_seen()["log of the controller"], "the KDC's log")
    expect_equal(set(asked_with("tickets", "Negotiate")), {"200"}, "requests with a ticket")
    expect_equal(asked_with("tickets", "Basic"), ["401"], "requests with a password")


@case
def without_a_ticket_it_says_what_helps():
    expect_unknown("no ticket", "what helps: a ticket (kinit", "--user", "--token-file")


@case
def a_server_whose_clock_is_ahead_is_named():
    expect_unknown("ahead", "KRB_AP_ERR_SKEW (37)", "differs from that of the machine that exdiag ran on by +")
    offset = float(re.search(r"ran on by \+(\d+) s", told("ahead")).group(1))
    expect(AHEAD_BY - 5 < offset < AHEAD_BY + 5, f"the offset: {offset}")
    expect_equal(set(asked_with("ahead", "Negotiate")), {"401"}, "requests")


@case
def a_key_that_is_another_is_named():
    expect_unknown("oldkey", "KRB_AP_ERR_BADKEYVER (44)", "its password was changed")
    expect_unknown("moved", "KRB_AP_ERR_BAD_INTEGRITY (31)", "the name is on another account")


@case
def certificates_decide_who_is_told_what():
    expect_unknown("stranger", "what helps: --ca-file")
    expect_unknown("other authority", "what helps: --ca-file")
    expect_fine("insecure")
    expect_unknown("basic to a stranger", "what helps: --ca-file")
    expect_equal(asked_with("stranger", "Basic"), [], "passwords at a stranger's")
    expect_equal(set(asked_with("stranger", "Negotiate")), {"200"}, "tickets at a stranger's")


@case
def a_password_over_verified_tls():
    expect_fine("basic")
    expect_unknown("wrong", "logons that it takes: Basic; Basic was tried", "not tried again")
    wrong = base64.b64encode(f"alice:{WRONG}".encode()).decode()
    logs = all_seen()["log of password"] + all_seen()["log of password2"]
    expect_equal(logs.count(f"Basic {wrong}"), 1, f"the wrong password, in {logs}")


@case
def a_password_follows_no_redirect():
    expect_unknown("away", OTHER, "HTTP 302")
    expect_equal(all_seen()["log of other"], "", "the other server's log")


@case
def a_server_that_takes_no_password_is_told_of():
    expect_unknown("basic for tickets", "what helps: a ticket, without --user")


@case
def a_token_from_a_file():
    expect_fine("token")
    expect_unknown("wrong token", "logons that it takes: Bearer; Bearer was tried")
    expect_equal(asked_with("token", "Bearer").count("401"), 1, "refused tokens")


@case
def ntlm_of_samba():
    expect_fine("ntlm")
    expect_unknown("wrong ntlm", "logons that it takes: NTLM; NTLM was tried")
    verdicts = all_seen()["log of ntlm"]
    expect_equal(verdicts.count("NA"), 1, f"refusals in {verdicts}")
    expect_unknown("foreign ntlm", "ASCII alone")  # libcurl would make another password of it
    expect(verdicts.count("AF") >= 1, f"nobody was let in: {verdicts}")


if "--show" in sys.argv:
    needs_programs()
    enter_namespace()
    furnish_namespace()
    for word, result in all_seen().items():
        print(f"== {word}\n{result.flat if isinstance(result, Result) else result}\n")
    sys.exit(0)

main()
