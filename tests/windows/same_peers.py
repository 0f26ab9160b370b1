"""Programs for Windows, under Wine, beside those of this system: the same real servers are asked by
both, and have to be told the same. A directory of slapd by wldap32; tickets of MIT's KDC by SSPI,
and who takes them: Apache and Postfix.

    EXDIAG_WINDOWS=build/windows python3 same_peers.py build/release [CASE...]

What Wine cannot decide is skipped by name (peers.py says what). Its wldap32 is OpenLDAP.
"""

import base64
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE.parent / "peers")]

from harness import *  # noqa: E402, F403
from lab.apache import WebServer  # noqa: E402
from lab.kdc import Kdc  # noqa: E402
from lab.once import once  # noqa: E402
from lab.postfix import TicketServer  # noqa: E402
from lab.samba import PASSWORD  # noqa: E402
from lab.server import Network, needs_programs  # noqa: E402
from lab.slapd import SUFFIX, Slapd  # noqa: E402

REALM = "CORP.TEST"
SLAPD, LIMITED, STRANGER = (f"127.0.0.{host}" for host in (13, 14, 15))
KDC = SLAPD  # which this system asks for tickets, as a domain controller
WEB, PLAIN, MAIL, MAIL_TLS = (f"127.0.0.{host}" for host in (31, 32, 21, 22))
REFUSING, SILENT, CLOSING = (f"127.0.0.{host}" for host in (41, 42, 43))
HOSTS = {
    SLAPD: "ldap.corp.test", STRANGER: "stranger.corp.test", SILENT: "silent.corp.test",
    REFUSING: "refusing.corp.test",
}  # fmt: skip
FRONT = "ex01.corp.test"
PEOPLE = 2000  # more than two pages
SECRET = "Wonder:land-ü"
INVALID_CREDENTIALS, NO_SUCH_OBJECT, SIZE_LIMIT, REFERRAL = 49, 32, 4, 10
S_PRINCIPAL_UNKNOWN = 7
AES256 = 18
TIMEOUT, PATIENCE = 2, 30  # seconds: for those that are silent, and for those that are not
OF_THE_RUN = ("time", "took_ms", "connected_ms", "secured_ms", "answered_ms", "ended_ms", "reason")
UNTOLD = ("caller", "referrals")  # by Wine's Kerberos and wldap32: each has a case of its own

HOSTILE = [
    "dn: cn=\\22quoted\\22\\2c \\2b and \\3c\\3e\\;\\\\,{suffix}\nobjectClass: person\nsn: hostile\n"
    'cn: "quoted", + and <>;\\',
    "dn:: {umlaut}\nobjectClass: person\nsn: hostile\ncn:: {umlaut_cn}\ndescription:: {controls}",
    "dn: cn=long,{suffix}\nobjectClass: person\nsn: hostile\ncn: long\ndescription: {long}",
    "dn: cn=many,{suffix}\nobjectClass: person\nsn: hostile\ncn: many\n{many}",
    "dn: cn=octets,{suffix}\nobjectClass: person\nobjectClass: extensibleObject\nsn: hostile\ncn: octets\n"
    "userPassword:: {octets}",
]


def encoded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class Directory(Slapd):
    """With entries that are hard to write down."""

    def fill(self, people):
        super().fill(people)
        text = "\n\n".join(HOSTILE).format(
            suffix=SUFFIX, umlaut=encoded(f"cn=Müller 東京 \U0001f600,{SUFFIX}"),
            umlaut_cn=encoded("Müller 東京 \U0001f600"), controls=encoded("a\x1b[31mred\r\nb\t\x07"),
            long="x" * 300_000, many="\n".join(f"description: value {number}" for number in range(3000)),
            octets=encoded(bytes(range(256))),
        )  # fmt: skip
        self.run("slapadd", "-f", self.configuration, "-l", self.write("hostile.ldif", text + "\n"))


