"""Logons to mail servers by tickets that are real: Postfix with Cyrus SASL, whose service is
SMTPSVC as Exchange's is, and Samba's KDC. The gatherer asks by itself (ask_directory)."""

import functools
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.postfix import ExchangeFront, TicketServer  # noqa: E402
from lab.samba import PASSWORD, Domain, DomainController, open_directory  # noqa: E402
from lab.server import Network, clock_variables, needs_programs  # noqa: E402

ASK = BUILD / "tests/ask_directory"
DC1, MAIL, EXCHANGE, OVER_TLS = "127.0.0.11", "127.0.0.21", "127.0.0.22", "127.0.0.23"
REALM = "CORP.TEST"
S_PRINCIPAL_UNKNOWN, SKEW = 7, 37


class Caller:
    """Who has the tickets of one file; without logging on, none."""

    def __init__(self, folder, name):
        self.name = name
        self.tickets = f"FILE:{folder}/{name}.ccache"
        self.configuration = folder / f"{name}.conf"
        self.configuration.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            f"[realms]\n{REALM} = {{\n kdc = {DC1}\n}}\n"
        )

    def variables(self, **more):
        return {
            **os.environ, "KRB5CCNAME": self.tickets, "KRB5_CONFIG": str(self.configuration),
            "ASAN_OPTIONS": "verify_asan_link_order=0", **more,
        }  # fmt: skip

    def log_on(self):
        done = subprocess.run(
            ["kinit", f"{self.name}@{REALM}"], input=PASSWORD, text=True, timeout=DEADLINE,
            capture_output=True, check=False, env=self.variables(),
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"kinit: {done.stderr}")
        return self

    def ask(self, address, host, **more):
        """What becomes of a logon to this address by the ticket for this host."""
        question = "\t".join(["logon", f"{address}:25", f"{DC1}:88", REALM, f"SMTPSVC/{host}"])
        done = subprocess.run(
            [str(ASK)], input=question + "\n", text=True, capture_output=True, timeout=DEADLINE,
            check=False, env=self.variables(**more),
        )  # fmt: skip
        expect_equal((done.returncode, done.stderr), (0, ""), "asking")
        return json.loads(done.stdout)


def examine_all():
    needs_programs("kinit")
    seen = {}
    with Network() as network:
        domain = Domain(network, "corp.test", {"dc1": DC1})
        open_directory(domain.configuration).newuser("alice", PASSWORD)
        domain.add_computer("EX01", ["SMTPSVC/mail.corp.test"])
        domain.add_computer("EX02", ["SMTPSVC/moved.corp.test"])
        keytab = network.folder / "ex01.keytab"
        domain.export_keytab(keytab, "SMTPSVC/mail.corp.test")
        servers = [
            TicketServer(network, MAIL, "mail.corp.test", keytab),
            TicketServer(network, OVER_TLS, "mail.corp.test", keytab, behind_tls=True),
        ]
        with network.up(DomainController(domain, "dc1"), *servers), ExchangeFront(EXCHANGE, MAIL):
            alice, nobody = Caller(network.folder, "alice").log_on(), Caller(network.folder, "nobody")
            server = Caller(network.folder, "EX02$").log_on()
            seen["auth"] = alice.ask(MAIL, "mail.corp.test")
            seen["exps"] = alice.ask(EXCHANGE, "mail.corp.test")
            seen["by a server"] = server.ask(EXCHANGE, "mail.corp.test")
            seen["over tls"] = alice.ask(OVER_TLS, "mail.corp.test")
            seen["elsewhere"] = alice.ask(EXCHANGE, "moved.corp.test")
            seen["missing"] = alice.ask(EXCHANGE, "nowhere.corp.test")
            seen["nobody"] = nobody.ask(EXCHANGE, "mail.corp.test")
            seen["skew"] = alice.ask(EXCHANGE, "mail.corp.test", **clock_variables(600))
            seen["closed"] = alice.ask("127.0.0.99", "mail.corp.test")
    return seen


@functools.lru_cache(maxsize=None)
def all_seen():
    return examine_all()


def expect_logon(name, status, step, **rest):
    answer = all_seen()[name]
    expect_equal((answer["status"], answer["step"]), (status, step), f"{name}: {answer}")
    for member, wanted in rest.items():
        expect_equal(answer.get(member), wanted, f"{name}: {member}")
    return answer


@case
def a_logon_that_is_good():
    good = {"status": "ok", "step": "tokens", "code": 235, "enhanced": "2.7.0"}
    expect_logon("auth", mechanism="AUTH GSSAPI", caller="alice@CORP.TEST", **good)
    expect_logon("exps", mechanism="X-EXPS GSSAPI", over_tls=None, **good)
    expect_logon("by a server", mechanism="X-EXPS GSSAPI", caller="EX02$@CORP.TEST", **good)
    expect_logon("over tls", mechanism="AUTH GSSAPI", over_tls=True, **good)


@case
def a_name_on_another_account():
    expect_logon("elsewhere", "ok", "tokens", code=535, enhanced="5.7.8", error_code=None)


@case
def a_name_that_nobody_has():
    expect_logon("missing", "rejected", "ticket", error_code=S_PRINCIPAL_UNKNOWN, code=None)


@case
def a_caller_without_a_ticket():
    expect_logon("nobody", "not-found", "ticket", error_code=None, caller=None)


@case
def a_clock_that_is_wrong():
    answer = expect_logon("skew", "rejected", "ticket", error_code=SKEW)
    expect(abs(answer["server_time_us"] / 1e6 - time.time()) < DEADLINE, "the KDC's time")


@case
def a_server_that_is_not_there():
    expect_logon("closed", "refused", "connect", code=None)


if "--show" in sys.argv:
    for name, answer in examine_all().items():
        print(f"{name}: {json.dumps(answer) if name != 'log' else answer}\n")
    sys.exit(0)

main()
