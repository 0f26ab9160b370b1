"""Mail exchangers: the program against lab_smtp, whose peers stall, drip, refuse and lie."""

from harness import *

LAB_SMTP = str(BUILD / "tests/lab_smtp")
QUICK = "0.7"  # seconds of patience with those that will never greet


class Exchangers:
    """lab_smtp and the name server that leads to it: one domain for each behaviour, or for a
    list of them, best preference first. `domains`: {domain: behaviour or list of behaviours}."""

    def __init__(self, domains, ca=None):
        zone, peers = [], []
        for domain, behaviours in domains.items():
            zone.append(f'{domain} TXT "v=spf1 -all"')
            for behaviour in [behaviours] if isinstance(behaviours, str) else behaviours:
                number = len(peers)
                address = f"127.0.{2 + number // 200}.{1 + number % 200}"
                peers.append(f"{address}={behaviour}@mx{number}.{domain}")
                zone.append(f"{domain} MX {10 + number} mx{number}.{domain}")
                zone.append(f"mx{number}.{domain} A {address}")
        self.names = Lab("\n".join(zone) + "\n")
        self.process = subprocess.Popen(
            [LAB_SMTP, "--port", "0", *(["--ca", str(ca)] if ca else []), *peers],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(None),
        )  # fmt: skip
        lines = [self.process.stdout.readline() for _ in peers]
        expect(all(line.startswith("listening ") for line in lines), f"lab_smtp says {lines}")
        self.port = int(lines[0].rsplit(":", 1)[1])
        self.ways = ["--dns", self.names.dns, "--port", f"smtp={self.port}", "--only", "mx"]
        self.counts = None

    def check(self, *arguments, **options):
        return exdiag("check", *arguments, *self.ways, **options)

    def stop(self):
        """Ends the peers; what came to each is in `counts`."""
        if self.process.stdin.closed:
            return
        self.process.stdin.close()
        self.counts = [
            {word: int(number) for word, number in re.findall(r"(\w+)=(\d+)", line)}
            for line in self.process.stdout.read().splitlines()
        ]
        self.process.stdout.close()
        self.process.wait(DEADLINE)
        self.names.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def finding_about(result, domain, finding_id):
    for finding in result.report["findings"]:
        if finding["id"] == finding_id and finding["subject"]["name"] == domain:
            return finding
    raise AssertionError(f"nothing of {finding_id} about {domain}: {result.findings()}")


def said(finding):
    return " / ".join([finding["title"], *(line["text"] for line in finding["seen"])])


# ---- patience ----


@case
def exit_statuses():
    with Exchangers({"well.com": "healthy", "mute.com": "stall", "shut.com": "refused"}) as lab:
        for domain, status in (("well.com", FINE), ("mute.com", INCOMPLETE), ("shut.com", PROBLEMS)):
            lab.check(domain, "--patience", QUICK, status=status)


@case
def patience_that_is_none():
    for value in ("", "0", "-1", "1e9", "slow", "Quick", "5s", "3601", "nan"):
        result = exdiag("check", "contoso.com", "--dns", "127.0.0.1:1", f"--patience={value}",
                        status=TROUBLE)  # fmt: skip
        expect_in("--patience takes", result.err, f"stderr of {value!r}")


@case
def patience_in_words_and_seconds():
    with Exchangers({"well.com": "healthy"}) as lab:
        for value, seconds in (("quick", 30), ("normal", 60), ("proof", 300), ("2.5", 2.5)):
            plan = lab.check("well.com", "--patience", value, "--plan", status=FINE).flat
            expect_in(f"up to {seconds:.1f} s more", plan, f"the plan of {value}")


@case
def a_plan_calls_nobody():
    with Exchangers({"well.com": "healthy"}) as lab:
        lab.check("well.com", "--plan", status=FINE)
        lab.stop()
        expect_equal(lab.counts[0]["accepted"], 0, "connections")


@case
def shorter_than_the_silence_is_inconclusive():
    with Exchangers({"mute.com": "stall"}) as lab:
        result = lab.check("mute.com", "--patience", QUICK, "--format", "json", status=INCOMPLETE)
        finding = finding_about(result, "mute.com", "mx-banner-stall")
        expect_equal(finding["outcome"], "unknown", "outcome")
        expect_in(f"inconclusive, no greeting in {QUICK}", finding["title"], "title")