class TicketKdc(Kdc):
    """With a user, services, and a service of which no server has the key."""

    PROGRAMS = (*Kdc.PROGRAMS, "kadmin.local")

    def __init__(self, network, address):
        super().__init__(network, address, REALM)
        self.command(f"addprinc -pw {PASSWORD} alice")
        mail = ("SMTPSVC/mail.corp.test", "SMTPSVC/other.corp.test")
        for service in (*mail, f"HTTP/{FRONT}", f"ldap/{HOSTS[SLAPD]}"):
            self.command(f"addprinc -randkey {service}")

    def command(self, command):
        self.run("kadmin.local", "-r", REALM, "-q", command, **self.variables)

    def keytab(self, service):
        path = self.folder / f"{service.split('/')[0]}.keytab"
        self.command(f"ktadd -k {path} {service}")
        return path

    def is_ready(self):
        return super().is_ready() and "commencing operation" in self.log()


class Front(WebServer):
    """Below /basic it asks for a password."""

    def settings(self):
        digest = base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()
        self.write("passwords", f"alice:{{SHA}}{digest}\n")
        lines = [
            *(f"LoadModule {name}_module {self.module(name)}" for name in ("auth_basic", "authn_file")),
            f'CustomLog {self.folder}/authorization.txt "%>s %U %{{Authorization}}i"',
            f"Alias /basic {self.folder}/pages", "<Location /basic>", "AuthType Basic",
            'AuthName "basic"', f"AuthUserFile {self.folder}/passwords", "Require valid-user",
            "</Location>",
        ]  # fmt: skip
        return super().settings() + "\n".join(lines) + "\n"

    def authorizations(self):
        return (self.folder / "authorization.txt").read_text().splitlines()


class Closing:
    """Takes connections and closes each as soon as something came; or says nothing at all."""

    def __init__(self, address, port, closes):
        self.closes, self.kept = closes, []
        self.listener = socket.create_server((address, port))
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                self.kept.append(client)
                if self.closes:
                    client.recv(4096)
                    client.close()


# ---- asking ----


class Asker:
    """Both programs, with the tickets of one file."""

    def __init__(self, folder, name):
        self.tickets = f"FILE:{folder}/{name}.ccache"
        self.name = name
        self.configuration = folder / f"{name}.conf"
        self.configuration.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            f"dns_canonicalize_hostname = false\n[realms]\n{REALM} = {{\n kdc = {KDC}\n}}\n"
        )

    def variables(self, more):
        return {**os.environ, "KRB5CCNAME": self.tickets, "KRB5_CONFIG": str(self.configuration), **more}

    def log_on(self):
        done = subprocess.run(
            ["kinit", f"{self.name}@{REALM}"], input=PASSWORD, text=True, timeout=DEADLINE,
            capture_output=True, check=False, env=self.variables({}),
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"kinit: {done.stderr}")
        return self

    def ask(self, words, questions, options, more):
        done = subprocess.run(
            [*words, *map(str, options)], input="".join(f"{one}\n" for one in questions).encode(),
            capture_output=True, timeout=DEADLINE, check=False, env=self.variables(more),
        )  # fmt: skip
        out, err = done.stdout.decode(), done.stderr.decode()
        expect_equal((done.returncode, err), (0, ""), f"asking by {words[-1]}: {out[-500:]}")
        for secret in (PASSWORD, SECRET):
            expect_not_in(secret, out, "the evidence")
        return [json.loads(line) for line in out.splitlines()]

    def both(self, name, *questions, options=(), own=(), **more):
        """What became of each question: a pair of this system's answer and that under Wine."""
        here = self.ask([str(BUILD / name)], questions, [*options, *own], more)
        there = self.ask(program(name), questions, options, more)
        expect_equal(len(there), len(here), f"answers to {questions}")
        return list(zip(here, there))


def search(address, filter_, attributes="", host=None, base=SUFFIX, scope="subtree", port=389):
    tls = "tls" if port == 636 else "plain"
    return "\t".join(["search", f"{address}:{port}", host or "-", tls, base, scope, filter_, attributes])


