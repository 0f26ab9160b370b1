"""Directories and KDCs that are real: Samba's domain controller, OpenLDAP's slapd, MIT's KDC. They
are asked by the gatherers themselves (ask_directory), which look up no name: there is no name
server here, and their configuration of Kerberos knows no realm."""

import functools
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.samba import PASSWORD, Domain, DomainController, modify, open_directory  # noqa: E402
from lab.server import Network, accepts, clock_variables, needs_programs  # noqa: E402

ASK = BUILD / "tests/ask_directory"
DC1, STRICT = "127.0.0.11", "127.0.0.12"
HOST = "dc1.corp.test"
ROOT_DN = "DC=corp,DC=test"
REALM = "CORP.TEST"
COMPUTERS = 1200  # more than a page of 500, and more than a controller gives without paging
NO_ACCESS = 1  # operationsError, as Active Directory says it
STRONGER_AUTH_REQUIRED, INVALID_CREDENTIALS, NO_SUCH_OBJECT = 8, 49, 32
S_PRINCIPAL_UNKNOWN, SKEW = 7, 37
AES256 = 18


def search(address, filter_, attributes="", host=HOST, base=ROOT_DN, scope="subtree", tls=False):
    return "\t".join(
        ["search", address, host or "-", "tls" if tls else "plain", base, scope, filter_, attributes]
    )


def ticket(spn, address=f"{DC1}:88", realm=REALM):
    return "\t".join(["ticket", address, realm, spn])


def rootdse(address, **options):
    return search(address, "(objectClass=*)", base="", scope="base", **options)


class Asker:
    """The gatherers, with the tickets of one file."""

    def __init__(self, folder, name):
        self.tickets = f"FILE:{folder}/{name}.ccache"
        self.knowing = folder / "knowing.conf"
        self.knowing.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            f"[realms]\n{REALM} = {{\n kdc = {DC1}\n}}\n"
        )
        self.knowing_nothing = folder / "krb5.conf"
        self.knowing_nothing.write_text("[libdefaults]\ndns_lookup_kdc = false\n")

    def log_on(self, *options, user="alice", **variables):
        done = subprocess.run(
            ["kinit", *options, f"{user}@{REALM}"], input=PASSWORD, text=True, timeout=DEADLINE,
            capture_output=True, check=False,
            env={**os.environ, "KRB5CCNAME": self.tickets, "KRB5_CONFIG": str(self.knowing), **variables},
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"kinit: {done.stderr}")
        return self

    def ask(self, *questions, options=(), password=None, **variables):
        """What became of each question, in the order in which they were answered."""
        environment = {
            **os.environ, "KRB5CCNAME": self.tickets, "KRB5_CONFIG": str(self.knowing_nothing),
            "LDAPTLS_REQCERT": "never", "LDAPURI": "ldap://127.0.0.99", "SASL_NOCANON": "off", **variables,
        }  # fmt: skip
        if password:
            environment["EXDIAG_PASSWORD"] = password
        done = subprocess.run(
            [str(ASK), *map(str, options)], input="".join(f"{one}\n" for one in questions), text=True,
            capture_output=True, timeout=DEADLINE, check=False, env=environment,
        )  # fmt: skip
        expect_equal((done.returncode, done.stderr), (0, ""), "asking")
        if password:
            expect_not_in(password, done.stdout, "the evidence")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ask_one(self, question, **options):
        (answer,) = self.ask(question, **options)
        return answer


def values(answer, name):
    """The values of one attribute of all entries."""
    return [
        value
        for entry in answer["entries"]
        for attribute in entry["attributes"]
        if attribute["name"].lower() == name.lower()
        for value in attribute["values"]
    ]


def expect_outcome(answer, status, identity, result=0):
    got = answer["status"], answer["identity"], answer.get("result", 0)
    expect_equal(got, (status, identity, result), f"the outcome of {answer}"[:1000])


# ---- the lab ----


