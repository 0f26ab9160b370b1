"""A Windows machine that denies, breaks, or lies: exdiag_machine has the answers of tests/machine/.

What cannot be read is unknown, with what would make it known; it is never a verdict, and never an end.
"""

import itertools

import harness
from harness import *

harness.program = lambda name: [str(BUILD / f"tests/{name}_machine")]

SERVER = "ex19a.contoso.com"
EXCHANGE = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\"
CONFIG = "C:\\Windows\\System32\\inetsrv\\config\\"
SZ, EXPAND, BINARY, DWORD, MULTI, QWORD = 1, 2, 3, 4, 7, 11

TCPIP = "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
ENVIRONMENT = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
SETUP = "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup"
CACHE = "SOFTWARE\\Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache"
TIME = "SYSTEM\\CurrentControlSet\\Services\\W32Time"
LSA = "SYSTEM\\CurrentControlSet\\Control\\Lsa"

ZONE = f"""
contoso.com MX 0 {SERVER}.
{SERVER} A 127.0.0.77
"""


def sz(text):
    return (text + "\0").encode("utf-16-le")


def dword(number):
    return number.to_bytes(4, "little")


HEALTHY_VALUES = {
    (TCPIP, "Hostname"): (SZ, sz("EX19A")),
    (TCPIP, "Domain"): (SZ, sz("contoso.com")),
    (ENVIRONMENT, "ExchangeInstallPath"): (SZ, sz(EXCHANGE)),
    (SETUP, "MsiInstallPath"): (SZ, sz(EXCHANGE)),
    (SETUP, "OwaVersion"): (SZ, sz("15.2.1544.4")),
    (CACHE + "\\Web-Server", "InstallState"): (DWORD, dword(1)),
    (CACHE + "\\WinRM-IIS-Ext", "InstallState"): (DWORD, dword(0)),
    (TIME + "\\Parameters", "Type"): (SZ, sz("NT5DS")),
    (TIME + "\\Parameters", "NtpServer"): (SZ, sz("time.windows.com,0x9")),
    (TIME + "\\TimeProviders\\VMICTimeProvider", "Enabled"): (DWORD, dword(0)),
    (LSA, "DisableLoopbackCheck"): (DWORD, dword(1)),
}
EVENT = (ROOT / "tests/windows/machine-events.xml").read_text().splitlines()


class Machine:
    """A server of Exchange in a folder, as tests/windows/machine.sh lays one out under Wine."""

    def __init__(self, place):
        self.place = place
        self.values = dict(HEALTHY_VALUES)
        self.services = {"W32Time": "runs"}
        self.events = []
        self.faults = []
        self.whole(CONFIG + "applicationHost.config", (ROOT / "tests/iis/2019/applicationHost.config").read_bytes())
        for folder in ("FrontEnd", "ClientAccess"):
            for path in (ROOT / "tests/iis/2019" / folder).rglob("*"):
                if path.is_file():
                    name = str(path.relative_to(ROOT / "tests/iis/2019")).replace("/", "\\")
                    self.whole(EXCHANGE + name, path.read_bytes())
        for name in (EXCHANGE + "Bin\\kerbauth.dll", "C:\\Windows\\system32\\wsmsvc.dll"):
            self.whole(name, b"MZ of no use")

    def whole(self, name, content):
        path = self.place / name
        path.write_bytes(content)
        path.chmod(0o644)

    def write(self):
        lines = [f"machine\tEX19A.contoso.com\tEX19A\tcontoso.com\tcontoso.com\tCONTOSO\t4".encode()]
        for (key, name), (kind, data) in self.values.items():
            lines.append(f"value\t{key}\t{name.encode('utf-8', 'surrogatepass').hex()}\t{kind}\t{data.hex()}".encode())
        lines += [f"service\t{name}\t{state}".encode() for name, state in self.services.items()]
        lines += [b"event\t" + (event if isinstance(event, bytes) else event.encode()) for event in self.events]
        lines += ["\t".join(("fault", *fault)).encode() for fault in self.faults]
        path = self.place / "machine"
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path


@contextlib.contextmanager
def machine():
    with folder() as place:
        yield Machine(place)


saved = itertools.count()


def examine(here, *arguments, dns, only="powershell,clock,build,spn", user=None, form="json"):
    here.place.chmod(0o777)
    path = here.place / f"saved-{next(saved)}"
    result = exdiag(
        "check", "--server", SERVER, "--dns", dns, "--only", only, "--timeout", "3", "--format", form,
        "--verbose", "--save", path, *arguments, folder=here.place, user=user,
        variables={"EXDIAG_STAND_IN": str(here.write())}, status=(FINE, PROBLEMS, INCOMPLETE),
    )  # fmt: skip
    result.evidence = [json.loads(line) for line in path.read_text().splitlines()][1:-1]
    return result


STATUSES = ("denied", "timeout", "unreachable", "refused", "closed", "io", "exhausted")


