"""Clocks of real servers from Debian's packages, moved by libfaketime, in a network of their own:
domain controllers (Samba, and chrony beside it for NTP), file servers (smbd), a web server that
asks for NTLM (Apache), a mail server that does (Postfix), outside clocks (chrony) and a KDC that
repeats itself (MIT).

The domain corp.test has two controllers. dc1 is right; dc2 is seven minutes ahead, and its own
DNS calls itself the PDC emulator: so who is asked for names decides which of the two that is.
"""

import functools
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403
from lab.apache import WebServer  # noqa: E402
from lab.chrony import TimeServer  # noqa: E402
from lab.exim import Exim  # noqa: E402
from lab.kdc import Kdc  # noqa: E402
from lab.once import once  # noqa: E402
from lab.postfix import MailServer  # noqa: E402
from lab.samba import Domain, DomainController, FileServer  # noqa: E402
from lab.server import Network  # noqa: E402

DOMAIN = "corp.test"
AHEAD, BEHIND, DRIFTED = 420, -540, 90  # seconds: of dc2, ex01, ex02
WITH_TICKETS, WITHOUT_TLS = -90, 301  # seconds: of ex04, ex05
TO_2040 = 420_000_000  # seconds: NTP counts anew from 2036, 32-bit times end in 2038
DC1, DC2 = "dc1.corp.test", "dc2.corp.test"
EX01, EX02, EX03, EX04, EX05 = (f"ex0{number}.corp.test" for number in range(1, 6))
CONTROLLERS = {"dc1": "127.0.0.11", "dc2": "127.0.0.12"}
MEMBERS = {f"ex0{number}": f"127.0.0.2{number}" for number in range(1, 6)}
ADDRESSES = {f"{name}.{DOMAIN}": address for name, address in {**CONTROLLERS, **MEMBERS}.items()}
RIGHT, FAST, SLOW = "127.0.0.31", "127.0.0.32", "127.0.0.33"
UNSYNCHRONISED, LIMITING, LATE = "127.0.0.34", "127.0.0.35", "127.0.0.36"
AGREEING = ("127.0.0.37", "127.0.0.38")  # with RIGHT and LIMITING they are the most
LATE_FILES = "127.0.0.46"
KDC, KDC_TCP, EXIM = "127.0.0.41", "127.0.0.42", "127.0.0.51"
OFFSETS = {  # of outside clocks
    RIGHT: 0, FAST: 420, SLOW: -90, LIMITING: 0, LATE: TO_2040, **dict.fromkeys(AGREEING, 0)
}  # fmt: skip

OF_CONTROLLERS = {"sntp", "cldap", "ldap", "kerberos", "smb2"}
OF_EX01 = {"smb2", "http", "http-ntlm", "smtp-ntlm"}

MICROSECONDS = 1_000_000
ROUNDING = 2  # microseconds, as in diag/evidence/clock.h
SLEWED = 20_000  # microseconds that the machine's own clock may be corrected by meanwhile


# ---- the runs ----


class Run:
    """A report, its evidence, and how often each controller was asked for a ticket."""

    def __init__(self, network, name, controllers, *arguments):
        self.file = network.folder / f"{name}.jsonl"
        before = {controller.name: ticket_askers(controller) for controller in controllers}
        self.result = exdiag(
            "check", *arguments, "--only", "clock", "--timeout", 10, "--verbose", "--format", "json",
            "--save", self.file,
        )  # fmt: skip
        self.text = exdiag("report", self.file, "--verbose").flat
        self.evidence = [json.loads(line) for line in self.file.read_text().splitlines()]
        self.tickets = {
            controller.name: len(ticket_askers(controller) - before[controller.name])
            for controller in controllers
        }

    def readings(self, address):
        """{source: what was kept of it} of one address."""
        return {
            item["source"]: item
            for item in self.evidence
            if item.get("key", "").startswith("clock ") and item["address"].split(":")[0] == address
        }

    def told(self, address):
        return {source for source, item in self.readings(address).items() if item["status"] == "ok"}

    def finding(self, finding_id, name):
        for finding in self.result.report["findings"]:
            if finding["id"] == finding_id and finding["subject"]["name"] == name:
                seen = " / ".join(line["text"] for line in finding["seen"])
                return {**finding, "text": f"{finding['title']} / {seen}"}
        raise AssertionError(f"nothing of {finding_id} about {name}: {self.result.findings()}")


def ticket_askers(controller):
    """The sockets from which it was asked: a question that is sent again comes from the same."""
    return set(re.findall(r"AS-REQ exdiag-clock@CORP\.TEST from (\S+) for", controller.log()))