def ticket(spn):
    return "\t".join(["ticket", f"{KDC}:88", REALM, spn])


def logon(address, spn):
    return "\t".join(["logon", f"{address}:25", f"{KDC}:88", REALM, spn])


def page(scheme, address, path, who, host=FRONT):
    return "\t".join([scheme, f"{address}:{443 if scheme == 'https' else 80}", host, path, "get", who])


def plain(answer):
    """Without what is another each time, and the words of each system's libraries."""
    fields = [field for field in answer.get("fields") or [] if field["name"] != "Date"]
    kept = {name: value for name, value in answer.items() if name not in OF_THE_RUN}
    return {**kept, "fields": fields}


def expect_same(pair, what, *told):
    if isinstance(pair, AssertionError):
        raise pair
    left_out = {*UNTOLD} - {*told}
    here, there = (
        {name: value for name, value in plain(one).items() if name not in left_out} for one in pair
    )
    different = {name for name in {*here, *there} if here.get(name) != there.get(name)}
    shown = {name: (str(here.get(name))[:300], str(there.get(name))[:300]) for name in different}
    expect(not different, f"{what}, here and under Wine: {shown}")


# ---- the lab ----


def name_hosts(folder):
    path = folder / "hosts"
    path.write_text("".join(f"{address} {name}\n" for address, name in HOSTS.items()))
    subprocess.run(["mount", "--bind", path, "/etc/hosts"], check=True)


@contextlib.contextmanager
def hosts_named(folder):
    name_hosts(folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "/etc/hosts"], check=False)


@once
def all_seen():
    needs_namespace()
    needs_programs("kinit")
    seen = {}
    with Network() as network, hosts_named(network.folder), contextlib.ExitStack() as stack:
        kdc = TicketKdc(network, KDC)
        mail, web = kdc.keytab("SMTPSVC/mail.corp.test"), kdc.keytab(f"HTTP/{FRONT}")
        keys = kdc.keytab(f"ldap/{HOSTS[SLAPD]}")
        directory = Directory(network, SLAPD, HOSTS[SLAPD], PASSWORD, PEOPLE, "unlimited", keytab=keys)
        servers = [
            kdc,
            directory,
            Slapd(network, LIMITED, "limited.corp.test", PASSWORD, people=20, size_limit=7),
            Slapd(network, STRANGER, HOSTS[STRANGER], PASSWORD, people=1, size_limit=7),
            Front(network, WEB, FRONT, keytab=web),
            Front(network, PLAIN, FRONT, keytab=web, over_tls=False),
            TicketServer(network, MAIL, "mail.corp.test", mail),
            TicketServer(network, MAIL_TLS, "mail.corp.test", mail, behind_tls=True),
        ]
        stack.enter_context(network.up(*servers))
        for port in (389, 636):
            stack.enter_context(Closing(SILENT, port, closes=False))
            stack.enter_context(Closing(CLOSING, port, closes=True))
        alice, nobody = Asker(network.folder, "alice").log_on(), Asker(network.folder, "nobody")
        ask_directories(seen, nobody)
        ask_by_password(seen, nobody, directory)
        ask_as_caller(seen, alice)
        ask_for_tickets(seen, alice, nobody)
        ask_webs(seen, alice, nobody, servers[4])
        seen["authorizations"] = servers[4].authorizations() + servers[5].authorizations()
    return seen