def outcomes(result):
    return {
        (finding["id"], finding["subject"]["name"]): finding["outcome"]
        for finding in result.report["findings"]
        if finding["outcome"] not in ("unknown", "not-applicable")
    }


def statuses(result, kind):
    """Of all evidence of this kind that was asked of the machine."""
    return {item["status"] for item in result.evidence if item["key"].split(" ")[0] == kind}


def expect_blind(dns, faults, sicken, kinds=(), user=None):
    """With these faults nothing depends on what they hide: a sick machine is judged as a sound one."""
    told = []
    for is_sick in (False, True):
        with machine() as here:
            if is_sick:
                sicken(here)
            here.faults = faults
            told.append(examine(here, dns=dns, user=user))
    for kind, wanted in kinds:
        expect_in(wanted, statuses(told[0], kind), f"{faults}: how {kind} ended")
    expect_equal(outcomes(told[1]), outcomes(told[0]), f"{faults}: the verdicts")
    return told[0]


def expect_told(result, *words):
    """What is unknown says why, and what would make it known."""
    unknown = [finding for finding in result.report["findings"] if finding["outcome"] == "unknown"]
    for finding in unknown:
        expect(finding.get("verify") or finding.get("to_know") or finding.get("steps") or finding.get("fix"),
               f"no way to know: {finding}")  # fmt: skip
    whole = json.dumps(unknown)
    for word in words:
        expect_in(word, whole, "what is unknown")


def with_dns(function):
    """The zone of a server that nobody listens at: what is told is of its machine alone."""

    def wrapped():
        with Lab(ZONE) as lab:
            function(lab.dns)

    wrapped.__name__ = function.__name__
    return case(wrapped)


@with_dns
def a_sound_machine_is_read(dns):
    with machine() as here:
        result = examine(here, dns=dns)
    for kind in ("machine", "event-log", "time-settings", "iis-config", "windows-setup", "windows-features",
                 "installed-files", "registry"):  # fmt: skip
        expect_in("ok", statuses(result, kind), kind)
    expect_equal(outcomes(result)["kerbauth-path", SERVER], "ok", "kerbauth-path")


def closed(status):
    return [("registry", hive, status) for hive in ("SYSTEM", "SOFTWARE", "HARDWARE")]


def sicken_registry(here):
    here.values[TIME + "\\Parameters", "Type"] = (SZ, sz("NoSync"))
    here.values[TIME + "\\TimeProviders\\VMICTimeProvider", "Enabled"] = (DWORD, dword(1))
    here.values[LSA, "DisableLoopbackCheck"] = (DWORD, dword(0))
    here.values[LSA + "\\MSV1_0", "BackConnectionHostNames"] = (MULTI, sz("") + sz(""))
    here.values[CACHE + "\\WinRM-IIS-Ext", "InstallState"] = (DWORD, dword(1))
    here.values[SETUP, "OwaVersion"] = (SZ, sz("15.0.847.32"))
    here.values[ENVIRONMENT, "ExchangeInstallPath"] = (SZ, sz("D:\\Elsewhere\\"))


@with_dns
def a_registry_that_is_closed(dns):
    for status in STATUSES:
        told = expect_blind(dns, closed(status), sicken_registry, [("registry", status), ("time-settings", status)])
        expect_told(told, *(["dministrator"] if status == "denied" else []))


@with_dns
def event_logs_that_do_not_answer(dns):
    def sicken(here):
        here.events = EVENT

    for status in (*STATUSES, "not-found"):
        told = expect_blind(dns, [("events", "", status)], sicken, [("event-log", status)])
        expect_told(told)


@with_dns
def a_service_manager_that_refuses(dns):
    def sicken(here):
        here.services = {}

    for status in (*STATUSES, "rejected"):
        told = expect_blind(dns, [("service", "", status)], sicken, [("time-settings", "ok")])
        expect_told(told)


def sicken_files(here):
    (here.place / (EXCHANGE + "Bin\\kerbauth.dll")).unlink()
    here.whole(CONFIG + "applicationHost.config",
               (ROOT / "tests/iis/faults/kerbauth-missing/applicationHost.config").read_bytes())  # fmt: skip


@with_dns
def folders_that_are_not_told(dns):
    for status in ("denied", "io", "timeout", "unreachable"):
        told = expect_blind(dns, [("folder", "", status)], sicken_files, [("iis-config", status)])
        expect_told(told)


@with_dns
def drives_that_hang_or_are_gone(dns):
    def sicken(here):
        (here.place / (EXCHANGE + "Bin\\kerbauth.dll")).unlink()

    for status in ("denied", "timeout", "io", "not-followed"):
        told = expect_blind(dns, [("path", EXCHANGE, status)], sicken, [("installed-files", status)])
        expect_told(told)


@with_dns
def files_that_only_an_administrator_reads(dns):
    needs_root("another user")
    with machine() as here:
        for path in (CONFIG + "applicationHost.config", EXCHANGE + "Bin\\kerbauth.dll"):
            (here.place / path).chmod(0)
        result = examine(here, dns=dns, user="nobody")
    expect_equal(statuses(result, "iis-config"), {"denied"}, "the configuration")
    expect("kerbauth-path" not in {name for name, _ in outcomes(result)}, f"{outcomes(result)}")
    expect_told(result, "dministrator")


