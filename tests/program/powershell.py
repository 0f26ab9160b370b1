"""PowerShell directories of live servers: what is told of each answer, and what a server hears."""

from harness import *
from organisation import EX01, EX02, GUARDED, SECRET, TWO, Organisation, forest

ADDRESS = "127.0.0.91"
ZONES = "ex01.contoso.com  A  127.0.0.91\n"
WANTED = "token-that-must-not-be-seen"
SERVICES = ("http", "https", "backend")

VDIR, UNAVAILABLE, FORBIDDEN, NOT_FOUND, REFUSED = (
    "powershell-vdir-500", "powershell-unavailable", "powershell-forbidden",
    "powershell-not-found", "powershell-refused")  # fmt: skip


class Site:
    """lab_web at three ports that the system chooses, as an Exchange server has them."""

    def __init__(self, place, behaviours, addresses=(ADDRESS,)):
        """Of several addresses each has the same ports."""
        self.processes, self.ports = {}, {}
        self.token = place / "token"
        self.token.write_text(WANTED + "\n")
        self.token.chmod(0o600)
        for service in SERVICES:
            behaviour = behaviours if isinstance(behaviours, str) else behaviours.get(service)
            if not behaviour:
                self.ports[service] = str(free_port())
                continue
            tls = [] if service == "http" else [
                "--tls", "--name", "*.contoso.com", "--ca", str(place / f"ca-{service}.pem")]  # fmt: skip
            process = subprocess.Popen(
                [BUILD / "tests" / "lab_web", "--port", "0" if len(addresses) == 1 else str(free_port()),
                 *tls, *(f"{address}={behaviour}" for address in addresses)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace",
            )  # fmt: skip
            self.ports[service] = process.stdout.readline().strip().rsplit(":", 1)[1]
            self.processes[service] = process
        self.authority = place / "ca.pem"
        self.authority.write_text("".join(path.read_text() for path in place.glob("ca-*.pem")))

    def options(self):
        return [word for service in SERVICES for word in ("--port", f"{service}={self.ports[service]}")]

    def as_somebody(self):
        return ["--authenticate", "--ca-file", str(self.authority), "--token-file", str(self.token)]

    def stop(self):
        """What each service heard."""
        heard = {}
        for service, process in self.processes.items():
            if process.poll() is None:
                heard[service] = process.communicate(timeout=DEADLINE)[0]
        self.processes = {}
        return heard

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def look(behaviours, *more, somebody=False, only="powershell", status=None):
    """One run: its result, what each port heard, and its evidence as text."""
    with folder() as place, Lab(ZONES) as lab, Site(place, behaviours) as site:
        path = place / "evidence.jsonl"
        options = site.as_somebody() if somebody else []
        result = exdiag("check", "--server", "ex01.contoso.com", *(["--only", only] if only else []),
                        "--dns", lab.dns, *site.options(), "--timeout", "3", "--format", "json",
                        "--save", path, *options, *more, status=status)  # fmt: skip
        text = path.read_text()
        expect_not_in(WANTED, text + result.out + result.err, "what is written")
        again = exdiag("report", path, "--format", "json", status=result.status)
        expect_equal(again.report["findings"], result.report["findings"], "the report of the file")
        return result, site.stop(), text


def told(result):
    return {(one["id"], one["outcome"]) for one in result.report["findings"]}


def one_of(result, finding_id):
    return next(one for one in result.report["findings"] if one["id"] == finding_id)


@case
def each_answer_has_its_finding():
    for behaviour, somebody, wanted in (
        ("fine", False, {(VDIR, "unknown")}),
        ("fine", True, {(VDIR, "ok")}),
        ("empty", False, {(VDIR, "problem")}),
        ("short", False, {(VDIR, "problem")}),
        ("500", False, {(VDIR, "unknown")}),
        ("500", True, {(VDIR, "problem")}),
        ("config", False, {(VDIR, "problem")}),
        ("module", False, {(VDIR, "problem")}),
        ("dead", False, {(UNAVAILABLE, "problem")}),
        ("stopped", False, {(UNAVAILABLE, "problem")}),
        ("missing", False, {(NOT_FOUND, "problem")}),
        ("no-post", False, {(VDIR, "unknown")}),
        ("elsewhere", False, {(VDIR, "unknown")}),
        ("ahead", True, {(REFUSED, "problem")}),
        ("behind", True, {(REFUSED, "problem")}),
        ("key", True, {(REFUSED, "problem")}),
        ("fault", True, {(REFUSED, "problem")}),
        ("denied", True, {(REFUSED, "unknown"), (VDIR, "ok")}),
        ("makes", True, {(VDIR, "ok")}),
        ("no-type", True, {(REFUSED, "problem")}),
        ("garbage", False, {(VDIR, "problem")}),
        ("entities", False, {(VDIR, "problem")}),
        ("depths", False, {(VDIR, "problem")}),
    ):
        result, _, _ = look(f"powershell={behaviour}", somebody=somebody)
        expect_equal(told(result), wanted, f"{behaviour}, {'somebody' if somebody else 'nobody'}")


@case
def a_run_is_repeated_as_whoever_made_it():
    for somebody in (False, True):
        result, _, _ = look("powershell=module", somebody=somebody)
        finding = one_of(result, VDIR)
        again = [step["command"] for part in ("fix", "verify") for step in finding[part]
                 if "exdiag check --server" in step["command"]]  # fmt: skip
        expect_equal(len(again), 2, "steps that run it again")
        for command in again:
            expect_equal("--authenticate" in command, somebody, command)
        expect_in(" --file 'ex01.contoso.com=<file>' ", again[0], "what was fetched is of the server")


@case
def what_was_fetched_is_joined_with_the_server():
    sick = ROOT / "tests/iis/faults/kerbauth-path/applicationHost.config"
    well = ROOT / "tests/iis/2019/applicationHost.config"
    for files in ((sick,), (sick, well), (well, sick)):
        words = [word for file in files for word in ("--file", f"ex01.contoso.com={file}")]
        result, _, _ = look("powershell=module", *words)
        causes = [one["subject"] for one in result.report["findings"]
                  if one["id"] == "kerbauth-path" and one["outcome"] == "problem"]  # fmt: skip
        expect_equal(len(causes), 1, "causes that are told")
        expect_equal(causes[0], one_of(result, VDIR)["subject"], "where the cause is told")
        several = [one for one in result.report["findings"] if "2 configurations of IIS" in one["title"]]
        expect_equal(len(several), len(files) - 1, "that they are several")


@case
def places_are_told_apart():
    fine = "powershell=fine"
    for behaviours, wanted in (
        ({"http": "powershell=ssl", "https": fine, "backend": fine}, FORBIDDEN),
        ({"http": "powershell=missing", "https": fine, "backend": fine}, NOT_FOUND),
        ({"https": fine, "backend": fine}, UNAVAILABLE),
        ({"http": fine, "https": fine}, UNAVAILABLE),
        ({"http": fine, "https": fine, "backend": "powershell=stopped"}, UNAVAILABLE),
        ({"http": fine, "https": fine, "backend": "powershell=empty"}, VDIR),
    ):
        result, _, _ = look(behaviours, status=PROBLEMS)
        expect_equal(told(result), {(wanted, "problem")}, str(behaviours))


@case
def nothing_is_told_of_what_is_not_exchange():
    for behaviour in ("fine", "chunked", "bad-gzip", "noise", "close", "reset", "trailers"):
        result, _, _ = look(behaviour, only=None)
        expect_equal({id for id, _ in told(result) if id.startswith("powershell")}, set(), behaviour)
    result, _, _ = look("fine", status=FINE)
    expect_equal(told(result), {(VDIR, "not-applicable")}, "of this probe alone")


@case
def no_answer_is_followed_or_waited_for():
    for behaviour in ("bomb", "endless-head", "endless-field", "continue", "hang", "slow-body", "huge",
                      "various", "powershell=endless"):  # fmt: skip
        result, _, _ = look(behaviour)  # within the harness's DEADLINE
        expect(result.status in (FINE, PROBLEMS, INCOMPLETE), f"{behaviour} ends with {result.status}")


@case
def nobody_is_shown_who_one_is_unless_it_is_wanted():
    _, heard, _ = look("powershell=fine")
    for service, text in heard.items():
        expect_in("requests=", text, service)
        expect_not_in("Authorization", text, service)
        expect_not_in("transfer/Create", text, service)


@case
def a_token_goes_over_tls_alone_and_nowhere_else():
    _, heard, _ = look("powershell=fine", somebody=True)
    expect_not_in("Authorization", heard["http"], "without TLS")
    expect_in(WANTED, heard["https"], "with TLS")
    _, heard, _ = look({"http": "redirect", "https": "redirect", "backend": "redirect"}, somebody=True)
    expect_not_in("elsewhere.example", heard["https"], "where a redirect leads")


@case
def what_a_directory_lists_hears_neither_password_nor_token():
    """Whoever the directory is; and its own user's, too, only where the user names the server."""
    for directory, user in (((), "alice@fabrikam.com"), (GUARDED, "alice@contoso.com"), ((), None)):
        for named in ((), ("ex01.contoso.com",)):
            with folder() as place, Organisation(forest(*TWO), both=directory) as contoso, \
                    Site(place, "powershell=fine", (EX01, EX02)) as site:  # fmt: skip
                site.authority.write_text(site.authority.read_text() + contoso.authority.read_text())
                who = ["--user", user] if user else ["--token-file", str(site.token)]
                servers = [word for name in named for word in ("--server", name)]
                exdiag("check", "contoso.com", *servers, "--only", "spn,powershell", "--dns", contoso.names.dns,
                       *site.options(), "--timeout", "3", "--authenticate", "--ca-file", str(site.authority), *who,
                       variables={"EXDIAG_PASSWORD": SECRET})  # fmt: skip
                heard = site.stop()
            for service in ("https", "backend"):
                one, two = heard[service].split(f"\n{EX02} accepted=", 1)
                expect_in("POST /PowerShell/", two, f"what EX02 hears at {service}")
                expect_not_in("Authorization", two, f"what EX02 hears at {service}")
                expect_equal("Authorization" in one, bool(named), f"EX01 is logged on to at {service}")


@case
def a_shell_is_made_for_nobody():
    _, heard, _ = look("powershell=makes", somebody=True)
    for service in ("https", "backend"):
        expect_equal(heard[service].count("transfer/Create"), heard[service].count("transfer/Delete"),
                     f"shells left at {service}")  # fmt: skip


@case
def a_redacted_run_is_told_alike():
    with folder() as place, Lab(ZONES) as lab, Site(place, "powershell=config") as site:
        path = place / "evidence.jsonl"
        result = exdiag("check", "--server", "ex01.contoso.com", "--only", "powershell", "--dns", lab.dns,
                        *site.options(), "--format", "json", "--save", path, "--redact",
                        status=PROBLEMS)  # fmt: skip
        expect_not_in("contoso", path.read_text().lower(), "the evidence")
        again = exdiag("report", path, "--format", "json", status=PROBLEMS)
        expect_equal(told(again), told(result), "findings")


@case
def twenty_servers_are_examined_in_one_run():
    addresses = [f"127.0.91.{number}" for number in range(1, 21)]
    names = [f"ex{number:02}.contoso.com" for number in range(1, 21)]
    zone = "".join(f"{name} A {address}\n" for name, address in zip(names, addresses))
    for behaviour, outcome in (("powershell=empty", "problem"), ("powershell=fine", "unknown"), ("hang", "unknown")):
        with folder() as place, Lab(zone) as lab, Site(place, behaviour, addresses) as site:
            named = [word for name in names for word in ("--server", name)]
            result = exdiag("check", *named, "--only", "powershell", "--dns", lab.dns, *site.options(),
                            "--timeout", "2", "--format", "json", status=None)  # fmt: skip
            told = {one["subject"]["name"] for one in result.report["findings"] if one["outcome"] == outcome}
            expect_equal(told, set(names), behaviour)


@case
def a_plan_names_what_is_asked():
    plan = exdiag("check", "--server", "ex01.contoso.com", "--only", "powershell", "--plan", status=FINE)
    for words in ("/PowerShell/", "TCP 80, 443 and 444", "Identify"):
        expect_in(words, plan.flat, "the plan")
    expect_not_in("logs on:", plan.flat, "a plan without --authenticate")
    plan = exdiag("check", "--server", "ex01.contoso.com", "--only", "powershell", "--authenticate",
                  "--plan", status=FINE)  # fmt: skip
    expect_in("no shell is left behind", plan.flat, "the plan with --authenticate")


if __name__ == "__main__":
    main()