def ask_directories(seen, nobody):
    names = {
        "rootdse": search(SLAPD, "(objectClass=*)", base="", scope="base"),
        "pages": search(SLAPD, "(cn=person *)", "cn sn"),
        "hostile": search(SLAPD, "(sn=hostile)", "cn description sn userpassword"),
        "special": search(SLAPD, "(|(cn=\\2a)(cn=a\\00b)(cn=\\22quoted\\22, + and <>;\\5c)(sn=7))", "cn"),
        "limit": search(LIMITED, "(objectClass=person)", "cn"),
        "elsewhere": search(SLAPD, "(cn=*)", "cn", base=f"ou=elsewhere,{SUFFIX}"),
        "references": search(SLAPD, "(sn=7)", "cn"),
        "no object": search(SLAPD, "(cn=*)", "cn", base=f"ou=none,{SUFFIX}"),
        "no filter": search(SLAPD, "(cn=*", "cn"),
        "refused": search(REFUSING, "(cn=*)"),
        "closed": search(CLOSING, "(cn=*)"),
    }
    pairs = nobody.both(
        "tests/ask_directory", *names.values(), options=("--timeout", PATIENCE, "--in-turn")
    )
    seen.update(zip(names, pairs))
    (seen["silent"],) = nobody.both(
        "tests/ask_directory", search(SILENT, "(cn=*)"), options=("--timeout", TIMEOUT)
    )


def ask_by_password(seen, nobody, directory):
    def ask(address, *numbers, port=389, timeout=PATIENCE, **more):
        host = HOSTS[address]
        return nobody.both(
            "tests/ask_directory",
            *(search(address, f"(sn={number})", "cn", host, port=port) for number in numbers),
            options=("--user", f"cn=admin,{SUFFIX}", "--dc", host, "--timeout", timeout),
            own=("--ca-file", directory.authority), **{"EXDIAG_PASSWORD": PASSWORD, **more},
        )  # fmt: skip

    (seen["starttls"],) = ask(SLAPD, 7)
    (seen["ldaps"],) = ask(SLAPD, 7, port=636)
    seen["wrong password"] = ask(SLAPD, 7, 8, 9, 10, EXDIAG_PASSWORD="not the password")
    (seen["stranger"],) = ask(STRANGER, 0)
    (seen["stranger over ldaps"],) = ask(STRANGER, 0, port=636)
    (seen["starttls refused"],) = ask(REFUSING, 7)
    (seen["starttls silent"],) = ask(SILENT, 7, timeout=TIMEOUT)


def attempt(ask):
    """What it gives, or why it gives nothing: a program that has crashed."""
    try:
        return ask()
    except AssertionError as error:
        return error


def ask_as_caller(seen, alice):
    question = search(SLAPD, "(sn=7)", "cn", HOSTS[SLAPD])
    options = ("--timeout", PATIENCE)
    seen["sspi"] = attempt(lambda: alice.both("tests/ask_directory", question, options=options)[0])


def ask_for_tickets(seen, alice, nobody):
    (seen["ticket"],) = alice.both("tests/ask_directory", ticket("SMTPSVC/mail.corp.test"))
    (seen["unknown name"],) = alice.both("tests/ask_directory", ticket("SMTPSVC/nowhere.corp.test"))
    (seen["no tickets"],) = nobody.both("tests/ask_directory", ticket("SMTPSVC/mail.corp.test"))
    (seen["logon"],) = alice.both("tests/ask_directory", logon(MAIL, "SMTPSVC/mail.corp.test"))
    (seen["logon over tls"],) = alice.both("tests/ask_directory", logon(MAIL_TLS, "SMTPSVC/mail.corp.test"))
    (seen["another's key"],) = alice.both("tests/ask_directory", logon(MAIL, "SMTPSVC/other.corp.test"))
    (seen["logon without name"],) = alice.both("tests/ask_directory", logon(MAIL, "SMTPSVC/no.corp.test"))
    (seen["logon of nobody"],) = nobody.both("tests/ask_directory", logon(MAIL, "SMTPSVC/mail.corp.test"))


