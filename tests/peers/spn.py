"""Service principal names where everything is real: an organisation of Exchange in the directory of
Samba's domain controller, its KDC, and mail servers that take its tickets: Postfix with Cyrus SASL,
whose service is SMTPSVC as Exchange's is. The whole program examines one world of names after the
other; the gatherer of logons is also asked by itself (ask_directory)."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.exchange import EXCHANGE_2003, Organisation, extend_schema  # noqa: E402
from lab.once import once  # noqa: E402
from lab.postfix import ExchangeFront, TicketServer  # noqa: E402
from lab.samba import (  # noqa: E402
    PASSWORD, Domain, DomainController, modify, open_directory, write_past_rules,
)  # fmt: skip
from lab.server import Network, clock_variables, needs_programs  # noqa: E402

ASK = program("tests/ask_directory")
DOMAIN, REALM, ROOT_DN = "corp.test", "CORP.TEST", "DC=corp,DC=test"
GRANTED, S_PRINCIPAL_UNKNOWN, SKEW = 0, 7, 37
OF_NAMES = ("smtp-spn-missing", "smtp-spn-duplicate", "smtp-spn-misplaced")
DEAD, DC1 = "127.0.0.10", "127.0.0.11"
OVER_TLS = "127.0.0.124"

# ---- the organisation ----

EX01, EX02, EX03, MAIL, OLD = (f"{name}.corp.test" for name in ("ex01", "ex02", "ex03", "mail", "old"))
ADDRESSES = {EX01: "127.0.0.21", EX02: "127.0.0.22", EX03: "127.0.0.23"}
BEHIND = {EX01: "127.0.0.121", EX02: "127.0.0.122", EX03: "127.0.0.123"}
CALLED = {EX01: MAIL, EX02: EX02, EX03: OLD}  # what each calls itself

ACCOUNTS = {
    "EX01": f"CN=EX01,CN=Computers,{ROOT_DN}",
    "EX02": f"CN=EX02,CN=Computers,{ROOT_DN}",
    "EX03": f"CN=EX03,CN=Computers,{ROOT_DN}",
    "svc-mail": f"CN=svc-mail,CN=Users,{ROOT_DN}",
}

# Who has which names. Case and the order in which Exchange's versions wrote them do not matter.
HEALTHY = {
    "EX01": ["SmtpSvc/EX01", f"SmtpSvc/{EX01}", f"smtpsvc/{MAIL.upper()}"],
    "EX02": ["SMTPSVC/EX02", f"SMTPSVC/{EX02}", f"SMTP/{EX02}"],
    "EX03": ["SMTPSVC/EX03", f"SMTPSVC/{EX03}", f"SMTPSVC/{OLD}"],
    "svc-mail": [f"HTTP/{MAIL}"],
}


def without(spn):
    return {
        account: [name for name in names if name.lower() != spn.lower()]
        for account, names in HEALTHY.items()
    }


def on(account, spn, world):
    return {**world, account: [*world[account], spn]}


OF_MAIL, OF_OLD = f"SMTPSVC/{MAIL}", f"SMTPSVC/{OLD}"
WORLDS = {
    "healthy": HEALTHY,
    "missing": without(OF_MAIL),
    "missing on 2003": without(OF_OLD),
    "twice": on("EX02", OF_MAIL, HEALTHY),
    "misplaced": on("EX02", OF_MAIL, without(OF_MAIL)),
    "on a user": on("svc-mail", OF_MAIL, without(OF_MAIL)),
    "HOST alone": on("EX01", f"HOST/{MAIL}", without(OF_MAIL)),
}


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

    def log_on(self, keytab=None):
        done = subprocess.run(
            ["kinit", *(["-k", "-t", keytab] if keytab else []), f"{self.name}@{REALM}"],
            input=PASSWORD, text=True, timeout=DEADLINE, capture_output=True, check=False,
            env=self.variables(),
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"kinit: {done.stderr}")
        return self

    def ask(self, address, host, **more):
        """What becomes of a logon to this address by the ticket for this host."""
        question = "\t".join(["logon", f"{address}:25", f"{DC1}:88", REALM, f"SMTPSVC/{host}"])
        done = subprocess.run(
            ASK, input=question + "\n", text=True, capture_output=True, timeout=DEADLINE,
            check=False, env=self.variables(**more),
        )  # fmt: skip
        expect_equal((done.returncode, done.stderr), (0, ""), "asking")
        return json.loads(done.stdout)


class Examination:
    """The whole program's, as this caller: its report and its evidence."""

    def __init__(self, folder, caller, *arguments):
        self.file = folder / f"{time.monotonic_ns()}.jsonl"
        self.result = exdiag(
            "check", "--only", "spn", "--dns", DC1, "--format", "json", "--save", self.file, *arguments,
            variables={"KRB5CCNAME": caller.tickets, "KRB5_CONFIG": str(caller.configuration)},
        )  # fmt: skip
        self.file_text = self.file.read_text()
        self.evidence = [json.loads(line) for line in self.file_text.splitlines()]
        self.text = exdiag("report", self.file, "--verbose").out

    def findings(self, outcome):
        return self.result.findings(outcome)

    def of(self, kind, **members):
        """The evidence of one kind with these members."""
        return [
            item
            for item in self.evidence
            if item.get("key", "").split(" ")[0] == kind
            and all(item.get(name) == value for name, value in members.items())
        ]

    def finding(self, finding_id, name):
        for finding in self.result.report["findings"]:
            if (finding["id"], finding["subject"]["name"]) == (finding_id, name):
                return finding
        raise AssertionError(f"nothing of {finding_id} about {name}: {self.result.findings()}")

    def commands(self, finding_id, name, part="fix"):
        return [step["command"] for step in self.finding(finding_id, name)[part]]


