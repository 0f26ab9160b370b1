"""Requests to web servers as somebody: Apache with mod_auth_gssapi, Samba's KDC, and certificates.
The gatherer asks by itself (ask_web)."""

import base64
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.apache import WebServer  # noqa: E402
from lab.caller import Caller  # noqa: E402
from lab.once import once  # noqa: E402
from lab.samba import PASSWORD, Domain, DomainController, open_directory  # noqa: E402
from lab.server import Network, Server, clock_variables, needs_programs  # noqa: E402

ASK = program("tests/ask_web")
DC1, WEB, PLAIN, AHEAD, OTHER, STRANGER = (f"127.0.0.{host}" for host in (11, 31, 32, 33, 34, 35))
NAME, REALM = "ex01.corp.test", "CORP.TEST"
S_PRINCIPAL_UNKNOWN, SKEW = 7, 37
SECRET = "Wonder:land-ü"
AHEAD_BY = 600


class Front(WebServer):
    """Below /basic it asks for a password, /away leads to another server, and what authorization
    came with each request is in a log of its own."""

    def settings(self):
        digest = base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()
        self.write("passwords", f"alice:{{SHA}}{digest}\n")
        modules = ("auth_basic", "authn_file")
        lines = [
            *(f"LoadModule {module}_module {self.module(module)}" for module in modules),
            f'CustomLog {self.folder}/authorization.txt "%>s %U %{{Authorization}}i"',
            f"Redirect 302 /away https://{OTHER}/EWS/",
            f"Alias /basic {self.folder}/pages",
            "<Location /basic>",
            "AuthType Basic",
            'AuthName "basic"',
            f"AuthUserFile {self.folder}/passwords",
            "Require valid-user",
            "</Location>",
        ]
        return super().settings() + "\n".join(lines) + "\n"

    def authorizations(self):
        return (self.folder / "authorization.txt").read_text()


class Asking(Caller):
    """A caller by whose tickets ask_web asks."""

    def __init__(self, folder, name):
        super().__init__(folder, name, REALM, DC1)

    def ask(self, scheme, address, path="/EWS/index.html", *options, host=NAME, who="somebody", kdc=True,
            **more):  # fmt: skip
        port = 443 if scheme == "https" else 80
        words = [scheme, f"{address}:{port}", host, path, "get", who]
        if kdc:
            words += [f"{DC1}:88", REALM]
        done = subprocess.run(
            [*ASK, *options], input="\t".join(words) + "\n", text=True, capture_output=True,
            timeout=DEADLINE, check=False, env=self.variables(**more),
        )  # fmt: skip
        expect_equal((done.returncode, done.stderr), (0, ""), "asking")
        expect_not_in(SECRET, done.stdout, "the evidence")
        return json.loads(done.stdout)


def ask_all(seen, network, web, alice, nobody):
    trusting = ("--ca-file", str(web.folder / "certificate.pem"))
    by_password = ("--user", "alice", "--server", NAME, *trusting)
    seen["tls"] = alice.ask("https", WEB, "/EWS/index.html", *trusting)
    seen["plain"] = alice.ask("http", PLAIN)
    seen["kdc found"] = alice.ask("http", PLAIN, kdc=False)
    seen["anonymous"] = nobody.ask("https", WEB, "/EWS/index.html", *trusting, who="nobody")
    seen["no ticket"] = nobody.ask("http", PLAIN)
    seen["no name"] = alice.ask("http", PLAIN, host="nowhere.corp.test")
    seen["stranger"] = alice.ask("https", STRANGER, "/EWS/index.html", *trusting)
    seen["insecure"] = alice.ask("https", STRANGER, "/EWS/index.html", "--insecure", *trusting)
    seen["server ahead"] = alice.ask("http", AHEAD)
    seen["caller ahead"] = alice.ask("http", PLAIN, **clock_variables(AHEAD_BY))
    seen["away"] = alice.ask("https", WEB, "/away", *trusting)
    seen["basic"] = nobody.ask("https", WEB, "/basic/index.html", *by_password, EXDIAG_PASSWORD=SECRET)
    seen["basic away"] = nobody.ask("https", WEB, "/away", *by_password, EXDIAG_PASSWORD=SECRET)
    seen["wrong"] = nobody.ask("https", WEB, "/basic/index.html", *by_password, EXDIAG_PASSWORD="wrong")
    seen["basic to a stranger"] = nobody.ask(
        "https", STRANGER, "/basic/index.html", "--insecure", *by_password, EXDIAG_PASSWORD=SECRET
    )