@with_dns
def a_machine_that_does_not_say_who_it_is(dns):
    """Then it is this server by no name, and what it would tell is of nobody."""
    for status in ("denied", "unreachable", "timeout"):
        with machine() as here:
            here.faults = [("machine", "", status)] + closed(status)
            result = examine(here, dns=dns)
        expect_equal(statuses(result, "machine"), {status}, "the machine")
        expect("kerbauth-path" not in {name for name, _ in outcomes(result)}, f"{outcomes(result)}")
        expect_told(result)


# ---- values ----

ODD_VALUES = {
    "of no bytes": b"",
    "of one byte": b"\0",
    "of an odd count": sz("NT5DS") + b"x",
    "without an end": "NT5DS".encode("utf-16-le"),
    "with a NUL within": "NT5\0DS\0".encode("utf-16-le"),
    "of NULs": b"\0" * 64,
    "half a pair": b"\x3d\xd8" + sz("x"),
    "of controls": sz("\x1b[2J\x07\r\n"),
    "of any script": sz("Zürich 東京 Москва \U0001f600"),
    "of 64 KiB": ("x" * 32768).encode("utf-16-le"),
    "of bytes": bytes(range(256)),
}


@with_dns
def values_of_any_type_and_bytes(dns):
    """Each value as each type, with each content: a report, which holds no control character."""
    for (key, name), (content, data) in itertools.product(HEALTHY_VALUES, ODD_VALUES.items()):
        with machine() as here:
            for kind in (SZ, MULTI, DWORD, 0xFFFFFFFF):
                here.values[key, name] = (kind, data)
                result = examine(here, dns=dns)
                expect(not re.search("[\x00-\x08\x0b-\x1f\x7f]", result.out), f"{key} {name} {content} {kind}")


@with_dns
def a_value_of_the_wrong_type_is_no_verdict(dns):
    with machine() as here:
        (here.place / "C:\\Windows\\system32\\wsmsvc.dll").unlink()  # or nobody needs the feature
        expect_equal(outcomes(examine(here, dns=dns))["winrm-iis-ext-missing", SERVER], "problem", "as a number")
        here.values[CACHE + "\\WinRM-IIS-Ext", "InstallState"] = (BINARY, dword(0))
        result = examine(here, dns=dns)
    expect(("winrm-iis-ext-missing", SERVER) not in outcomes(result), f"as bytes: {outcomes(result)}")


@with_dns
def keys_and_names_of_any_script(dns):
    odd = ["", "\x1b[2J", "東京", "Zürich", "x" * 16383, "a\tb", "\udc80"]
    with machine() as here:
        for number, name in enumerate(odd):
            here.values[TIME + "\\Parameters", name] = (SZ, sz("x"))
            if "\t" not in name and "\udc80" not in name:
                here.values[f"{CACHE}\\{name or number}", "InstallState"] = (DWORD, dword(1))
                here.values[f"{TIME}\\TimeProviders\\{name or number}", "Enabled"] = (DWORD, dword(1))
        for form in FORMATS:
            result = examine(here, dns=dns, form=form)
            expect(not re.search("[\x00-\x08\x0b-\x1f\x7f]", result.out), f"{form} has controls")
        result = examine(here, dns=dns)
    expect_equal(outcomes(result)["kerbauth-path", SERVER], "ok", "kerbauth-path")


@with_dns
def very_many_values_and_events(dns):
    with machine() as here:
        for number in range(20000):
            here.values[f"{TIME}\\Parameters", f"v{number}"] = (SZ, sz("x"))
            here.values[f"{CACHE}\\F{number}", "InstallState"] = (DWORD, dword(1))
        here.events = EVENT * 20000
        began = time.monotonic()
        result = examine(here, dns=dns)
        took = time.monotonic() - began
    expect(took < 30, f"{took:.0f} s")
    expect(outcomes(result), "nothing was judged")


@with_dns
def events_that_are_broken(dns):
    broken = [b"", b"<Event", b"<Event/>", b"\xff\xfe", EVENT[0].replace("2280", "99999999999").encode(),
              EVENT[0].replace("2026-11-22", "9999-99-99").encode(), EVENT[0][:200].encode(),
              EVENT[0].replace("EX19A.contoso.com", "\x1b[2J").encode(), b"<" * 60000]  # fmt: skip
    with machine() as here:
        here.events = broken + [EVENT[0].encode()]
        result = examine(here, dns=dns)
        expect(not re.search("[\x00-\x08\x0b-\x1f\x7f]", result.out), "controls")
    item = [item for item in result.evidence if item["key"] == "event-log "][0]
    expect_equal(item["status"], "ok", "the event log")
    expect(item["damaged"] > 0, f"none is damaged: {item}")


main()
