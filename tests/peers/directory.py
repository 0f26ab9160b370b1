"""Directories and KDCs that are real: Samba's domain controller, OpenLDAP's slapd, MIT's KDC. They
are asked by the gatherers themselves (ask_directory), which look up no name: there is no name
server here, and their configuration of Kerberos knows no realm."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.kdc import Kdc  # noqa: E402
from lab.once import once  # noqa: E402
from lab.samba import (  # noqa: E402
    PASSWORD, Domain, DomainController, modify, open_directory, write_past_rules,
)  # fmt: skip
from lab.slapd import SUFFIX, Slapd  # noqa: E402
from lab.server import Network, accepts, clock_variables, needs_programs  # noqa: E402

ASK = program("tests/ask_directory")
DC1, STRICT, SLAPD = "127.0.0.11", "127.0.0.12", "127.0.0.13"
UDP_KDC, TERSE_KDC, MEDDLER = "127.0.0.41", "127.0.0.42", "127.0.0.51"
HOST = "dc1.corp.test"
ROOT_DN = "DC=corp,DC=test"
REALM = "CORP.TEST"
COMPUTERS = 600  # more than a page
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

    def __init__(self, folder, name, kdc=DC1):
        self.tickets = f"FILE:{folder}/{name}.ccache"
        self.knowing = folder / "knowing.conf"
        self.knowing.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            f"[realms]\n{REALM} = {{\n kdc = {kdc}\n}}\n"
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
            "LDAPTLS_REQCERT": "never", "LDAPURI": "ldap://127.0.0.99",
            "ASAN_OPTIONS": "verify_asan_link_order=0", **variables,  # libfaketime comes before
        }  # fmt: skip
        if password:
            environment["EXDIAG_PASSWORD"] = password
        done = subprocess.run(
            [*ASK, *map(str, options)], input="".join(f"{one}\n" for one in questions), text=True,
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


def names_of(answer):
    return [entry["dn"] for entry in answer["entries"]]


def expect_outcome(answer, status, identity, result=0):
    got = answer["status"], answer["identity"], answer.get("result", 0)
    expect_equal(got, (status, identity, result), f"the outcome of {answer}"[:1000])


# ---- the lab ----


class LightKdc(Kdc):
    """MIT's KDC with a user and a service, whose tickets are small: no directory has a say in them.
    It speaks UDP alone, or over UDP says of every answer that it is too big."""

    PROGRAMS = (*Kdc.PROGRAMS, "kadmin.local")

    def __init__(self, network, address, terse):
        self.terse = terse
        self.PORTS = (88,) if terse else ()
        super().__init__(network, address, REALM)
        self.keytab = self.folder / "keytab"
        for command in (
            f"addprinc -pw {PASSWORD} alice",
            "addprinc -randkey SMTPSVC/mail.corp.test",
            "addprinc -randkey ldap/ldap.corp.test",
            f"ktadd -k {self.keytab} ldap/ldap.corp.test",
        ):
            self.run("kadmin.local", "-r", REALM, "-q", command, **self.variables)

    def settings(self):
        text = super().settings()
        if self.terse:
            return text.replace("[realms]", "    kdc_max_dgram_reply_size = 200\n[realms]")
        return re.sub(r"kdc_tcp_listen = .*", 'kdc_tcp_listen = ""', text)

    def is_ready(self):
        return super().is_ready() and "commencing operation" in self.log()


def fill(domain):
    """A user, servers with and without their names, one name that two have, and many computers."""
    directory = open_directory(domain.configuration)
    directory.newuser("alice", PASSWORD)
    directory.newuser("mallory", PASSWORD)
    names = ["SMTPSVC/mail.corp.test", "SMTPSVC/ex01.corp.test"]
    domain.add_computer("EX01", names)
    domain.add_computer("EX02")
    domain.let_search_by_kerberos()
    modify(directory, directory.get_default_basedn(), "lockoutThreshold", ["10"])  # bad passwords are counted
    directory.transaction_start()
    for number in range(COMPUTERS):
        directory.add({
            "dn": f"CN=PC{number:05},CN=Computers,{ROOT_DN}", "objectClass": "computer",
            "sAMAccountName": f"PC{number:05}$",
        })  # fmt: skip
    directory.transaction_commit()
    for account, others in (("EX01", names), ("EX02", [])):
        write_past_rules(
            domain.folder / "data", f"CN={account},CN=Computers,{ROOT_DN}", "servicePrincipalName",
            [*others, "SMTPSVC/twice.corp.test"],
        )  # fmt: skip


def with_tls(more=()):
    return ["tls enabled = yes", *more]


@once
def examine_all():
    needs_programs("kinit")
    seen = {}
    with Network() as network:
        domain = Domain(network, "corp.test", {"dc1": DC1, "dc2": STRICT})
        fill(domain)
        lenient = with_tls(["ldap server require strong auth = allow_sasl_over_tls"])
        dc1 = DomainController(domain, "dc1", directives=lenient)
        strict = DomainController(domain, "dc2", directives=with_tls())
        kdcs = [
            LightKdc(network, address, address == TERSE_KDC) for address in (UDP_KDC, TERSE_KDC, SLAPD)
        ]
        slapd = Slapd(
            network, SLAPD, "ldap.corp.test", PASSWORD, people=20, size_limit=7, keytab=kdcs[-1].keytab
        )
        with network.up(dc1, strict, slapd, *kdcs):
            wait_until(lambda: all(accepts(address, 636) for address in (DC1, STRICT)))
            nobody, alice = Asker(network.folder, "nobody"), Asker(network.folder, "alice").log_on()
            ask_anonymously(seen, nobody)
            ask_by_password(seen, nobody, dc1)
            ask_as_caller(seen, alice, dc1, strict)
            ask_for_tickets(seen, network, alice)
            ask_others(seen, network, nobody, slapd)
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
    with Meddler():
        seen["meddled with"] = alice.ask_one(search(f"{MEDDLER}:389", "(cn=EX01)", "cn"))
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


class Meddler:
    """Stands before a controller, and changes a bit of each sealed message that comes from it."""

    def __enter__(self):
        self.listening = [socket.create_server((MEDDLER, port)) for port in (88, 389)]
        for one in self.listening:
            threading.Thread(target=self.accept, args=[one], daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in self.listening:
            one.close()

    def accept(self, listening):
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection((DC1, listening.getsockname()[1]))
                threading.Thread(target=self.carry, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self.carry, args=(server, client, True), daemon=True).start()

    @staticmethod
    def carry(source, target, meddles):
        is_ldap = 389 in (source.getpeername()[1], source.getsockname()[1])
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if meddles and is_ldap and piece[:2] == b"\0\0":  # a length; LDAP begins with 0x30
                    piece = piece[:-1] + bytes([piece[-1] ^ 1])
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


def ask_others(seen, network, nobody, slapd):
    people = "(objectClass=person)"
    seen["slapd limit"] = nobody.ask_one(
        search(f"{SLAPD}:389", people, "cn", host=None, base=SUFFIX), options=("--user", "cn=admin")
    )
    admin = {
        "options": ("--user", f"cn=admin,{SUFFIX}", "--dc", "ldap.corp.test", "--ca-file", slapd.authority),
        "password": PASSWORD,
    }  # fmt: skip
    ldap = {"host": "ldap.corp.test", "base": SUFFIX}
    seen["slapd"] = nobody.ask_one(search(f"{SLAPD}:636", people, "cn", tls=True, **ldap), **admin)
    seen["slapd starttls"] = nobody.ask_one(search(f"{SLAPD}:389", people, "cn", **ldap), **admin)
    seen["slapd elsewhere"] = nobody.ask_one(
        search(f"{SLAPD}:389", "(cn=*)", "cn", host="ldap.corp.test", base=f"ou=elsewhere,{SUFFIX}"), **admin
    )
    caller = Asker(network.folder, "slapd", SLAPD).log_on()
    seen["slapd sealed"] = caller.ask_one(search(f"{SLAPD}:389", "(sn=7)", "cn", **ldap))
    seen["slapd bound"] = caller.ask_one(
        search(f"{SLAPD}:636", "(sn=7)", "cn", tls=True, **ldap), options=admin["options"][2:]
    )
    seen["kdcs"] = {
        address: Asker(network.folder, address, address)
        .log_on()
        .ask_one(ticket("SMTPSVC/mail.corp.test", address=f"{address}:88"))
        for address in (UDP_KDC, TERSE_KDC)
    }


def ask_who_is_silent(seen, alice, dc1):
    options = {"options": ("--timeout", 1)}
    os.killpg(dc1.processes[-1].pid, signal.SIGSTOP)
    try:
        seen["silent"] = alice.ask_one(search(f"{DC1}:389", "(cn=EX01)"), **options)
        seen["silent over tls"] = alice.ask_one(search(f"{DC1}:636", "(cn=EX01)", tls=True), **options)
        seen["silent kdc"] = alice.ask_one(ticket("SMTPSVC/mail.corp.test"), **options)
    finally:
        os.killpg(dc1.processes[-1].pid, signal.SIGCONT)


def seen(name):
    return examine_all()[name]


# ---- the claims ----


@case
def the_rootdse_is_read_by_anybody():
    expect_outcome(seen("rootdse"), "ok", "anonymous")
    expect_equal(values(seen("rootdse"), "dnsHostName"), [HOST], "its name")
    expect_equal(values(seen("rootdse"), "defaultNamingContext"), [ROOT_DN], "its domain")


@case
def an_anonymous_search_is_refused_in_the_servers_words():
    expect_outcome(seen("anonymous"), "rejected", "anonymous", NO_ACCESS)
    expect_in("00002020", seen("anonymous")["diagnostic"], "what it says")
    expect_equal(seen("anonymous")["entries"], [], "entries")


@case
def what_is_no_filter_is_not_sent():
    expect_outcome(seen("no filter"), "invalid", "anonymous")


@case
def a_password_over_ldaps():
    expect_outcome(seen("ldaps"), "ok", "named")
    expect_equal(names_of(seen("ldaps")), [f"CN=EX01,CN=Computers,{ROOT_DN}"], "who has the name")
    expect(len(seen("ldaps")["referrals"]) == 3, "the other partitions are noted, and not asked")


@case
def a_password_over_starttls():
    expect_outcome(seen("starttls"), "ok", "named")
    expect_equal(values(seen("starttls"), "cn"), ["alice"], "the user")


@case
def the_global_catalog():
    expect_outcome(seen("catalog"), "ok", "named")
    expect_equal(values(seen("catalog"), "cn"), ["EX01"], "what it has")


@case
def no_password_goes_to_who_cannot_prove_its_name():
    for name, reason in (("untrusted", "local issuer"), ("another name", "hostname mismatch")):
        expect_outcome(seen(name), "denied", "named")
        expect_in(reason, seen(name)["reason"], "why not")


@case
def a_wrong_password_is_tried_once():
    answers = seen("wrong password")
    refused = [answer for answer in answers if answer["status"] == "rejected"]
    expect_equal(len(refused), 1, "logons that were refused")
    expect_outcome(refused[0], "rejected", "named", INVALID_CREDENTIALS)
    expect_in("data 52e", refused[0]["diagnostic"], "what it says")
    expect_equal({answer["status"] for answer in answers}, {"rejected", "denied"}, "the others")
    expect_equal(values(seen("bad passwords"), "badPwdCount"), ["1"], "bad passwords it counted")


@case
def as_the_caller_all_pages():
    expect_outcome(seen("all"), "ok", "caller")
    accounts = set(values(seen("all"), "sAMAccountName"))
    expect_equal(len(accounts), COMPUTERS + 3, "computers")
    expect("more" not in seen("all"), "they are all there are")


@case
def a_controller_that_wants_signing_is_sealed_to():
    expect_outcome(seen("sealed"), "ok", "caller")
    expect_equal(values(seen("sealed"), "cn"), ["EX01"], "what it has")


@case
def what_is_changed_on_the_way_is_not_taken():
    expect_outcome(seen("meddled with"), "malformed", "caller")
    expect_in("not sealed by this server", seen("meddled with")["reason"], "why")
    expect_equal(seen("meddled with")["entries"], [], "entries")


@case
def kerberos_over_tls():
    expect_outcome(seen("kerberos over tls"), "ok", "caller")
    expect_outcome(seen("strict over tls"), "rejected", "caller", STRONGER_AUTH_REQUIRED)


@case
def a_base_that_is_not_there():
    expect_outcome(seen("no object"), "rejected", "caller", NO_SUCH_OBJECT)


@case
def a_controller_without_a_name_for_ldap_is_not_asked_anonymously():
    expect_outcome(seen("no such service"), "not-found", "caller")
    expect_in("not found in Kerberos database", seen("no such service")["reason"], "why")


@case
def special_characters_change_no_filter():
    expect_outcome(seen("special"), "ok", "caller")
    expect_equal(values(seen("special"), "cn"), ["EX01"], "what it has")


@case
def a_name_that_two_accounts_have():
    expect_equal(sorted(values(seen("twice"), "sAMAccountName")), ["EX01$", "EX02$"], "whose it is")


@case
def many_searches_have_one_session():
    answers = seen("in a row")
    expect_equal({answer["status"] for answer in answers}, {"ok"}, "how they ended")
    first, *others = (answer["took_ms"] for answer in answers)
    expect(sum(others) / len(others) < first, f"{first} ms, then {others}")


@case
def tickets():
    mail, nowhere, twice = (seen("tickets")[name] for name in ("mail", "nowhere", "twice"))
    expect_equal((mail["status"], mail["encryption"]), ("ok", AES256), "a ticket that is granted")
    for answer in (nowhere, twice):  # Samba says the same of both
        expect_equal((answer["status"], answer["error_code"]), ("ok", S_PRINCIPAL_UNKNOWN), "none")
        expect(abs(answer["server_time_us"] / 1e6 - time.time()) < DEADLINE, "the KDC's time")


@case
def a_realm_of_which_the_caller_has_no_ticket():
    expect_equal(seen("of another realm")["status"], "not-found", "how it ended")
    expect_in(REALM, seen("of another realm")["reason"], "why")


@case
def a_clock_that_is_wrong():
    answer = seen("skew")
    expect_equal((answer["status"], answer["error_code"]), ("ok", SKEW), "what the KDC says")
    expect(abs(answer["server_time_us"] / 1e6 - time.time()) < DEADLINE, "the KDC's time")


@case
def a_ticket_that_has_expired():
    expect_equal(seen("expired")["status"], "not-found", "how it ended")
    expect_in("expired", seen("expired")["reason"], "why")
    expect_outcome(seen("expired search"), "rejected", "anonymous", NO_ACCESS)
    expect_in("has expired", seen("expired search")["reason"], "why it was asked anonymously")


@case
def a_kdc_over_udp_alone_and_one_whose_answers_are_too_big_for_it():
    for address, answer in seen("kdcs").items():
        expect_equal((answer["status"], answer.get("encryption")), ("ok", AES256), f"of {address}")


@case
def nobody_waits_longer_than_told():
    for name in ("silent", "silent over tls", "silent kdc"):
        expect_equal(seen(name)["status"], "timeout", name)
        expect(900 < seen(name)["took_ms"] < 20000, f"{name}: {seen(name)['took_ms']} ms")
    expect_equal(seen("closed port")["status"], "refused", "a closed port")


@case
def slapd_gives_what_its_limit_allows():
    expect_outcome(seen("slapd limit"), "ok", "anonymous", 4)
    expect_equal(len(seen("slapd limit")["entries"]), 7, "entries")
    expect(seen("slapd limit")["more"], "there are more")


@case
def slapd_by_password():
    for name in ("slapd", "slapd starttls"):
        expect_outcome(seen(name), "ok", "named")
        expect_equal(len(seen(name)["entries"]), 20, "entries")
        expect_equal(len(seen(name)["referrals"]), 1, "referrals")
    elsewhere = seen("slapd elsewhere")
    expect_outcome(elsewhere, "rejected", "named", 10)
    expect_in("127.0.0.99", elsewhere["referrals"][0], "where it is")


@case
def slapd_by_kerberos_sealed_and_bound_to_its_tls():
    for name in ("slapd sealed", "slapd bound"):
        expect_outcome(seen(name), "ok", "caller")
        expect_equal(values(seen(name), "cn"), ["person 7"], "what it has")


if "--show" in sys.argv:
    for name, answer in examine_all().items():
        text = json.dumps(answer)
        print(f"{name}: {text[:700]}{'...' if len(text) > 700 else ''}\n")
    sys.exit(0)

main()