def fill(domain):
    """A user, servers with and without their names, one name that two have, and many computers."""
    directory = open_directory(domain.configuration)
    directory.newuser("alice", PASSWORD)
    directory.newuser("mallory", PASSWORD)
    domain.add_computer("EX01", ["SMTPSVC/mail.corp.test", "SMTPSVC/ex01.corp.test"])
    domain.add_computer("EX02")
    controller = directory.search(directory.domain_dn(), expression="(sAMAccountName=DC1$)")[0]
    names = [str(name) for name in controller["servicePrincipalName"]]
    modify(directory, controller.dn, "servicePrincipalName", [*names, f"ldap/{HOST}"])
    modify(directory, directory.get_default_basedn(), "lockoutThreshold", ["10"])  # bad passwords are counted
    directory.transaction_start()
    for number in range(COMPUTERS):
        directory.add({
            "dn": f"CN=PC{number:05},CN=Computers,{ROOT_DN}", "objectClass": "computer",
            "sAMAccountName": f"PC{number:05}$",
        })  # fmt: skip
    directory.transaction_commit()
    duplicate(domain, f"CN=EX01,CN=Computers,{ROOT_DN}", f"CN=EX02,CN=Computers,{ROOT_DN}")


def duplicate(domain, *accounts):
    """What no controller lets anybody write: past its modules."""
    import ldb

    partition = domain.folder / f"data/private/sam.ldb.d/{ROOT_DN.upper()}.ldb"
    database = ldb.Ldb(str(partition), flags=ldb.FLG_NOSYNC)
    for account in accounts:
        message = ldb.Message(ldb.Dn(database, account))
        message["servicePrincipalName"] = ldb.MessageElement(
            "SMTPSVC/twice.corp.test", ldb.FLAG_MOD_ADD, "servicePrincipalName"
        )
        database.modify(message)


def with_tls(more=()):
    return ["tls enabled = yes", *more]


def examine_all():
    needs_programs("kinit")
    seen = {}
    with Network() as network:
        domain = Domain(network, "corp.test", {"dc1": DC1, "dc2": STRICT})
        fill(domain)
        lenient = with_tls(["ldap server require strong auth = allow_sasl_over_tls"])
        dc1 = DomainController(domain, "dc1", directives=lenient)
        strict = DomainController(domain, "dc2", directives=with_tls())
        with network.up(dc1, strict):
            wait_until(lambda: all(accepts(address, 636) for address in (DC1, STRICT)))
            nobody, alice = Asker(network.folder, "nobody"), Asker(network.folder, "alice").log_on()
            ask_anonymously(seen, nobody)
            ask_by_password(seen, nobody, dc1)
            ask_as_caller(seen, alice, dc1, strict)
            ask_for_tickets(seen, network, alice)
            ask_who_is_silent(seen, alice, dc1)
    return seen


def ask_anonymously(seen, nobody):
    seen["rootdse"] = nobody.ask_one(rootdse(f"{DC1}:389"))
    seen["anonymous"] = nobody.ask_one(search(f"{DC1}:389", "(objectClass=computer)"))
    seen["no filter"] = nobody.ask_one(search(f"{DC1}:389", "(objectClass=computer"))


def ask_by_password(seen, nobody, dc1):
    authority = ("--ca-file", dc1.data / "private/tls/ca.pem")
    alice = {"options": ("--user", "alice@corp.test", *authority), "password": PASSWORD}
    seen["ldaps"] = nobody.ask_one(
        search(f"{DC1}:636", "(servicePrincipalName=smtpsvc/mail.corp.test)", "dnshostname", tls=True), **alice
    )  # fmt: skip
    seen["starttls"] = nobody.ask_one(search(f"{DC1}:389", "(sAMAccountName=alice)", "cn"), **alice)
    seen["catalog"] = nobody.ask_one(search(f"{DC1}:3269", "(cn=EX01)", "cn", base="", tls=True), **alice)
    seen["untrusted"] = nobody.ask_one(
        search(f"{DC1}:636", "(cn=EX01)", "cn", tls=True), options=("--user", "alice@corp.test"),
        password=PASSWORD,
    )  # fmt: skip
    seen["another name"] = nobody.ask_one(
        search(f"{DC1}:636", "(cn=EX01)", "cn", host="dc9.corp.test", tls=True), **alice
    )
    seen["wrong password"] = nobody.ask(
        *(search(f"{DC1}:636", f"(cn=PC{number:05})", "cn", tls=True) for number in range(8)),
        options=("--user", "mallory@corp.test", *authority), password="not the password",
    )  # fmt: skip
    seen["bad passwords"] = nobody.ask_one(
        search(f"{DC1}:389", "(sAMAccountName=mallory)", "badpwdcount"), **alice
    )