# ---- the lab ----


def make_domain(network):
    members = {host.split(".")[0]: address for host, address in ADDRESSES.items()}
    members |= {"mail": ADDRESSES[EX01], "old": ADDRESSES[EX03]}
    domain = Domain(network, DOMAIN, {"dc1": DC1, "dc0": DEAD}, members)
    directory = open_directory(domain.configuration)
    for user in ("alice", "svc-mail"):
        directory.newuser(user, PASSWORD)
    for account in ("EX01", "EX02", "EX03"):
        domain.add_computer(account, HEALTHY[account])
        directory_account = directory.search(ACCOUNTS[account], scope=0)[0]
        modify(directory, directory_account.dn, "dNSHostName", [f"{account.lower()}.{DOMAIN}"])
    domain.let_search_by_kerberos()
    extend_schema(domain)
    organisation = Organisation(domain)
    for server in ("EX01", "EX02"):
        organisation.add_server(server)
        organisation.add_connector(server, f"Default {server}", CALLED[f"{server.lower()}.{DOMAIN}"])
    organisation.add_server("EX03", EXCHANGE_2003)
    organisation.add_virtual_server("EX03", "1", OLD)
    return domain


def make_mail_servers(network, domain):
    """Each has the key of its own account alone, for all names that it answers to."""
    keytab = {}
    for host in ADDRESSES:
        keytab[host] = network.folder / f"{host}.keytab"
        names = {host, CALLED[host]}
        domain.export_keytab(keytab[host], *(f"SMTPSVC/{name}" for name in names))
    servers = [TicketServer(network, BEHIND[host], CALLED[host], keytab[host]) for host in ADDRESSES]
    return [*servers, TicketServer(network, OVER_TLS, MAIL, keytab[EX01], behind_tls=True)]


def make_world(controller, name):
    for account, names in WORLDS[name].items():
        write_past_rules(controller.data, ACCOUNTS[account], "servicePrincipalName", names)


