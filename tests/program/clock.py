"""Clocks: the program against lab_time, whose hosts are wrong by as much as they are told."""

import http.server
import ssl

from harness import *

LAB_TIME = str(BUILD / "tests/lab_time")
CONTROLLER = ("ntp", "ldap", "kerberos", "smb")
SERVER = ("smb", "smtp")
DC1, DC2, EX01, OUTSIDE = "127.0.0.11", "127.0.0.12", "127.0.0.21", "127.0.0.13"
ZONE = f"""
ex01.contoso.com A {EX01}
dc1.contoso.com A {DC1}
dc2.contoso.com A {DC2}
_ldap._tcp.dc._msdcs.contoso.com SRV 0 100 389 dc1.contoso.com
_ldap._tcp.dc._msdcs.contoso.com SRV 0 100 389 dc2.contoso.com
_ldap._tcp.pdc._msdcs.contoso.com SRV 0 100 389 dc1.contoso.com
_ldap._tcp.gc._msdcs.contoso.com SRV 0 100 3268 dc1.contoso.com
"""


class Clocks:
    """lab_time at the usual ports, in a network of its own, and the name server that leads there.
    `hosts`: {address: (services, seconds ahead)}"""

    def __init__(self, hosts, zone=ZONE):
        needs_namespace()
        peers = [
            f"{address}={service}:{seconds}"
            for address, (services, seconds) in hosts.items()
            for service in services
        ]
        self.process = subprocess.Popen(
            [LAB_TIME, *peers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment(None),
        )  # fmt: skip
        lines = [self.process.stdout.readline() for _ in peers]
        expect(all(line.startswith("listening ") for line in lines), f"lab_time says {lines}")
        self.names = Lab(zone)

    def check(self, *arguments, **options):
        ways = ("--dns", self.names.dns, "--only", "clock", "--timeout", "5", "--format", "json")
        return exdiag("check", *arguments, *ways, **options)

    def check_all(self, *arguments, **options):
        """The same with all probes, of the reports that people read."""
        return exdiag("check", *arguments, "--dns", self.names.dns, "--timeout", "5", **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(DEADLINE)
        self.names.stop()


def organisation(server=0, pdc=0, other=0):
    return {EX01: (SERVER, server), DC1: (CONTROLLER, pdc), DC2: (CONTROLLER, other)}


def skew_of(result, host):
    """(severity or outcome, all that is said)"""
    for finding in result.report["findings"]:
        if finding["id"] == "clock-skew" and finding["subject"]["name"] == host:
            word = finding["severity"] if finding["outcome"] == "problem" else finding["outcome"]
            return word, " / ".join([finding["title"], *(line["text"] for line in finding["seen"])])
    raise AssertionError(f"nothing of clock-skew about {host}: {result.findings()}")


@case
def a_controller_that_cannot_be_read_is_to_be_reached():
    result = exdiag(
        "check", "--dc", "127.0.0.78", "--reference", "127.0.0.79", "--only", "clock", "--dns", "127.0.0.80",
        *(word for service in ("ntp", "ldap", "kerberos", "smb") for word in ("--port", f"{service}=9")),
        "--timeout", 2, status=INCOMPLETE,
    )  # fmt: skip
    expect_in("let it", result.out, "what would make it known")
    expect_not_in("Name another clock", result.out, "what would not")


@case
def a_server_is_held_against_its_controllers():
    for seconds, expected in ((0, "ok"), (55, "ok"), (-62, "warning"), (298, "warning"), (305, "critical"),
                              (-86400, "critical")):  # fmt: skip
        with Clocks(organisation(server=seconds)) as clocks:
            result = clocks.check("--server", "ex01.contoso.com", "--verbose")
            expect_equal(skew_of(result, "ex01.contoso.com")[0], expected, f"{seconds} s")
            for controller in ("dc1.contoso.com", "dc2.contoso.com"):
                expect_equal(skew_of(result, controller)[0], "ok", f"{controller} at {seconds} s")


@case
def a_clock_outside_decides():
    hosts = {**organisation(server=600, pdc=600), OUTSIDE: (("ntp",), 0)}
    with Clocks(hosts) as clocks:
        result = clocks.check("--server", "ex01.contoso.com", "--reference", OUTSIDE, "--verbose")
        word, said = skew_of(result, "dc1.contoso.com")
        expect_equal(word, "critical", "the PDC emulator")
        expect_in(OUTSIDE, said, "what is said of the PDC emulator")
        expect_equal(skew_of(result, "dc2.contoso.com")[0], "ok", "the other controller")


@case
def an_hour_of_the_examiner_does_not_matter():
    """All clocks but the examiner's agree: nothing is wrong with them."""
    with Clocks(organisation(server=3600, pdc=3600, other=3600)) as clocks:
        clocks.check("--server", "ex01.contoso.com", status=FINE)


@case
def what_is_saved_is_the_run_redacted_too():
    with Clocks(organisation(server=420)) as clocks, folder() as place:
        for redact in ((), ("--redact",)):
            file = place / f"evidence{len(redact)}.jsonl"
            live = clocks.check("--server", "ex01.contoso.com", "--save", file, *redact, status=PROBLEMS)
            again = exdiag("report", file, "--format", "json", status=PROBLEMS)
            expect_equal(
                sorted(one["id"] + one["outcome"] for one in again.report["findings"]),
                sorted(one["id"] + one["outcome"] for one in live.report["findings"]),
                "findings",
            )
        expect_not_in("contoso", file.read_text(), "the redacted evidence")


@case
def a_domain_leads_to_its_controllers():
    with Clocks(organisation(other=-75)) as clocks:
        result = clocks.check("contoso.com")
        expect_equal(skew_of(result, "dc2.contoso.com")[0], "warning", "the other controller")


@case
def exchangers_of_the_domain_are_asked_where_it_is_seen_from_inside():
    mail = "contoso.com MX 0 ex01.contoso.com\n"
    inside, outside = ZONE + mail, f"ex01.contoso.com A {EX01}\n" + mail
    with Clocks(organisation(server=420), inside) as clocks:
        expect_in("/syncfromflags:domhier", clocks.check_all("contoso.com").out, "the report")
        alone = clocks.check("contoso.com", status=PROBLEMS)  # no other probe finds them
        expect_equal(skew_of(alone, "ex01.contoso.com")[0], "critical", "the exchanger")
    with Clocks(organisation(server=420), outside) as clocks:
        usual = clocks.check_all("contoso.com", "--verbose")
        expect_not_in("clock", usual.out, "the report of a domain seen from outside")
        without = clocks.check_all("contoso.com", "--verbose", "--skip", "clock")
        expect_equal(words_without_numbers(usual), words_without_numbers(without), "what is said")


def words_without_numbers(result):
    """Times are numbers, and how long they are moves the ends of lines."""
    return re.sub("[0-9][0-9:.]*", "#", result.flat)


@case
def most_decide_where_the_pdc_emulator_is_wrong():
    hosts = {**organisation(pdc=-600), "127.0.0.14": (CONTROLLER, 0)}
    zone = ZONE + """dc3.contoso.com A 127.0.0.14
_ldap._tcp.dc._msdcs.contoso.com SRV 0 100 389 dc3.contoso.com
"""
    with Clocks(hosts, zone) as clocks:
        result = clocks.check("--server", "ex01.contoso.com", "--verbose", status=PROBLEMS)
        word, said = skew_of(result, "dc1.contoso.com")
        expect_equal(word, "critical", "the PDC emulator")
        expect_in("dc1.contoso.com is the wrong one", said, "what is said of it")
        for host in ("dc2.contoso.com", "ex01.contoso.com"):
            expect_equal(skew_of(result, host)[0], "ok", host)
        commands = [step["command"] for one in result.report["findings"] for step in one["fix"]]
        expect(any("/syncfromflags:manual" in one for one in commands), f"commands are {commands}")
        expect(not any("domhier" in one for one in commands), f"commands are {commands}")


@case
def servers_do_not_decide_between_two_controllers():
    """They repeat what the one says that they follow; and nobody is told to set a clock."""
    for hosts in (organisation(pdc=-600), organisation(server=400, other=400)):
        with Clocks(hosts) as clocks:
            result = clocks.check("--server", "ex01.contoso.com", status=PROBLEMS)
            expect_equal(skew_of(result, "dc1.contoso.com")[0], "unknown", "the PDC emulator")
            expect_equal(skew_of(result, "dc2.contoso.com")[0], "critical", "the other controller")
            expect_equal(skew_of(result, "ex01.contoso.com")[0], "unknown", "the server")
            standing = {one["name"]: one["standing"] for one in result.report["charts"][0]["spans"]}
            expect_equal(standing["ex01.contoso.com"], "unsure", "the server in the chart")
            kinds = {step["kind"] for one in result.report["findings"] if one["outcome"] == "problem"
                     for step in one["fix"]}  # fmt: skip
            expect_equal(kinds, {"decide"}, "kinds of steps")


@case
def forests_have_a_chart_each():
    """Their times need not agree, and no finding says that they should."""
    hosts = {**organisation(), "127.0.0.41": (CONTROLLER, 1000), "127.0.0.42": (SERVER, 1000)}
    zone = ZONE + """mail.example.net A 127.0.0.42
dc.example.net A 127.0.0.41
_ldap._tcp.dc._msdcs.example.net SRV 0 100 389 dc.example.net
_ldap._tcp.pdc._msdcs.example.net SRV 0 100 389 dc.example.net
"""
    with Clocks(hosts, zone) as clocks:
        report = clocks.check("--server", "ex01.contoso.com", "--server", "mail.example.net",
                              status=0).report  # fmt: skip
        expect_equal([chart["origin"] for chart in report["charts"]], ["dc1.contoso.com", "dc.example.net"], "origins")
        for chart in report["charts"]:
            for span in chart["spans"]:
                if not span["name"].endswith(" (ran exdiag)"):
                    expect_equal(span["standing"], "right", span["name"])


@case
def a_controller_by_name_and_address_is_one_row():
    with Clocks(organisation()) as clocks:
        report = clocks.check("--server", "ex01.contoso.com", "--dc", DC1, status=0).report
        roles = {span["name"]: span["role"] for span in report["charts"][0]["spans"]}
        expect_equal(roles.get(DC1), "PDC emulator", "the role of what is named by its address")
        expect("dc1.contoso.com" not in roles, f"rows are {roles}")


@case
def the_one_controller_is_wrong_where_servers_agree():
    """It comes first, and is the cause of what is told of the servers; so does the PDC emulator that misleads them."""
    servers = ("--server", "ex01.contoso.com", "--server", "127.0.0.22")
    zone = "\n".join(line for line in ZONE.splitlines() if "dc2" not in line)
    hosts = {EX01: (SERVER, 0), "127.0.0.22": (SERVER, 0), DC1: (CONTROLLER, 420)}
    misled = {EX01: (SERVER, 420), "127.0.0.22": (SERVER, 420), DC1: (CONTROLLER, 420), DC2: (CONTROLLER, 0),
              OUTSIDE: (("ntp",), 0)}  # fmt: skip
    for world, more in (((hosts, zone), ("contoso.com",)),
                        ((misled, ZONE), ("contoso.com", "--reference", OUTSIDE))):  # fmt: skip
        with Clocks(*world) as clocks:
            problems = [one for one in clocks.check(*servers, *more, status=PROBLEMS).report["findings"]
                        if one["outcome"] == "problem"]  # fmt: skip
            names = [one["subject"]["name"] for one in problems]
            expect_equal(names[0], "dc1.contoso.com", "the first problem")
            expect_equal(sorted(names[1:]), ["127.0.0.22", "ex01.contoso.com"], "the others")
            for one in problems[1:]:
                causes = [(cause["id"], cause["subject"]["name"]) for cause in one["explained_by"]]
                expect_equal(causes, [("clock-skew", "dc1.contoso.com")], f"causes of {one['subject']['name']}")


@case
def nobody_decides_between_two():
    with Clocks({DC1: (CONTROLLER, -600), DC2: (CONTROLLER, 0)}) as clocks:
        result = clocks.check("contoso.com", status=PROBLEMS)
        expect_equal(skew_of(result, "dc2.contoso.com")[0], "critical", "the one that is to follow")
        expect_equal(skew_of(result, "dc1.contoso.com")[0], "unknown", "the PDC emulator")


@case
def a_web_server_tells_the_time_when_nothing_else_does():
    with Clocks({**organisation(), EX01: (("http",), 420)}) as clocks:
        result = clocks.check("--server", "ex01.contoso.com", status=PROBLEMS)
        expect_equal(skew_of(result, "ex01.contoso.com")[0], "critical", "the server")


@case
def a_server_may_be_named_by_its_address():
    for more in ((), ("contoso.com",)):
        with Clocks(organisation(server=420)) as clocks:
            result = clocks.check("--server", EX01, *more, status=PROBLEMS)
            expect_equal(skew_of(result, EX01)[0], "critical", "the server")


@case
def an_examiner_years_off_does_not_matter():
    """Its clock is wrong by three years: what is compared is the same."""
    libraries = list(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries or "asan" in BUILD.name:
        raise Skip("there is no libfaketime, or a sanitizer in its way")
    wrong = {"LD_PRELOAD": str(libraries[0]), "FAKETIME": "-1095d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    for seconds, expected in ((0, "ok"), (400, "critical")):
        with Clocks(organisation(server=seconds)) as clocks:
            result = clocks.check("--server", "ex01.contoso.com", "--verbose", variables=wrong)
            word, said = skew_of(result, "ex01.contoso.com")
            expect_equal(word, expected, f"the server at {seconds} s")
            expect_in("days", said, "what is said of this machine's clock")


@case
def clocks_are_reached_over_ipv6():
    addresses = {"ex01": "fd00::21", "dc1": "fd00::11"}
    for address in addresses.values():
        subprocess.run(["ip", "address", "add", f"{address}/128", "dev", "lo", "nodad"], check=False)
    zone = "".join(f"{name}.contoso.com AAAA {address}\n" for name, address in addresses.items())
    zone += "\n".join(line for line in ZONE.splitlines() if "SRV" in line and "dc1" in line)
    with Clocks({addresses["ex01"]: (SERVER, 420), addresses["dc1"]: (CONTROLLER, 0)}, zone) as clocks:
        for name in ("ex01.contoso.com", addresses["ex01"]):
            expect_equal(skew_of(clocks.check("--server", name), name)[0], "critical", name)


@case
def a_reference_that_declines_is_missed():
    with Clocks({**organisation(), OUTSIDE: (("ntp/kiss",), 0)}) as clocks:
        result = clocks.check("contoso.com", "--reference", OUTSIDE, status=INCOMPLETE)
        word, said = skew_of(result, "dc1.contoso.com")
        expect_equal(word, "unknown", "the PDC emulator")
        expect_in("RATE", said, "what is said of it")


@case
def the_policy_may_bear_more():
    text = "[Unicode]\r\nUnicode=yes\r\n[Kerberos Policy]\r\nMaxClockSkew = 10\r\n"
    with folder() as place:
        file = place / "GptTmpl.inf"
        file.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
        for seconds, expected in ((420, "warning"), (620, "critical")):
            with Clocks(organisation(server=seconds)) as clocks:
                result = clocks.check("--server", "ex01.contoso.com", "--file", file)
                expect_equal(skew_of(result, "ex01.contoso.com")[0], expected, f"{seconds} s")


@case
def a_file_that_cannot_be_read_is_told_of():
    """Whatever is asked for: nothing that was named is passed over."""
    with folder() as place:
        file = place / "notes.txt"
        file.write_text("nothing that anybody reads\n")
        result = exdiag("check", "--file", file, "--only", "clock", "--format", "json", status=INCOMPLETE)
        expect_equal([one["id"] for one in result.report["findings"]], ["file-not-read"], file.name)


@case
def fifty_servers_are_held_against_one_controller():
    servers = [f"127.0.3.{number}" for number in range(1, 51)]
    hosts = {DC1: (CONTROLLER, 0), **{server: (("smb",), 0) for server in servers}}
    with Clocks(hosts) as clocks:
        named = [word for server in servers for word in ("--server", server)]
        result = clocks.check("--dc", DC1, *named, "--verbose", status=INCOMPLETE)
        for server in servers:
            expect_equal(skew_of(result, server)[0], "ok", server)


@case
def a_proxy_of_the_environment_has_no_say():
    proxies = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "ALL_PROXY")}
    with Clocks({EX01: (("http",), 0)}) as clocks, folder() as place:
        file = place / "evidence.jsonl"
        clocks.check("--server", EX01, "--save", file, variables=proxies)
        items = [json.loads(line) for line in file.read_text().splitlines()]
        read = [item for item in items if item.get("source") == "http" and item["status"] != "refused"]
        if any(item["status"] == "not-supported" for item in read):
            raise Skip("built without libcurl, or it is not here")
        expect(read and all(item["status"] == "ok" for item in read), f"over HTTP: {read}")


@contextlib.contextmanager
def https_server(address, place):
    """Says 404 and the time at port 443 over TLS, to whoever comes."""
    key, certificate = place / "key.pem", place / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x",
         "-keyout", key, "-out", certificate], capture_output=True, check=True)  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer((address, 443), http.server.SimpleHTTPRequestHandler)
    server.RequestHandlerClass.log_message = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