@once
def all_seen():
    needs_programs("kinit")
    seen = {}
    with Network() as network:
        domain = Domain(network, "corp.test", {"dc1": DC1})
        open_directory(domain.configuration).newuser("alice", PASSWORD)
        domain.add_computer("EX01", [f"HTTP/{NAME}"])
        keytab = network.folder / "ex01.keytab"
        domain.export_keytab(keytab, f"HTTP/{NAME}")
        web = Front(network, WEB, NAME, keytab=keytab)
        plain = Front(network, PLAIN, NAME, keytab=keytab, over_tls=False)
        ahead = Front(network, AHEAD, NAME, keytab=keytab, over_tls=False, offset=AHEAD_BY)
        other = Front(network, OTHER, NAME, keytab=keytab)
        stranger = Front(network, STRANGER, NAME, keytab=keytab)
        servers = [web, plain, ahead, other, stranger]
        with network.up(DomainController(domain, "dc1"), *servers):
            alice, nobody = Asking(network.folder, "alice").log_on(), Asking(network.folder, "nobody")
            ask_all(seen, network, web, alice, nobody)
        seen["log of web"] = web.authorizations()
        seen["log of other"] = other.authorizations()
        seen["log of stranger"] = stranger.authorizations()
    return seen


def expect_answer(name, status, step, **rest):
    answer = all_seen()[name]
    expect_equal((answer["status"], answer["step"]), (status, step), f"{name}: {answer}")
    for member, wanted in rest.items():
        expect_equal(answer.get(member), wanted, f"{name}: {member}")
    return answer


@case
def the_callers_own_ticket_is_good():
    good = {"code": 200, "scheme": "negotiate", "caller": f"alice@{REALM}", "error_code": None}
    answer = expect_answer("tls", "ok", "body", verify_code=0, **good)
    expect_in(f"CN={NAME}", answer["chain"][0]["subject"], "the certificate")
    expect_answer("plain", "ok", "body", chain=None, **good)
    expect_answer("kdc found", "ok", "body", **good)


@case
def nobody_is_asked_for_a_ticket():
    answer = expect_answer("anonymous", "ok", "body", code=401, scheme="none", caller=None)
    expect_equal([challenge["scheme"] for challenge in answer["challenges"]], ["Negotiate"], "schemes")


@case
def without_a_ticket_nothing_is_sent():
    expect_answer("no ticket", "not-found", "ticket", code=None, caller=None)
    expect_answer("no name", "rejected", "ticket", code=None, error_code=S_PRINCIPAL_UNKNOWN)


@case
def a_certificate_that_does_not_verify():
    answer = expect_answer("stranger", "denied", "handshake", code=None)
    expect(answer["verify_code"] != 0, "the certificate is judged")
    answer = expect_answer("insecure", "ok", "body", code=200)
    expect(answer["verify_code"] != 0, "the certificate is judged")
    expect_answer("basic to a stranger", "denied", "handshake", code=None)
    expect_not_in("Basic", all_seen()["log of stranger"], "the stranger's log")


@case
def a_server_whose_clock_is_ahead():
    answer = expect_answer("server ahead", "ok", "body", code=401, scheme="negotiate")
    challenge = answer["challenges"][0]
    expect_equal(
        (challenge["scheme"], challenge.get("token"), challenge.get("error_code")),
        ("Negotiate", "kerberos-error", SKEW), f"the challenge: {challenge}",
    )  # fmt: skip
    ahead = challenge["server_time_us"] / 1e6 - time.time()
    expect(AHEAD_BY - 2 * DEADLINE < ahead < AHEAD_BY + 2, f"the server's time: {ahead}")


@case
def a_caller_whose_clock_is_ahead():
    answer = expect_answer("caller ahead", "rejected", "ticket", code=None, error_code=SKEW)
    expect(abs(answer["server_time_us"] / 1e6 - time.time()) < 2 * DEADLINE, "the KDC's time")


@case
def what_shows_who_one_is_follows_no_redirect():
    for name in ("away", "basic away"):
        answer = expect_answer(name, "ok", "body", code=302)
        location = [field["value"] for field in answer["fields"] if field["name"] == "Location"]
        expect_equal(location, [f"https://{OTHER}/EWS/"], f"{name}: Location")
    expect_equal(all_seen()["log of other"], "", "the other server's log")


@case
def a_password_over_verified_tls():
    expect_answer("basic", "ok", "body", code=200, scheme="basic", caller="alice")
    expect_answer("wrong", "ok", "body", code=401, scheme="basic")
    log = all_seen()["log of web"]
    expect_equal(log.count("200 /basic/index.html Basic "), 1, f"the log: {log}")
    expect_equal(log.count("401 /basic/index.html Basic "), 1, f"the log: {log}")
    expect_equal(log.count("/EWS/index.html Negotiate "), 1, f"the log: {log}")


if "--show" in sys.argv:
    for name, answer in all_seen().items():
        print(f"{name}: {json.dumps(answer) if not name.startswith('log') else answer}\n")
    sys.exit(0)

main()