@once
def all_seen():
    needs_programs("kinit")
    seen = {}
    with Network() as network, contextlib.ExitStack() as stack:
        domain = make_domain(network)
        keytab = network.folder / "accounts.keytab"
        domain.export_keytab(keytab, "EX01$", "EX02$")
        servers = make_mail_servers(network, domain)
        dc1 = DomainController(domain, "dc1", pdc="dc0", directives=["tls enabled = yes"])
        stack.enter_context(network.up(dc1, *servers))
        for host, address in ADDRESSES.items():
            stack.enter_context(ExchangeFront(address, BEHIND[host]))
        callers = {name: Caller(network.folder, name) for name in ("alice", "nobody", "EX01$", "EX02$")}
        callers["alice"].log_on()
        for name in ("EX01$", "EX02$"):
            callers[name].log_on(keytab)
        ask_by_itself(seen, callers)
        examine_worlds(seen, network, dc1, callers)
        examine_as_others(seen, network, dc1, callers)
    return seen


def ask_by_itself(seen, callers):
    alice, server, nobody = (callers[name] for name in ("alice", "EX02$", "nobody"))
    seen["auth"] = alice.ask(BEHIND[EX01], MAIL)
    seen["exps"] = alice.ask(ADDRESSES[EX01], MAIL)
    seen["by a server"] = server.ask(ADDRESSES[EX01], MAIL)
    seen["over tls"] = alice.ask(OVER_TLS, MAIL)
    seen["elsewhere"] = alice.ask(ADDRESSES[EX01], EX02)
    seen["missing"] = alice.ask(ADDRESSES[EX01], "nowhere.corp.test")
    seen["nobody"] = nobody.ask(ADDRESSES[EX01], MAIL)
    seen["skew"] = alice.ask(ADDRESSES[EX01], MAIL, **clock_variables(600))
    seen["closed"] = alice.ask("127.0.0.99", MAIL)


def examine_worlds(seen, network, dc1, callers):
    seen["worlds"] = {}
    for name in WORLDS:
        make_world(dc1, name)
        seen["worlds"][name] = Examination(
            network.folder, callers["EX02$"], "--domain", DOMAIN, "--authenticate"
        )


def examine_as_others(seen, network, dc1, callers):
    """The name of EX01 is on EX02, whose own names are right."""
    make_world(dc1, "misplaced")
    folder, nobody = network.folder, callers["nobody"]
    whole = ["--domain", DOMAIN]
    authority = ["--ca-file", dc1.data / "private/tls/ca.pem"]
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    named = ["--user", f"alice@{DOMAIN}", "--password-file", password]
    seen["user"] = Examination(folder, callers["alice"], *whole, "--authenticate")
    seen["itself"] = Examination(folder, callers["EX01$"], *whole, "--authenticate")
    seen["anonymous"] = Examination(folder, nobody, *whole, "--authenticate")
    seen["starttls"] = Examination(folder, nobody, *whole, *named, *authority)
    seen["untrusted"] = Examination(folder, nobody, *whole, *named)
    seen["ldaps"] = Examination(
        folder, nobody, *whole, *named, *authority, "--port", "ldap=9", "--port", "gc=9"
    )
    seen["one server"] = Examination(folder, callers["alice"], "--server", EX02)
    seen["its controller"] = Examination(folder, callers["alice"], "--dc", f"dc1.{DOMAIN}")
    seen["an address"] = Examination(folder, callers["alice"], "--dc", DC1, "--server", EX02)
    with contextlib.closing(socket.create_server((DEAD, 389))):
        seen["silent"] = Examination(folder, callers["alice"], *whole, "--timeout", 2)


def expect_logon(name, status, step, **rest):
    answer = all_seen()[name]
    expect_equal((answer["status"], answer["step"]), (status, step), f"{name}: {answer}")
    for member, wanted in rest.items():
        expect_equal(answer.get(member), wanted, f"{name}: {member}")
    return answer