class Bystander:
    """Stands before a KDC, passes questions on and remembers them."""

    def __init__(self, kdc):
        self.kdc = kdc
        self.pairs = []

    def answer(self, question):
        answer = self.kdc.ask(question)
        self.pairs.append((question, answer))
        return answer


def ask_kdc_twice(network, kdc):
    """Two runs against the KDC, and then the second's question once more, byte for byte."""
    bystander = Bystander(kdc)
    with Peer(bystander.answer) as peer:
        runs = [
            Run(network, f"kdc{number}", (), "--dc", "127.0.0.1", "--port", f"kerberos={peer.port}")
            for number in (1, 2)
        ]
    bystander.repeated = kdc.ask(bystander.pairs[-1][0])
    return bystander, runs


def outside_clocks(network):
    return [
        *(
            TimeServer(network, address, offset)
            for address, offset in OFFSETS.items()
            if address != LIMITING
        ),
        TimeServer(network, UNSYNCHRONISED, synchronised=False),
        TimeServer(network, LIMITING, directives=["ratelimit interval 3 burst 1 leak 4"]),
    ]


def named(option, *values):
    return [word for value in values for word in (f"--{option}", value)]


def examine_exim():
    """By itself: where its packages cannot be had, it is the only one that is missed."""
    with Network() as network, Exim(
        network, EXIM, "mail.corp.test", offset=BEHIND, timezone="Asia/Kolkata"
    ):
        return Run(network, "exim", (), "--server", EXIM)


@once
def examine_all():
    runs = {}
    with Network() as network:
        domain = Domain(network, DOMAIN, CONTROLLERS, MEMBERS)
        domain.add_computer("EX04", [f"HTTP/{EX04}"])
        domain.export_keytab(network.folder / "keytab", f"HTTP/{EX04}")
        dc1 = DomainController(domain, "dc1")
        dc2 = DomainController(domain, "dc2", AHEAD, pdc="dc2")
        kdc = Kdc(network, KDC, "CORP.TEST", offset=TO_2040)
        others = [
            WebServer(network, ADDRESSES[EX01], EX01, BEHIND),
            MailServer(network, ADDRESSES[EX01], EX01, BEHIND),
            FileServer(network, ADDRESSES[EX01], BEHIND),
            FileServer(network, ADDRESSES[EX02], DRIFTED),
            FileServer(network, ADDRESSES[EX03]),
            WebServer(network, ADDRESSES[EX04], EX04, WITH_TICKETS, keytab=network.folder / "keytab"),
            WebServer(network, ADDRESSES[EX05], EX05, WITHOUT_TLS, over_tls=False),
            FileServer(network, LATE_FILES, TO_2040),
            Kdc(network, KDC_TCP, "CORP.TEST", offset=-3600, over_udp=False),
        ]
        with network.up(dc1, dc2, kdc, *others, *outside_clocks(network)):
            run = functools.partial(Run, network)
            runs["domain"] = run(
                "domain", (dc1, dc2), "--dns", dc1.address, *named("server", EX01, EX02, EX03, EX04, EX05),
                *named("reference", RIGHT),
            )  # fmt: skip
            runs["pdc"] = run(
                "pdc", (dc1, dc2), "--dns", dc2.address, "--domain", DOMAIN, "--server", EX03,
                *named("reference", RIGHT),
            )  # fmt: skip
            runs["outside"] = run(
                "outside", (dc1, dc2), "--dns", dc1.address, *named("dc", DC1, KDC_TCP),
                "--server", LATE_FILES, *named("reference", *OFFSETS, UNSYNCHRONISED),
            )  # fmt: skip
            runs["kdc"] = ask_kdc_twice(network, kdc)
    return runs


def examined(name):
    """What was seen in one of the runs, which are all made once."""
    return examine_all()[name]


# ---- the claims ----


def interval_of(item):
    """The host's clock minus the examiner's, counted anew from what was kept: microseconds."""
    samples = item["samples"]
    least = max(one["remote_us"] - one["received_us"] - ROUNDING for one in samples)
    most = min(
        one["remote_us"] + item["resolution_us"] - one["held_us"] - one["sent_us"] + ROUNDING
        for one in samples
    )
    return least - item["examiner_us"], most - item["examiner_us"]


def expect_within(least, most, seconds, what):
    planted = seconds * MICROSECONDS
    expect(
        least - SLEWED <= planted <= most + SLEWED,
        f"{what}: from {least} to {most} us, and it is {planted}",
    )