@case
def silence_that_ends_in_a_close_is_the_stall():
    with Exchangers({"balanced.com": ["late-close:5.1", "healthy-tls"]}) as lab:
        result = lab.check("balanced.com", "--patience", 20, "--format", "json", status=PROBLEMS)
        finding = finding_about(result, "balanced.com", "mx-banner-stall")
        expect_equal((finding["outcome"], finding["severity"]), ("problem", "critical"), "finding")
        expect_in("then it closed the connection", said(finding), "what was seen")


@case
def twenty_addresses_take_the_patience_and_little_more():
    patience = 3
    domains = {"crowd.com": ["stall", "healthy"] * 10}
    with Exchangers(domains) as lab:
        began = time.monotonic()
        result = lab.check("crowd.com", "--patience", patience, "--format", "json",
                           status=(INCOMPLETE, PROBLEMS))  # fmt: skip
        took = time.monotonic() - began
        expect(took < 10 * patience, f"it took {took:.1f} s, as if each were waited for by itself")
        finding = finding_about(result, "crowd.com", "mx-banner-stall")
        expect_in("10", said(finding), "the count")
        lab.stop()
        expect_equal([count["accepted"] for count in lab.counts], [1] * 20, "connections")
        expect_equal([count["early"] for count in lab.counts[1::2]], [0] * 10,
                     "bytes before the greeting")  # fmt: skip


# ---- manners ----


@case
def nothing_is_said_before_the_greeting():
    behaviours = ("healthy", "teaser:0.4", "delayed:0.4", "drip:0.01", "big-banner", "mailguard")
    with Exchangers({f"d{i}.com": one for i, one in enumerate(behaviours)}) as lab:
        lab.check(*(f"d{i}.com" for i in range(len(behaviours))), "--patience", 20)
        lab.stop()
        expect_equal([count["early"] for count in lab.counts], [0] * len(behaviours),
                     "bytes before the greeting")  # fmt: skip
        expect_equal([count["accepted"] for count in lab.counts], [1] * len(behaviours),
                     "connections")  # fmt: skip


@case
def after_silence_a_quit_and_no_more():
    with Exchangers({"mute.com": "stall", "tease.com": "teaser-stall"}) as lab:
        lab.check("mute.com", "tease.com", "--patience", QUICK, status=INCOMPLETE)
        lab.stop()
        for count in lab.counts:
            expect(count["early"] in (0, len("QUIT\r\n")), f"said in silence: {count}")


@case
def one_conversation_for_all_domains_of_an_exchanger():
    zone = "\n".join(f"c{i}.com MX 10 mx0.shared.com" for i in range(40))
    with Exchangers({"shared.com": "healthy"}) as lab, Lab(
        zone + "\nmx0.shared.com A 127.0.2.1\n"
    ) as names:
        exdiag("check", *(f"c{i}.com" for i in range(40)), "--dns", names.dns,
               "--port", f"smtp={lab.port}", "--only", "mx", "--patience", 5)  # fmt: skip
        lab.stop()
        expect_equal(lab.counts[0]["accepted"], 1, "connections")


@case
def ports_that_are_one_are_told_once():
    """By --port, as of a server in a laboratory."""
    with Exchangers({"shared.com": "refuses-554"}) as lab:
        ports = [word for service in ("submission", "submissions") for word in ("--port", f"{service}={lab.port}")]
        for more in (ports, ["--port", "smtp=1", *ports]):
            result = exdiag("check", "--server", "mx0.shared.com", *lab.ways, *more, "--only", "mx", "--format", "json",
                            status=PROBLEMS)  # fmt: skip
            found = [one["id"] for one in result.report["findings"]]
            expect_equal(found.count("mx-greeting-refused"), 1, f"{more}: {found}")


@case
def an_interrupt_ends_a_stall_long_before_its_patience():
    with Exchangers({"mute.com": "stall", "well.com": "healthy"}) as lab, folder() as place:
        path = place / "f"
        run = Running("check", "mute.com", "well.com", *lab.ways, "--patience", "proof",
                      "--save", path)  # fmt: skip
        wait_until(lambda: path.exists() and '"smtp ' in path.read_text())  # well.com's is over
        run.signal(signal.SIGINT)
        result = run.end()
        expect(result.status in (PROBLEMS, INCOMPLETE), f"exit status {result.status}")
        expect_in("interrupted", result.out, "the report")
        expect_in("well.com", result.out + exdiag("report", path, "--verbose").out, "the report")