def ask_webs(seen, alice, nobody, web):
    place = "/EWS/index.html"
    trusting = ("--ca-file", str(web.folder / "certificate.pem"))
    by_password = ("--user", "alice", "--server", FRONT, *trusting)

    def ask(who, question, *options, **more):
        (pair,) = who.both("tests/ask_web", question, options=options, **more)
        return pair

    seen["web"] = ask(alice, page("http", PLAIN, place, "somebody"))
    seen["web over tls"] = ask(alice, page("https", WEB, place, "somebody"), *trusting)
    seen["web anonymous"] = ask(nobody, page("https", WEB, place, "nobody"), *trusting)
    seen["web of nobody"] = ask(nobody, page("http", PLAIN, place, "somebody"))
    seen["web without name"] = ask(alice, page("http", PLAIN, place, "somebody", host="no.corp.test"))
    seen["web stranger"] = ask(alice, page("https", WEB, place, "somebody", host=FRONT))
    basic = page("https", WEB, "/basic/index.html", "somebody")
    seen["basic"] = ask(nobody, basic, *by_password, EXDIAG_PASSWORD=SECRET)
    seen["basic wrong"] = ask(nobody, basic, *by_password, EXDIAG_PASSWORD="wrong")


def seen(name):
    return all_seen()[name]


# ---- wldap32 ----


def expect_outcome(name, status, identity="anonymous", result=0):
    expect_same(seen(name), name)
    there = seen(name)[1]
    got = there["status"], there["identity"], there.get("result", 0)
    expect_equal(got, (status, identity, result), f"{name}: {there}"[:600])
    return there


@case
def a_rootdse():
    answer = expect_outcome("rootdse", "ok")
    expect_equal(len(answer["entries"]), 1, "entries")


@case
def all_pages_of_2000_entries():
    answer = expect_outcome("pages", "ok")
    expect_equal(len(answer["entries"]), PEOPLE, "entries")
    expect("more" not in answer, "they are all there are")


@case
def entries_that_are_hard_to_write_down():
    answer = expect_outcome("hostile", "ok")
    expect_equal(len(answer["entries"]), len(HOSTILE), "entries")


@case
def filters_with_special_characters():
    expect_equal(len(expect_outcome("special", "ok")["entries"]), 2, "entries")


@case
def a_server_that_limits_what_it_gives():
    answer = expect_outcome("limit", "ok", result=SIZE_LIMIT)
    expect_equal((len(answer["entries"]), answer["more"]), (7, True), "entries")


@case
def a_referral_is_noted_and_not_followed():
    answer = expect_outcome("elsewhere", "rejected", result=REFERRAL)
    expect_same(seen("elsewhere"), "elsewhere", "referrals")
    expect_in("127.0.0.99", answer["referrals"][0], "where it is")


@case
def references_are_noted_and_not_followed():
    expect_same(seen("references"), "references", "referrals")


@case
def what_a_server_rejects():
    expect_outcome("no object", "rejected", result=NO_SUCH_OBJECT)
    expect_outcome("no filter", "invalid")


@case
def a_server_that_refuses():
    expect_outcome("refused", "refused")


@case
def a_server_that_closes():
    expect_outcome("closed", "closed")


def expect_deadline(name):
    for answer in seen(name):
        expect(answer["took_ms"] < 1000 * (TIMEOUT + 10), f"{name} took {answer['took_ms']} ms")


@case
def a_server_that_is_silent():
    expect_outcome("silent", "timeout")
    expect_deadline("silent")


@case
def a_password_over_starttls():
    answer = expect_outcome("starttls", "ok", "named")
    expect_equal([entry["dn"] for entry in answer["entries"]], [f"cn=person 7,{SUFFIX}"], "entries")


@case
def a_password_over_ldaps():
    expect_outcome("ldaps", "ok", "named")


@case
def a_logon_by_sspi():
    expect_outcome("sspi", "ok", "caller")


@case
def a_wrong_password_is_tried_once():
    for number in (0, 1):
        answers = [pair[number] for pair in seen("wrong password")]
        refused = [answer for answer in answers if answer["status"] == "rejected"]
        expect_equal([answer["result"] for answer in refused], [INVALID_CREDENTIALS], "logons")
        expect_equal({answer["status"] for answer in answers}, {"rejected", "denied"}, "the others")