@case
def no_keys_of_tls_are_written():
    if not shutil.which("openssl"):
        raise Skip("no openssl to make a certificate")
    with Clocks({DC1: (CONTROLLER, 0)}) as clocks, folder() as place, https_server(EX01, place):
        file, keys = place / "evidence.jsonl", place / "keys.log"
        clocks.check("--server", EX01, "--save", file, variables={"SSLKEYLOGFILE": str(keys)})
        items = [json.loads(line) for line in file.read_text().splitlines()]
        read = [item["status"] for item in items if item.get("source") == "http"]
        if "not-supported" in read:
            raise Skip("built without libcurl, or it is not here")
        expect_in("ok", read, "what HTTPS came to")
        expect(not keys.exists(), "the keys of TLS were written to a file")


def libcurl():
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout
    found = re.search(r"libcurl\.so\.4 .*=> (\S+)", listed)
    if not found:
        raise Skip("libcurl is not here")
    return os.path.realpath(found[1])


@case
def without_libcurl_everything_else_is_asked():
    with Clocks({EX01: (("http", "smb"), 0)}) as clocks, folder() as place:
        file, library = place / "evidence.jsonl", libcurl()
        subprocess.run(["mount", "--bind", "/dev/null", library], check=True)
        try:
            clocks.check("--server", EX01, "--save", file)
        finally:
            subprocess.run(["umount", library], check=True)
        items = [json.loads(line) for line in file.read_text().splitlines()]
        said = {item["source"]: (item["status"], item.get("reason")) for item in items if "source" in item}
        expect_equal(said["http"][0], "not-supported", "over HTTP")
        expect_in("libcurl", said["http"][1], "the reason")
        expect_equal(said["smb2"], ("ok", None), "over SMB2")


@case
def the_plan_says_what_a_defender_sees():
    out = exdiag("check", "--plan", "--server", "ex01.contoso.com", "--dns", "127.0.0.1", status=FINE).out
    expect(len(re.findall(r"^ {15}\S", out, re.MULTILINE)) >= 5, "the plan has no lines of its own for each host")
    for word in ("AS-REQ without credentials", "tries out account names", "SRV _ldap._tcp.pdc._msdcs"):
        expect_in(word, out, "the plan")
    expect_in("without credentials", exdiag("list", status=FINE).out, "the list")


main()