# ---- what is said, whatever is done ----

VERDICTS = {  # what each behaviour leads to, with a second's patience
    "healthy": ("mx-banner-stall", "ok"),
    "healthy-tls": ("mx-starttls", "ok"),
    "exchange": ("mx-starttls", "ok"),
    "self-signed": ("mx-certificate", "problem"),
    "expired": ("mx-certificate", "problem"),
    "many-names": ("mx-certificate", "ok"),
    "mismatched": ("mx-certificate", "problem"),
    "stall": ("mx-banner-stall", "unknown"),
    "deaf": ("mx-banner-stall", "unknown"),
    "refused": ("mx-refuses", "problem"),
    "closes": ("mx-closes", "problem"),
    "resets": ("mx-closes", "problem"),
    "closes-in-greeting": ("mx-closes", "problem"),
    "closes-in-line": ("mx-closes", "problem"),
    "closes-at-greeting": ("mx-breaks-off", "problem"),
    "closes-at-ehlo": ("mx-breaks-off", "problem"),
    "resets-at-ehlo": ("mx-breaks-off", "problem"),
    "stalls-at-ehlo": ("mx-breaks-off", "problem"),
    "closes-at-quit": ("mx-banner-stall", "ok"),
    "refuses-450": ("mx-greeting-refused", "problem"),
    "refuses-421": ("mx-greeting-refused", "problem"),
    "refuses-421-busy": ("mx-greeting-refused", "problem"),
    "refuses-521": ("mx-greeting-refused", "problem"),
    "refuses-550": ("mx-greeting-refused", "problem"),
    "refuses-554": ("mx-greeting-refused", "problem"),
    "teaser:0.3": ("mx-banner-stall", "ok"),
    "teaser-refuses-521:0.3": ("mx-greeting-refused", "problem"),
    "teaser-refuses-421:0.3": ("mx-greeting-refused", "problem"),
    "half-line-flood": ("mx-banner-stall", "unknown"),
    "teaser-stall": ("mx-banner-stall", "unknown"),
    "delayed:0.3": ("mx-banner-stall", "ok"),
    "drip:0.01": ("mx-banner-stall", "ok"),
    "drip-forever": ("mx-banner-stall", "unknown"),
    "half-line": ("mx-banner-stall", "unknown"),
    "big-banner": ("mx-banner-stall", "ok"),
    "long-line": ("mx-banner-stall", "ok"),
    "endless-banner": ("mx-not-smtp", "problem"),
    "nuls": ("mx-banner-stall", "ok"),
    "8-bit": ("mx-banner-stall", "ok"),
    "escapes": ("mx-banner-stall", "ok"),
    "bare-lf": ("mx-banner-stall", "ok"),
    "exchange-5.0": ("mx-banner-stall", "ok"),
    "windows-2003": ("mx-banner-stall", "ok"),
    "no-code": ("mx-not-smtp", "problem"),
    "codes-differ": ("mx-not-smtp", "problem"),
    "ssh": ("mx-not-smtp", "problem"),
    "http": ("mx-not-smtp", "problem"),
    "pop3": ("mx-not-smtp", "problem"),
    "talks-on": ("mx-banner-stall", "ok"),
    "mailguard": ("mx-inspected", "problem"),
    "ehlo-refused": ("mx-banner-stall", "ok"),
    "ehlo-421": ("mx-breaks-off", "problem"),
    "name-refused": ("mx-breaks-off", "problem"),
    "starttls-454": ("mx-starttls", "problem"),
    "starttls-garbage": ("mx-starttls", "problem"),
    "starttls-closes": ("mx-starttls", "problem"),
    "starttls-stalls": ("mx-starttls", "problem"),
    "closes-behind-tls": ("mx-starttls", "problem"),
    "stalls-behind-tls": ("mx-starttls", "problem"),
    "starttls-injection": ("mx-starttls", "ok"),
}
NOT_SCRIPTS_OF_PORT_25 = {"tls-at-once", "late-close", "late-reset", "teaser-late-close"}


def of_every_kind(place):
    return Exchangers(
        {f"behaviour{i}.com": kind for i, kind in enumerate(VERDICTS)}, ca=place / "authority.pem"
    )


def check_every_kind(lab, place, *arguments):
    domains = [f"behaviour{i}.com" for i in range(len(VERDICTS))]
    return lab.check(*domains, "--patience", 1.5, "--timeout", 1.5, "--verbose", "--ca-file",
                     place / "authority.pem", *arguments, status=PROBLEMS)  # fmt: skip