def expect_offset(run, address, source, seconds):
    readings = run.readings(address)
    expect_in(source, readings, f"sources of {address}")
    expect_equal(readings[source]["status"], "ok", f"{source} of {address}: {readings[source]}")
    expect_within(*interval_of(readings[source]), seconds, f"{source} of {address}")


def expect_skew(run, name, outcome, severity=None, *texts):
    finding = run.finding("clock-skew", name)
    expect_equal(finding["outcome"], outcome, f"clock-skew of {name}: {finding['text']}")
    if severity:
        expect_equal(finding["severity"], severity, f"severity of {finding['text']}")
    for text in texts:
        expect_in(text, finding["text"], f"clock-skew of {name}")
    return finding


def expect_steps_for(finding, machine, other):
    """What is to be done is to be done on that machine, and checked against that other one."""
    for step in finding["fix"]:
        expect(step["where"].startswith(machine), f"a step of {machine} is for {step['where']}")
    commands = [step["command"] for step in finding["verify"]]
    expect(any(other in command for command in commands), f"{commands} name no {other}")


# ---- the cases ----


@case
def samba_and_chrony_of_a_controller_that_is_right():
    run = examined("domain")
    expect_equal(run.told(ADDRESSES[DC1]), OF_CONTROLLERS, "what dc1 told the time by")
    for source in OF_CONTROLLERS:
        expect_offset(run, ADDRESSES[DC1], source, 0)


@case
def samba_and_chrony_of_a_controller_seven_minutes_ahead():
    run = examined("domain")
    expect_equal(run.told(ADDRESSES[DC2]), OF_CONTROLLERS, "what dc2 told the time by")
    for source in OF_CONTROLLERS:
        expect_offset(run, ADDRESSES[DC2], source, AHEAD)


@case
def apache_postfix_and_smbd_of_a_server_nine_minutes_behind():
    run = examined("domain")
    expect_equal(run.told(ADDRESSES[EX01]), OF_EX01, "what ex01 told the time by")
    for source in OF_EX01:
        expect_offset(run, ADDRESSES[EX01], source, BEHIND)


@case
def exim_with_a_date_in_its_greeting():
    run = examine_exim()
    expect_equal(run.told(EXIM), {"smtp-banner"}, "what it told the time by")
    expect_offset(run, EXIM, "smtp-banner", BEHIND)


@case
def apache_with_kerberos_alone():
    run = examined("domain")
    expect_equal(run.told(ADDRESSES[EX04]), {"http", "http-kerberos"}, "what ex04 told the time by")
    for source in ("http", "http-kerberos"):
        expect_offset(run, ADDRESSES[EX04], source, WITH_TICKETS)
    expect_skew(run, EX04, "problem", "warning", f"that of {DC1}", "by HTTP Date, Kerberos error (HTTP)")


@case
def apache_without_tls():
    run = examined("domain")
    expect_equal(run.told(ADDRESSES[EX05]), {"http", "http-ntlm"}, "what ex05 told the time by")
    for source in ("http", "http-ntlm"):
        expect_offset(run, ADDRESSES[EX05], source, WITHOUT_TLS)
    expect_skew(run, EX05, "problem", "critical", f"that of {DC1}")


@case
def sources_of_one_clock_agree():
    run = examined("domain")
    for name, count in ((DC1, 5), (DC2, 5), (EX01, 4)):
        finding = run.finding("clock-sources-disagree", name)
        expect_equal(finding["outcome"], "ok", finding["text"])
        expect_in(f"all {count} sources agree", finding["text"], f"sources of {name}")


@case
def both_controllers_are_found_by_the_dns_of_samba():
    for name in ("domain", "pdc"):
        subjects = {one["name"] for one in examined(name).result.report["subjects"]}
        expect(subjects >= {DC1, DC2}, f"found: {subjects}")
    expect_in("(PDC emulator)", examined("domain").finding("clock-skew", DC2)["text"], "dc2")


@case
def a_controller_that_is_wrong_is_blamed_by_the_others():
    finding = expect_skew(
        examined("domain"), DC2, "problem", "critical", f"that of {DC1}", f"{DC2} is the wrong one",
        "against dc1.corp.test (PDC emulator)",
    )  # fmt: skip
    expect_steps_for(finding, DC2, DC1)


@case
def the_pdc_emulator_that_is_right_is_held_against_the_clock_outside():
    expect_skew(examined("domain"), DC1, "ok", None, f"in step with {RIGHT}")