# ---- the gatherer of logons ----


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


# ---- the whole program, world by world ----


def world(name):
    return all_seen()["worlds"][name]


def expect_problems(name, *wanted):
    """All that is wrong, and no other doubt."""
    examination = world(name)
    names = {(finding, server) for finding, server in wanted}
    found = {one for one in examination.findings("problem") if one[0] in OF_NAMES}
    expect_equal(found, names, f"what is wrong with the names of {name!r}")
    unknown = {one for one in examination.findings("unknown") if one[0] in OF_NAMES}
    expect_equal(unknown, set(), f"what is not known of the names of {name!r}")
    return examination


def expect_commands(examination, finding_id, name, *wanted, part="fix"):
    """The commands of setspn that change something, in their order."""
    got = [
        line
        for command in examination.commands(finding_id, name, part)
        for line in command.splitlines()
        if re.match(r"setspn (-[UCF] )*-[ADS] ", line)
    ]
    expect_equal(got, list(wanted), f"{part} of {finding_id}")


def expect_ticket(examination, host, code):
    (ticket,) = examination.of("ticket", spn=f"SMTPSVC/{host}")
    expect_equal((ticket["status"], ticket.get("error_code", 0)), ("ok", code), f"the KDC on {host}")


@case
def a_healthy_organisation_is_silent():
    examination = expect_problems("healthy")
    expect_equal(examination.findings("problem") | examination.findings("unknown"), set(), "trouble")
    expect_equal(examination.result.status, FINE, "the exit status")
    servers = {name for finding, name in examination.findings("ok") if finding == "smtp-spn-missing"}
    expect_equal(servers, set(ADDRESSES), "servers whose names are right")
    for host in (EX01, EX02, EX03, MAIL, OLD):
        expect_ticket(examination, host, GRANTED)


@case
def a_name_that_is_missing():
    examination = expect_problems("missing", ("smtp-spn-missing", EX01))
    expect_equal(examination.result.status, PROBLEMS, "the exit status")
    expect_ticket(examination, MAIL, S_PRINCIPAL_UNKNOWN)
    expect_in("KDC_ERR_S_PRINCIPAL_UNKNOWN (7)", examination.text, "what the KDC says")
    expect_commands(examination, "smtp-spn-missing", EX01, f'setspn -S "{OF_MAIL}" "EX01"')
    expect_commands(
        examination, "smtp-spn-missing", EX01, f'setspn -D "{OF_MAIL}" "EX01"', part="undo"
    )
    expect_in("Set-ReceiveConnector", examination.text, "the other way since Exchange 2007")


@case
def a_name_that_a_server_of_2003_lacks():
    examination = expect_problems("missing on 2003", ("smtp-spn-missing", EX03))
    expect_ticket(examination, OLD, S_PRINCIPAL_UNKNOWN)
    expect_commands(
        examination, "smtp-spn-missing", EX03, f'setspn -S "{OF_OLD}" "EX03"',
        f'setspn -A "{OF_OLD}" "EX03"',
    )  # fmt: skip
    expect_not_in(
        "Set-ReceiveConnector", str(examination.commands("smtp-spn-missing", EX03)), "what it has not"
    )


@case
def a_name_that_two_have():
    examination = expect_problems("twice", ("smtp-spn-duplicate", EX01))
    expect_ticket(examination, MAIL, S_PRINCIPAL_UNKNOWN)  # as Samba says it of both
    expect_commands(examination, "smtp-spn-duplicate", EX01, f'setspn -D "{OF_MAIL}" "EX02"')


@case
def a_name_on_another_server():
    examination = expect_problems("misplaced", ("smtp-spn-misplaced", EX01))
    expect_ticket(examination, MAIL, GRANTED)
    expect_commands(
        examination, "smtp-spn-misplaced", EX01, f'setspn -D "{OF_MAIL}" "EX02"',
        f'setspn -S "{OF_MAIL}" "EX01"',
    )  # fmt: skip