@case
def a_password_goes_to_no_stranger():
    expect_same(seen("stranger"), "stranger")
    expect_equal(seen("stranger")[1]["status"], "denied", "what became of it")


@case
def a_password_goes_to_no_stranger_over_ldaps():
    """Windows does not say why it makes no TLS: what may be the reason is said instead."""
    here, there = seen("stranger over ldaps")
    expect_equal((here["status"], here["entries"]), ("denied", []), "here")
    expect_equal((there["status"], there["entries"]), ("closed", []), f"under Wine: {there}")
    expect_in("certificate", there["reason"], "what may be the reason")


@case
def starttls_of_who_refuses_or_is_silent():
    expect_outcome("starttls refused", "refused", "named")
    expect_outcome("starttls silent", "timeout", "named")
    expect_deadline("starttls silent")


# ---- SSPI ----


@case
def a_ticket():
    expect_same(seen("ticket"), "a ticket")
    answer = seen("ticket")[1]
    expect_equal((answer["status"], answer["encryption"]), ("ok", AES256), "the ticket")


@case
def a_name_without_a_ticket():
    """Wine has one code for all that a KDC refuses: it is no finding, and says so."""
    here, there = seen("unknown name")
    expect_equal((here["status"], here["error_code"]), ("ok", S_PRINCIPAL_UNKNOWN), "here")
    expect_equal(there["status"], "malformed", f"under Wine: {there}")
    expect_in("Windows says 0x8009", there["reason"], "why")


@case
def a_caller_without_tickets():
    for name in ("no tickets", "logon of nobody", "web of nobody"):
        expect_same(seen(name), name)
        expect_equal(seen(name)[1]["status"], "not-found", name)


@case
def whose_tickets_they_are():
    for name in ("logon", "web"):
        expect_same(seen(name), name, "caller")


@case
def a_logon_to_a_mail_server():
    for name in ("logon", "logon over tls"):
        expect_same(seen(name), name)
        answer = seen(name)[1]
        expect_equal((answer["status"], answer["code"], answer["enhanced"]), ("ok", 235, "2.7.0"), name)


@case
def a_token_that_a_mail_server_takes():
    """It goes on to what it offers, behind which the logon is given up with a word."""
    for name in ("logon", "logon over tls"):
        answer = seen(name)[1]
        expect_equal((answer["step"], answer["mechanism"]), ("tokens", "AUTH GSSAPI"), name)
        expect(answer["code"] in (235, 501), f"{name}: {answer}")


@case
def a_token_by_the_key_of_another():
    expect_same(seen("another's key"), "another's key")
    expect_equal(seen("another's key")[1]["code"], 535, "what the server says")


@case
def tokens_that_a_web_server_takes():
    for name in ("web", "web over tls"):
        expect_same(seen(name), name)
        answer = seen(name)[1]
        expect_equal((answer["code"], answer["scheme"]), (200, "negotiate"), name)


@case
def nobody_is_asked_for_a_ticket():
    expect_same(seen("web anonymous"), "anonymously")
    expect_equal(seen("web anonymous")[1]["code"], 401, "anonymously")


@case
def passwords_over_verified_tls():
    for name, code in (("basic", 200), ("basic wrong", 401)):
        expect_same(seen(name), name)
        expect_equal(seen(name)[1]["code"], code, name)


@case
def no_token_goes_to_a_stranger():
    expect_same(seen("web stranger"), "a stranger")
    expect_equal(seen("web stranger")[1]["status"], "denied", "what became of it")


if "--show" in sys.argv:
    enter_namespace()
    furnish_namespace()
    for name, pairs in all_seen().items():
        if name == "authorizations":
            continue
        for here, there in pairs if isinstance(pairs, list) else [pairs]:
            print(f"{name}\n  here {json.dumps(here)[:900]}\n  wine {json.dumps(there)[:900]}\n")
    sys.exit(0)

main()