@case
def a_server_nine_minutes_behind_is_critical():
    finding = expect_skew(
        examined("domain"), EX01, "problem", "critical", f"that of {DC1}", f"{EX01} is the wrong one"
    )
    expect_steps_for(finding, EX01, DC1)


@case
def a_server_ninety_seconds_ahead_is_a_warning():
    expect_skew(
        examined("domain"), EX02, "problem", "warning", f"that of {DC1}", "+90.",
        "both are wrong: 1 outside clock agrees with neither",
    )  # fmt: skip


@case
def a_server_in_step_is_fine_though_one_controller_is_not():
    expect_skew(examined("domain"), EX03, "ok", None, f"{DC2} is the wrong one")


@case
def each_controller_is_asked_for_a_ticket_once():
    for name in ("domain", "pdc"):
        expect_equal(examined(name).tickets, {DC1: 1, DC2: 1}, f"AS-REQs in the logs, {name}")
    expect_equal(examined("outside").tickets[DC1], 1, "AS-REQs in the log of dc1")


@case
def a_pdc_emulator_that_is_wrong_is_blamed_by_the_clock_outside():
    finding = expect_skew(
        examined("pdc"), DC2, "problem", "critical", f"that of {RIGHT}",
        f"against {RIGHT} (outside clock)",
    )  # fmt: skip
    expect_steps_for(finding, DC2, RIGHT)
    expect_in("/manualpeerlist", json.dumps(finding["fix"]), "steps for a PDC emulator")


@case
def who_differs_from_a_wrong_pdc_emulator_is_fine():
    for name in (DC1, EX03):
        expect_skew(examined("pdc"), name, "ok", None, f"{DC2} is the wrong one")


@case
def chrony_with_offsets():
    for address, seconds in OFFSETS.items():
        expect_offset(examined("outside"), address, "sntp", seconds)


@case
def chrony_that_is_wrong_is_outvoted():
    for address in (FAST, SLOW):
        expect_skew(examined("outside"), DC1, "ok", None, f"{address} is the wrong one")


@case
def chrony_that_is_not_synchronised_tells_no_time():
    reading = examined("outside").readings(UNSYNCHRONISED)["sntp"]
    expect_equal((reading["status"], reading["samples"]), ("server-failure", []), "the reading")
    expect_in("not synchronised", reading["reason"], "its reason")
    expect_skew(
        examined("outside"), DC1, "ok", None, f"{UNSYNCHRONISED} (outside clock)", "not synchronised"
    )


@case
def chrony_that_limits_the_rate_is_read_by_what_it_answers():
    samples = examined("outside").readings(LIMITING)["sntp"]["samples"]
    expect(1 <= len(samples) < 4, f"{len(samples)} answers")


@case
def smbd_in_2040():
    expect_offset(examined("outside"), LATE_FILES, "smb2", TO_2040)


@case
def a_kdc_that_speaks_tcp_alone():
    run = examined("outside")
    expect_equal(run.told(KDC_TCP), {"kerberos-tcp"}, "what it told the time by")
    expect_offset(run, KDC_TCP, "kerberos-tcp", -3600)


@case
def a_kdc_that_repeats_itself_is_asked_anew_each_time():
    bystander, runs = examined("kdc")
    (first, _), (second, answer) = bystander.pairs
    expect_equal(bystander.repeated, answer, "the KDC's answer to the same question")
    expect(first != second, "both runs asked the same question")
    for run in runs:
        expect_offset(run, "127.0.0.1", "kerberos", TO_2040)


@case
def all_clocks_are_on_one_scale():
    (chart,) = examined("domain").result.report["charts"]
    expect_equal(chart["origin"], RIGHT, "whose clock is zero")
    spans = {span["name"]: span for span in chart["spans"]}
    for name, seconds in (
        (RIGHT, 0), (DC1, 0), (DC2, AHEAD), (EX01, BEHIND), (EX02, DRIFTED), (EX03, 0),
        (EX04, WITH_TICKETS), (EX05, WITHOUT_TLS),
    ):  # fmt: skip
        expect_within(spans[name]["least"], spans[name]["most"], seconds, f"{name} on the scale")


@case
def the_text_report_says_it_too():
    text = examined("domain").text
    expect(
        re.search(rf"CRITICAL {EX01}: its clock differs from that of {DC1} by -(9 min 0|8 min 59)\.", text),
        text[:2000],
    )
    expect_in(f'w32tm /stripchart /computer:"{DC1}"', text, "the text report")
    expect_in(f"{DC1}: its clock is in step with {RIGHT}", text, "the text report")


main()