@case
def a_name_on_a_service_account():
    examination = expect_problems("on a user", ("smtp-spn-misplaced", EX01))
    finding = examination.finding("smtp-spn-misplaced", EX01)
    off = [step for step in finding["fix"] if " -D " in step["command"]]
    expect_equal([step["kind"] for step in off], ["decide"], "whether it is to lose it")
    expect_commands(
        examination, "smtp-spn-misplaced", EX01, f'setspn -U -D "{OF_MAIL}" "svc-mail"',
        f'setspn -S "{OF_MAIL}" "EX01"',
    )  # fmt: skip


@case
def a_name_of_host_does_not_stand_in():
    examination = expect_problems("HOST alone", ("smtp-spn-missing", EX01))
    expect_ticket(examination, MAIL, S_PRINCIPAL_UNKNOWN)



# ---- logons by the whole program ----


def expect_refused(examination, host, outcome, *lines):
    finding = examination.finding("exps-refused", host)
    expect_equal(finding["outcome"], outcome, f"exps-refused of {host}: {finding}")
    seen = "\n".join([finding["title"], *(seen["text"] for seen in finding["seen"])])
    for line in lines:
        expect_in(line, seen, f"what was seen of {host}")
    return finding


@case
def a_server_logs_on():
    examination = world("healthy")
    for host in ADDRESSES:
        name = CALLED[host]
        whose = "its own account" if host == EX02 else "an Exchange server's account"
        expect_refused(
            examination, host, "ok",
            f"X-EXPS GSSAPI, with a ticket for SMTPSVC/{name}, as EX02$@{REALM} ({whose}): 235 2.7.0",
        )  # fmt: skip


@case
def a_server_is_refused():
    """By the key of another account, which only a server's own logon proves."""
    answered = f"with a ticket for {OF_MAIL}, as {{}}@{REALM} ({{}}): 535 5.7.8"
    finding = expect_refused(
        world("misplaced"), EX01, "problem", "X-EXPS is answered 535 5.7.8",
        answered.format("EX02$", "an Exchange server's account"),
    )  # fmt: skip
    causes = {(cause["id"], cause["subject"]["name"]) for cause in finding["explained_by"]}
    expect_equal(causes, {("smtp-spn-misplaced", EX01)}, "its cause")
    expect_refused(
        all_seen()["itself"], EX01, "problem", answered.format("EX01$", "its own account"),
        "loopback check",
    )  # fmt: skip


@case
def what_a_person_is_answered_proves_nothing():
    finding = expect_refused(
        all_seen()["user"], EX01, "unknown",
        f"X-EXPS is answered 535 5.7.8 to alice@{REALM}, which says something of servers only if",
    )  # fmt: skip
    expect_in("/RU SYSTEM", str(finding["fix"]), "how to do it right")
    expect_refused(all_seen()["user"], EX02, "ok", f"as alice@{REALM} (no computer's account): 235")


@case
def a_logon_that_cannot_begin():
    for name in ("missing", "twice", "HOST alone"):
        expect_refused(
            world(name), EX01, "unknown", "no logon was tried: the KDC gives no ticket",
            f"KDC_ERR_S_PRINCIPAL_UNKNOWN ({S_PRINCIPAL_UNKNOWN})",
        )  # fmt: skip


@case
def nobody_logs_on_without_being_asked():
    expect_equal(all_seen()["one server"].of("smtp-logon"), [], "logons without --authenticate")

# ---- and as others ----


def expect_misplaced(name, server=EX01, add="setspn -S"):
    examination = all_seen()[name]
    expect_in(("smtp-spn-misplaced", server), examination.findings("problem"), name)
    expect_commands(
        examination, "smtp-spn-misplaced", server, f'setspn -D "{OF_MAIL}" "EX02"',
        f'{add} "{OF_MAIL}" "EX01"',
    )  # fmt: skip
    return examination