@case
def every_behaviour_has_its_verdict():
    listed = subprocess.run([LAB_SMTP, "--list"], capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in listed.splitlines()}
    tested = {kind.split(":")[0] for kind in VERDICTS}
    expect_equal(names, tested | NOT_SCRIPTS_OF_PORT_25, "behaviours")
    with folder() as place, of_every_kind(place) as lab:
        result = check_every_kind(lab, place, "--format", "json")
        wrong = []
        for number, (kind, (finding_id, outcome)) in enumerate(VERDICTS.items()):
            found = {
                (finding["id"], finding["outcome"])
                for finding in result.report["findings"]
                if finding["subject"]["name"] == f"behaviour{number}.com"
            }
            if (finding_id, outcome) not in found:
                wrong.append(f"{kind}: {sorted(found)}")
        expect_equal(wrong, [], "verdicts")


@case
def what_is_saved_is_the_run():
    with folder() as place, of_every_kind(place) as lab:
        for format in FORMATS:
            path = place / format
            live = check_every_kind(lab, place, "--save", path, "--format", format)
            again = exdiag("report", path, "--format", format, "--verbose", status=PROBLEMS)
            expect(live.out_bytes == again.out_bytes, f"the report of {format} is another")


@case
def redacted_it_names_nobody():
    with folder() as place, of_every_kind(place) as lab:
        path = place / "f"
        live = check_every_kind(lab, place, "--save", path, "--redact", "--format", "json")
        again = exdiag("report", path, "--format", "json", "--verbose", status=PROBLEMS)
        expect(live.out_bytes == again.out_bytes, "the report is another")
        text = path.read_text()
        for name in ("behaviour", "mail.example", "lab's authority"):
            expect(name not in text, f"{name} is in the file")


@case
def hostile_banners_are_made_safe():
    domains = {"esc.com": "escapes", "nul.com": "nuls", "latin.com": "8-bit"}
    with Exchangers(domains) as lab:
        for format in FORMATS:
            result = lab.check(*domains, "--patience", 5, "--verbose", "--format", format)
            expect_in("owned", result.out, f"the banner as {format}")
            for bad in (b"\x1b", b"\x07", b"\x00", b"\x08", "\u202e".encode()):
                expect_not_in(bad, result.out_bytes, f"the report as {format}")
            if format == "html":
                expect_not_in("<script>alert", result.out, "the page")
            result.out_bytes.decode("utf-8")


@case
def on_a_terminal_too():
    with Exchangers({"esc.com": "escapes"}) as lab:
        _, seen, _ = on_terminal("check", "esc.com", *lab.ways, "--patience", "5", "--verbose",
                                 "--no-color")  # fmt: skip
        expect_in(b"owned", seen, "the banner")
        for bad in (b"\x1b[2J", b"\x1b]0", b"\x07", b"\x08"):
            expect_not_in(bad, seen, "the terminal")


@case
def an_endless_banner_is_read_no_further_than_its_bound():
    with Exchangers({"endless.com": "endless-banner"}) as lab:
        lab.check("endless.com", "--patience", 600, status=PROBLEMS)  # within the harness's DEADLINE


# ---- what the peers themselves do (the lab is tested too) ----


def end_of(port, address):
    try:
        with socket.create_connection((address, port), timeout=DEADLINE) as client:
            while client.recv(4096):
                pass
    except ConnectionResetError:  # which may come before connect() returns
        return "RST"
    return "FIN"


@case
def a_reset_of_the_lab_is_one():
    with Exchangers({"a.com": "resets", "b.com": "closes", "c.com": "late-reset:0.1"}) as lab:
        ends = [end_of(lab.port, f"127.0.2.{i}") for i in (1, 2, 3)]
        expect_equal(ends, ["RST", "FIN", "RST"], "ends")


@case
def bad_arguments_of_the_lab():
    for argument in ("", "127.0.0.1", "127.0.0.1=none", "127.0.0.x=stall", "127.0.0.1=drip:x",
                     "127.0.0.1=stall:5", "127.0.0.1=delayed:", "127.0.0.1=delayed:9999"):  # fmt: skip
        done = subprocess.run([LAB_SMTP, "--port", "0", argument], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=DEADLINE)  # fmt: skip
        expect_equal(done.returncode, 2, f"exit status of {argument!r}")


main()