def ask_as_caller(seen, alice, dc1, strict):
    seen["all"] = alice.ask_one(search(f"{DC1}:389", "(objectClass=computer)", "samaccountname"))
    seen["sealed"] = alice.ask_one(search(f"{STRICT}:389", "(cn=EX01)", "cn"))
    seen["strict over tls"] = alice.ask_one(
        search(f"{STRICT}:636", "(cn=EX01)", "cn", tls=True),
        options=("--ca-file", strict.data / "private/tls/ca.pem"),
    )
    seen["kerberos over tls"] = alice.ask_one(
        search(f"{DC1}:636", "(cn=EX01)", "cn", tls=True),
        options=("--ca-file", dc1.data / "private/tls/ca.pem"),
    )
    seen["no object"] = alice.ask_one(search(f"{DC1}:389", "(cn=*)", "cn", base=f"OU=none,{ROOT_DN}"))
    seen["no such service"] = alice.ask_one(search(f"{DC1}:389", "(cn=EX01)", host="dc9.corp.test"))
    seen["special"] = alice.ask_one(
        search(f"{DC1}:389", "(|(cn=\\2a)(cn=a\\00b)(cn=\\28\\29\\5c)(cn=EX01))", "cn")
    )
    seen["twice"] = alice.ask_one(
        search(f"{DC1}:389", "(servicePrincipalName=SMTPSVC/twice.corp.test)", "samaccountname")
    )
    seen["in a row"] = alice.ask(
        *(search(f"{DC1}:389", f"(cn=PC{number:05})", "cn") for number in range(20)), options=["--in-turn"]
    )


def ask_for_tickets(seen, network, alice):
    names = ("mail", "nowhere", "twice")
    seen["tickets"] = dict(
        zip(names, alice.ask(*(ticket(f"SMTPSVC/{name}.corp.test") for name in names), options=["--in-turn"]))
    )
    seen["of another realm"] = alice.ask_one(ticket("SMTPSVC/mail.other.test", realm="OTHER.TEST"))
    seen["skew"] = alice.ask_one(ticket("SMTPSVC/mail.corp.test"), **clock_variables(600))
    seen["closed port"] = alice.ask_one(ticket("SMTPSVC/mail.corp.test", address=f"{DC1}:89"))
    brief = Asker(network.folder, "brief").log_on("-l", "5s")
    expect_equal(brief.ask_one(ticket("SMTPSVC/mail.corp.test"))["status"], "ok", "before it expired")
    seen["expired"] = brief.ask_one(ticket("SMTPSVC/mail.corp.test"), **clock_variables(6))
    seen["expired search"] = brief.ask_one(search(f"{DC1}:389", "(cn=EX01)"), **clock_variables(6))


def ask_who_is_silent(seen, alice, dc1):
    options = {"options": ("--timeout", 1)}
    os.killpg(dc1.processes[-1].pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        seen["silent"] = alice.ask_one(search(f"{DC1}:389", "(cn=EX01)"), **options)
        seen["silent over tls"] = alice.ask_one(search(f"{DC1}:636", "(cn=EX01)", tls=True), **options)
        seen["silent kdc"] = alice.ask_one(ticket("SMTPSVC/mail.corp.test"), **options)
        seen["patience"] = time.monotonic() - began
    finally:
        os.killpg(dc1.processes[-1].pid, signal.SIGCONT)


@functools.cache
def outcome():
    try:
        return examine_all(), None
    except Skip as reason:
        return None, reason
    except Exception as error:  # the same for every case: it is not tried again
        print(explain_failure(error))
        return None, AssertionError(f"no runs to look at: {type(error).__name__}: {error}")


def seen(name):
    answers, error = outcome()
    if error:
        raise error.with_traceback(None)
    return answers[name]



if "--show" in sys.argv:
    for name, answer in examine_all().items():
        text = json.dumps(answer)
        print(f"{name}: {text[:700]}{'...' if len(text) > 700 else ''}\n")
    sys.exit(0)