def searched(examination, address):
    """How searches at this address ended, and as whom; the rootDSE is for anybody."""
    answers = examination.of("directory", address=address)
    return {(item["status"], item["identity"]) for item in answers if item["scope"] != "base"}


def asked(examination, address):
    """How it ended to ask anything of this address."""
    return [item["status"] for item in examination.of("directory", address=address)]


@case
def by_the_callers_ticket():
    for name in ("user", "itself"):
        examination = expect_misplaced(name)
        for port in (389, 3268):
            expect_equal(searched(examination, f"{DC1}:{port}"), {("ok", "caller")}, f"port {port}")


@case
def the_next_controller_where_one_is_dead():
    for port in (389, 636):
        expect_equal(asked(all_seen()["user"], f"{DEAD}:{port}"), ["refused"], f"port {port}")
    examination = expect_misplaced("silent")
    expect_equal(asked(examination, f"{DEAD}:389"), ["timeout"], "it is asked once")


@case
def by_a_password():
    examination = expect_misplaced("starttls")
    for port in (389, 3268):
        expect_equal(searched(examination, f"{DC1}:{port}"), {("ok", "named")}, f"port {port}")
    examination = expect_misplaced("ldaps")
    for port in (636, 3269):
        expect_equal(searched(examination, f"{DC1}:{port}"), {("ok", "named")}, f"port {port}")
    for name in ("starttls", "ldaps"):
        expect_not_in(PASSWORD, all_seen()[name].file_text, "the evidence")


@case
def a_password_goes_to_nobody_who_cannot_prove_its_name():
    examination = all_seen()["untrusted"]
    expect_in(("smtp-spn-missing", DOMAIN), examination.findings("unknown"), "what is not known")
    expect_equal(examination.findings("problem"), set(), "what is wrong")


@case
def without_a_ticket_nothing_is_known():
    examination = all_seen()["anonymous"]
    expect_equal(examination.result.status, INCOMPLETE, "the exit status")
    expect_equal(examination.findings("problem"), set(), "what is wrong")
    expect_in("kinit", examination.text, "what makes it known")


@case
def one_server_by_its_name():
    """Which has a name of another: it is taken off its own account, and the forest looked through."""
    expect_misplaced("one server", EX02, add="setspn -F -S")


@case
def a_controller_by_its_name_and_by_its_address():
    expect_misplaced("its controller")
    examination = all_seen()["an address"]
    expect_equal(searched(examination, f"{DC1}:389"), {("rejected", "anonymous")}, "without a name")
    expect_in(("smtp-spn-missing", EX02), examination.findings("unknown"), "what is not known")
    expect_in("no tickets for an address", examination.result.flat, "what makes it known")


# What is recorded for tests/scenario/, where it is judged without all this.
SCENARIOS = {
    "spn-logon-taken": lambda seen: seen["worlds"]["healthy"],
    "spn-logon-refused": lambda seen: seen["worlds"]["misplaced"],
    "spn-logon-refused-to-itself": lambda seen: seen["itself"],
    "spn-logon-refused-to-a-person": lambda seen: seen["user"],
    "spn-logon-without-a-name": lambda seen: seen["worlds"]["missing"],
}

if "--record" in sys.argv:
    for scenario, chosen in SCENARIOS.items():
        place = HERE.parent / "scenario" / scenario
        place.mkdir(exist_ok=True)
        (place / "evidence.jsonl").write_text(chosen(all_seen()).file_text)
    sys.exit(0)

if "--show" in sys.argv:
    enter_namespace()
    furnish_namespace()
    seen = all_seen()
    for name, examination in seen.pop("worlds").items():
        print(f"==== {name}\n{examination.text}\n")
    for name, answer in seen.items():
        if isinstance(answer, Examination):
            answer = answer.text
        print(f"==== {name}: {answer}\n")
    sys.exit(0)

main()
