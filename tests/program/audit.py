"""exdiag audit: lists in, lines out; none lost, none twice, whatever happens on the way."""

import collections
import pty
import random

from harness import *

try:
    import yaml
except ImportError:
    yaml = None

SOON = 30  # seconds; far above what anything here should take

WORLD = """
good.example TXT "v=spf1 ip4:192.0.2.1 -all"
open.example TXT "v=spf1 +all"
two.example TXT "v=spf1 -all"
two.example TXT "v=spf1 ~all"
chain.example TXT "v=spf1 include:one.chain.example -all"
one.chain.example TXT "v=spf1 include:two.chain.example -all"
two.chain.example TXT "v=spf1 a:mail.example -all"
mail.example A 192.0.2.25
*.many.example TXT "v=spf1 include:shared.example -all"
shared.example TXT "v=spf1 ip4:198.51.100.0/24 -all"
dead.example TXT "v=spf1 -all"
xn--bcher-kva.example TXT "v=spf1 -all"
!dead.example servfail
"""


def lines_of(text):
    """The objects of an output, which must be whole lines of JSON in UTF-8."""
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    expect(text == "" or text.endswith("\n"), "the last line has no end")
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    for line in lines:
        expect_equal(next(iter(line)), "domain", "the first member of a line")
        expect_equal(line["findings"], sorted(set(line["findings"])), "the order of findings")
    for line in lines[:100]:
        check_schema(json.dumps(line), "audit")
    return lines


def audit(domains, dns, *arguments, status=FINE, **keywords):
    """Runs an audit of a list (text, bytes or names); its lines and how it ended."""
    if isinstance(domains, (list, tuple)):
        domains = "".join(f"{domain}\n" for domain in domains)
    if isinstance(domains, str):
        domains = domains.encode()
    result = exdiag("audit", "--dns", dns, *arguments, stdin=domains, status=status, **keywords)
    return lines_of(result.out_bytes), result


def counts(lines):
    return collections.Counter(line["domain"] for line in lines)


def many(count, first=0):
    return [f"d{number}.many.example" for number in range(first, first + count)]


def by_domain(lines):
    return {line["domain"]: line for line in lines}


# ---- what a line says ----


@case
def a_line_tells_findings_and_facts():
    with Lab(WORLD) as lab:
        names = ["good.example", "open.example", "two.example", "chain.example", "no.example"]
        lines, _ = audit(names, lab.dns)
        found = by_domain(lines)
        expect_equal(counts(lines), collections.Counter(names), "the domains")
        expect_equal(found["good.example"]["findings"], [], "findings of a good record")
        expect_in("spf-multiple", found["two.example"]["findings"], "findings of two records")
        expect_in("spf-none", found["no.example"]["findings"], "findings without a record")
        expect_equal(found["two.example"]["spf"]["records"], 2, "records")
        expect_equal(found["chain.example"]["spf"]["lookups"], 3, "lookups")
        expect_equal(found["chain.example"]["spf"]["depth"], 2, "depth")
        expect("result" not in found["good.example"]["spf"], "a result without a sender")
        expect("error" not in found["no.example"], "no record is no error")


@case
def a_message_is_judged_for_each_domain():
    with Lab(WORLD) as lab:
        names = ["good.example", "chain.example", "two.example", "no.example"]
        for sender, wanted in (
            ("192.0.2.1", ["pass", "fail", "permerror", "none"]),
            ("192.0.2.25", ["fail", "pass", "permerror", "none"]),
        ):
            lines, _ = audit(names, lab.dns, "--ip", sender, "--helo", "mail.example")
            found = by_domain(lines)
            results = [found[name]["spf"].get("result") for name in names]
            expect_equal(results, wanted, f"results for {sender}")


@case
def what_cannot_be_asked_is_an_error():
    with Lab(WORLD) as lab:
        lines, _ = audit(["dead.example", "good.example"], lab.dns)
        found = by_domain(lines)
        expect_in("TXT dead.example", found["dead.example"]["error"], "the error")
        expect_in("failure", found["dead.example"]["error"], "the error")
        expect_equal(found["dead.example"]["findings"], [], "findings of a failure")
        expect("error" not in found["good.example"], "an error where there is none")


# ---- lists ----


@case
def lists_are_taken_as_people_have_them():
    text = (
        b"\xef\xbb\xbf# my domains\r\n\r\nGOOD.example.\r\n  open.example\t# a comment\r\n"
        b"https://user@two.example:8443/path?x#y\r\nPost <post@chain.example>\r\n"
        b"b\xc3\xbccher.example\r\nno.example"
    )
    with Lab(WORLD) as lab:
        lines, _ = audit(text, lab.dns)
    wanted = ["good", "open", "two", "chain", "xn--bcher-kva", "no"]
    expect_equal(counts(lines), collections.Counter(f"{name}.example" for name in wanted), "domains")
    expect(not any("error" in line for line in lines), "an error")


@case
def lists_of_windows_are_taken_too():
    names = ["good.example", "b\u00fccher.example", "no.example"]
    text = "".join(name + "\r\n" for name in names)
    with Lab(WORLD) as lab:
        for order in ("utf-16-le", "utf-16-be"):
            lines, _ = audit(("\ufeff" + text).encode(order), lab.dns)
            expect_equal(sorted(by_domain(lines)), ["good.example", "no.example", "xn--bcher-kva.example"], order)


@case
def what_is_no_domain_has_a_line_too():
    bad = [
        b"192.0.2.1", b"[2001:db8::1]", b"http://192.0.2.7/", b"not a domain", b"a..example",
        b"x" * 64 + b".example", b"a,b.example", b"nodot", b"a\0b.example", b"\xff\xfe.example",
        b"y" * 100000, b"-", b"@", b"https://", b'"quoted\\\x01\x7f".example', b"\xe2\x80\xaeb.example",
        ".".join(["z" * 60] * 6).encode(),
    ]  # fmt: skip
    with Lab(WORLD) as lab:
        lines, _ = audit(b"\n".join(bad + [b"good.example"]), lab.dns)
    expect_equal(len(lines), len(bad) + 1, "lines")
    for line in lines:
        expect(("error" in line) != (line["domain"] == "good.example"), f"{line}")
        expect(len(line["domain"]) <= 1000, "the text of a line is not bounded")


@case
def a_domain_twice_has_two_lines():
    names = ["good.example"] * 3 + ["no.example"] * 2 + many(20) * 2
    with Lab(WORLD) as lab:
        lines, _ = audit(names, lab.dns)
    expect_equal(counts(lines), collections.Counter(names), "domains")


@case
def an_empty_list_is_fine():
    for text in ("", "\n\n# nothing\n"):
        lines, result = audit(text, "127.0.0.1")
        expect_equal((lines, result.err), ([], ""), "the output")


@case
def noise_of_any_sort_is_survived():
    random.seed(3)
    noise = bytes(random.randrange(256) for _ in range(20000))
    with Lab(WORLD) as lab:
        lines, _ = audit(noise, lab.dns, "--timeout", "5")
    expect(len(lines) > 0, "no lines")


# ---- streaming ----


class Stream:
    """An audit whose list is written and whose lines are read as they come."""

    def __init__(self, *arguments, stdout=subprocess.PIPE, stdin=subprocess.PIPE):
        self.process = subprocess.Popen(
            [EXDIAG, "audit", *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(None),
        )
        self.read = b""

    def put(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def take_line(self):
        """The next line; what came with it is read by end()."""
        while b"\n" not in self.read:
            piece = os.read(self.process.stdout.fileno(), 65536)
            expect(piece, "the output ended")
            self.read += piece
        line, self.read = self.read.split(b"\n", 1)
        return line + b"\n"

    def interrupt(self, number):
        """Sends a signal, while the list is still open: how it ended."""
        self.process.send_signal(number)
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return self.end()

    def end(self):
        if self.process.stdin:
            self.process.stdin.close()
            self.process.stdin = None
        try:
            out, err = self.process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"it had not ended after {DEADLINE} s") from error
        expect_not_in(b"Sanitizer", err, "stderr")
        return self.process.returncode, self.read + (out or b""), err.decode()


@case
def lines_come_while_the_list_is_open():
    with Lab(WORLD) as lab:
        stream = Stream("--dns", lab.dns)
        for name in ("good.example", "no.example"):
            stream.put(f"{name}\n")
            expect_equal(json.loads(stream.take_line())["domain"], name, "the line")
        status, rest, _ = stream.end()
    expect_equal((status, rest), (FINE, b""), "the end")


@case
def an_interrupt_ends_it_with_whole_lines():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Lab(WORLD) as lab, Peer() as silent:
            stream = Stream("--dns", lab.dns)
            stream.put("good.example\n")
            expect_equal(
                json.loads(stream.take_line())["domain"], "good.example", "the line"
            )
            began = time.monotonic()
            status, rest, _ = stream.interrupt(number)
            expect_equal((status, rest), (INCOMPLETE, b""), "the end of one that waits for its list")
            stream = Stream("--dns", silent.dns, "--timeout", "600")
            stream.put("good.example\nnot a domain\n")
            silent.wait_for_question()
            status, out, _ = stream.interrupt(number)
            expect_equal(status, INCOMPLETE, "exit status")
            expect_equal(counts(lines_of(out)), {"not a domain": 1}, "domains")
            expect(time.monotonic() - began < SOON, "it went on")


@case
def an_output_that_goes_nowhere_ends_it():
    with Lab(WORLD) as lab:
        reader, writer = os.pipe()
        os.close(reader)
        stream = Stream("--dns", lab.dns, stdout=writer)
        os.close(writer)
        try:
            stream.put("good.example\n" * 2)
        except BrokenPipeError:
            pass
        status, _, err = stream.end()
        expect_equal(status, TROUBLE, "exit status of a closed pipe")
        expect_in("could not be written", err, "stderr")
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                stream = Stream("--dns", lab.dns, stdout=full)
                stream.put("good.example\n")
                status, _, err = stream.end()
            expect_equal(status, TROUBLE, "exit status of a full disk")
        closed = subprocess.run(
            ["sh", "-c", 'exec "$0" audit --dns "$1" >&-', EXDIAG, lab.dns],
            input=b"good.example\n", capture_output=True, timeout=DEADLINE, check=False,
            env=environment(None),
        )  # fmt: skip
        expect_equal(closed.returncode, TROUBLE, "exit status without an output")


@case
def a_list_that_cannot_be_read_is_trouble():
    with folder() as place, Lab(WORLD) as lab:
        fd = os.open(place, os.O_RDONLY)
        stream = Stream("--dns", lab.dns, stdin=fd)
        os.close(fd)
        status, _, err = stream.end()
    expect_equal(status, TROUBLE, "exit status")
    expect_in("list of domains", err, "stderr")


# ---- going on ----


def resumed(place, text, names, dns):
    """Goes on from an earlier output, adding to it, and elsewhere: both ends must be whole."""
    path = place / "results.jsonl"
    path.write_bytes(text)
    earlier = whole_lines(text)
    lines, _ = audit(names, dns, "--resume", path)
    expect_equal(
        counts(earlier + lines), collections.Counter(names), f"domains, cut at {len(text)}"
    )
    with open(path, "ab") as output:
        stream = Stream("--dns", dns, "--resume", str(path), stdout=output)
        stream.put("".join(f"{name}\n" for name in names))
        status, _, err = stream.end()
    expect_equal((status, err), (FINE, ""), "the end")
    expect_equal(
        counts(lines_of(path.read_bytes())), collections.Counter(names), f"cut at {len(text)}"
    )


def whole_lines(text):
    lines = []
    for line in text.split(b"\n"):
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass
    return lines


@case
def it_goes_on_where_it_was_cut():
    names = ["good.example", "open.example", "good.example", "not a domain", "nodot"] + many(3)
    with Lab(WORLD) as lab, folder() as place:
        _, result = audit(names, lab.dns)
        size = len(result.out_bytes)
        ends = [at for at in range(size + 1) if result.out_bytes[at - 1 : at] == b"\n"]
        near = {at + shift for at in ends for shift in (-2, -1, 0, 1)}
        for cut in sorted(near | {0} | set(range(0, size, 97))):
            if 0 <= cut <= size:
                resumed(place, result.out_bytes[:cut], names, lab.dns)


@case
def killed_again_and_again_it_loses_nothing():
    names = many(400) + many(50)
    text = "".join(f"{name}\n" for name in names)
    with Lab(WORLD + "!*.many.example delay=2\n") as lab, folder() as place:
        path, domains = place / "results.jsonl", place / "domains"
        path.touch()
        domains.write_text(text)
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
            before = path.stat().st_size
            with open(path, "ab") as output, open(domains, "rb") as stdin:
                stream = Stream(
                    "--dns", lab.dns, "--resume", str(path), "--rate", "400",
                    stdin=stdin, stdout=output,
                )  # fmt: skip
                wait_until(
                    lambda: path.stat().st_size > before or stream.process.poll() is not None
                )
                stream.process.send_signal(number)
                stream.end()
        with open(path, "ab") as output, open(domains, "rb") as stdin:
            status, _, err = Stream(
                "--dns", lab.dns, "--resume", str(path), stdin=stdin, stdout=output
            ).end()
        expect_equal((status, err), (FINE, ""), "the end")
        expect_equal(
            counts(lines_of(path.read_bytes())), collections.Counter(names), "the domains"
        )


@case
def a_long_list_that_is_done_is_passed_over():
    names = many(50000)
    with folder() as place:
        path = place / "results.jsonl"
        path.write_text("".join(f'{{"domain": "{name}", "findings": []}}\n' for name in names))
        lines, _ = audit(names + ["192.0.2.1"], "127.0.0.1", "--resume", path)
    expect_equal(counts(lines), {"192.0.2.1": 1}, "the domains")


@case
def an_earlier_output_as_powershell_wrote_it():
    """In UTF-16, which what this program writes cannot follow; a mark alone is passed over, and counted with the bytes."""
    names = many(300)
    text = "".join(f'{{"domain": "{name}", "findings": []}}\r\n' for name in names)
    with folder() as place:
        path = place / "results.jsonl"
        for encoding in ("utf-8-sig", "utf-16", "utf-16-be"):
            path.write_bytes(("\ufeff" * (encoding == "utf-16-be") + text).encode(encoding))
            lines, _ = audit(names + ["192.0.2.1"], "127.0.0.1", "--resume", path)
            expect_equal(counts(lines), {"192.0.2.1": 1}, encoding)
        with open(path, "ab") as output:
            stream = Stream("--dns", "127.0.0.1", "--resume", str(path), stdout=output)
            status, _, err = stream.end()
        expect_equal(status, TROUBLE, "exit status")
        expect_in("is UTF-16", err, "stderr")
        expect_equal(path.read_bytes().decode("utf-16"), text, "the output")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b'{"domain": "torn')
        with open(path, "ab") as output:
            stream = Stream("--dns", "127.0.0.1", "--resume", str(path), stdout=output)
            expect_equal(stream.end()[0], FINE, "exit status")
        expect_equal(path.read_bytes().decode("utf-8-sig"), text, "the output, without its torn end")


@case
def what_is_no_earlier_output_is_refused():
    with folder() as place:
        (place / "list").write_text("good.example\nopen.example\n")
        for path, word in ((place / "list", "not the output"), (place / "none", "does not exist")):
            result = exdiag("audit", "--dns", "127.0.0.1", "--resume", path, status=TROUBLE)
            expect_in(word, result.err, "stderr")


# ---- several machines ----


@case
def shards_make_the_whole():
    names = many(60) + ["good.example", "not a domain", "192.0.2.1", "GOOD.example"]
    with Lab(WORLD) as lab:
        whole, _ = audit(names, lab.dns)
        for count in (1, 3, 7):
            parts = []
            for index in range(count):
                part, _ = audit(names, lab.dns, "--shard", f"{index}/{count}")
                expect(count == 1 or len(part) < len(names), "a shard is the whole")
                parts += part
            expect_equal(counts(parts), counts(whole), f"{count} shards")


@case
def gnu_parallel_spreads_it():
    parallel = shutil.which("parallel")
    if not parallel:
        raise Skip("GNU parallel is not there")
    names = many(200) + ["good.example", "two.example", "not a domain"]
    with Lab(WORLD) as lab, folder() as place:
        whole, _ = audit(names, lab.dns)
        domains = place / "domains.txt"
        domains.write_text("".join(f"{name}\n" for name in names))
        done = subprocess.run(
            ["sh", "-c", f"parallel --pipe --block 1k -j2 {EXDIAG} audit --dns {lab.dns} < {domains}"],
            capture_output=True, timeout=DEADLINE, check=False,
            env=environment({"HOME": str(place), "PARALLEL_HOME": str(place)}),
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"exit status; {done.stderr}")
        lines = lines_of(done.stdout)
    expect_equal(
        sorted(json.dumps(line) for line in lines), sorted(json.dumps(line) for line in whole), "lines"
    )


@case
def the_job_for_kubernetes_makes_the_whole():
    if not yaml:
        raise Skip("python3-yaml is not there")
    job = yaml.safe_load((ROOT / "tests/audit/kubernetes-job.yaml").read_text())
    expect_equal((job["kind"], job["spec"]["completionMode"]), ("Job", "Indexed"), "the manifest")
    container = job["spec"]["template"]["spec"]["containers"][0]
    variables = {entry["name"]: entry["value"] for entry in container["env"]}
    expect_equal(variables["SHARDS"], str(job["spec"]["completions"]), "SHARDS")
    names = many(40) + ["good.example", "not a domain"]
    with Lab(WORLD) as lab, folder() as place:
        (place / "domains.txt").write_text("".join(f"{name}\n" for name in names))
        variables.update(RESOLVER=lab.dns, PATH=f"{BUILD}:{os.environ['PATH']}")
        for index in range(job["spec"]["completions"]):
            for _ in range(2):  # started again, it has nothing left to do
                arguments = [text.replace("/data/", f"{place}/") for text in container["args"]]
                subprocess.run(
                    container["command"] + arguments, check=True, timeout=DEADLINE,
                    env=environment({**variables, "JOB_COMPLETION_INDEX": str(index)}),
                )  # fmt: skip
        lines = []
        for path in place.glob("results-*.jsonl"):
            lines += lines_of(path.read_bytes())
    expect_equal(counts(lines), collections.Counter(names), "the domains")


# ---- name servers ----


def deny(question):
    """NXDOMAIN, whatever was asked."""
    return question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12:]


@case
def several_servers_share_the_questions():
    with Peer(deny) as one, Peer(deny) as other:
        lines, _ = audit(many(200), one.dns, "--dns", other.dns)
    expect_equal(counts(lines), collections.Counter(many(200)), "the domains")
    asked = len(one.questions), len(other.questions)
    expect(min(asked) * 3 > max(asked), f"asked {asked}")


@case
def a_name_is_asked_once_for_all():
    answers = collections.Counter()

    def refuse(question):
        answers[question[12:]] += 1
        return deny(question)

    with Peer(refuse) as peer:
        lines, _ = audit(["same.example"] * 500, peer.dns)
    expect_equal(len(lines), 500, "lines")
    expect(max(answers.values()) == 1, f"asked {max(answers.values())} times")


@case
def the_rate_is_kept():
    with Lab(WORLD) as lab:
        began = time.monotonic()
        lines, _ = audit(many(60), lab.dns, "--rate", "40")
        took = time.monotonic() - began
    expect_equal(len(lines), 60, "lines")
    expect(took > 0.7, f"60 questions and more took {took:.2f} s at 40 a second")


@case
def a_name_server_that_dies_and_returns_loses_nothing():
    names = many(300)
    lab = Lab(WORLD)
    port = lab.port
    try:
        stream = Stream("--dns", lab.dns, "--rate", "600", "--timeout", "60")
        stream.put("".join(f"{name}\n" for name in names[:100]))
        first = stream.take_line()
        lab.stop()
        stream.put("".join(f"{name}\n" for name in names[100:]))
        time.sleep(1)
        lab = Lab(WORLD, port=port)
        status, rest, _ = stream.end()
    finally:
        lab.stop()
    lines = lines_of(first + rest)
    expect_equal(status, FINE, "exit status")
    expect_equal(counts(lines), collections.Counter(names), "the domains")
    expect_equal([line for line in lines if "error" in line], [], "lines with an error")


@case
def a_dead_name_server_is_an_error_of_each():
    lines, _ = audit(many(20), f"127.0.0.1:{free_port()}", "--timeout", "0.5")
    expect_equal(len(lines), 20, "lines")
    expect(all("error" in line and not line["findings"] for line in lines), "no error")


@case
def public_resolvers_are_asked_with_restraint():
    for server, restrained in (("9.9.9.9", True), ("[2620:fe::fe]", True), ("10.1.2.3", False),
                               ("127.0.0.53", False), ("192.168.7.1", False), ("[fd00::1]", False)):  # fmt: skip
        result = exdiag("audit", "--dns", server, stdin=b"", status=FINE)
        expect_equal("200 questions a second" in result.err, restrained, f"restraint for {server}")
    result = exdiag("audit", "--dns", "9.9.9.9", "--rate", "50", stdin=b"", status=FINE)
    expect_equal(result.err, "", "stderr with a rate")


@case
def the_system_has_resolvers():
    needs_namespace()
    with Lab({"127.0.0.1": WORLD}, port=53):
        system_resolvers("nameserver 127.0.0.1\n")
        result = exdiag("audit", stdin=b"good.example\n", status=FINE)
        expect_equal(counts(lines_of(result.out_bytes)), {"good.example": 1}, "the domains")
        system_resolvers("")


# ---- memory ----


def peak_of(count, dns):
    """Kilobytes at most while so many domains passed through."""
    with tempfile.TemporaryFile() as domains, tempfile.TemporaryFile() as output:
        domains.write("".join(f"{name}\n" for name in many(count)).encode())
        domains.seek(0)
        options = "quarantine_size_mb=1:" + environment(None)["ASAN_OPTIONS"]
        process = subprocess.Popen(
            [EXDIAG, "audit", "--dns", dns], stdin=domains, stdout=output,
            env=environment({"ASAN_OPTIONS": options}),
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        expect_equal(process.returncode, FINE, "exit status")
        output.seek(0)
        expect_equal(sum(1 for _ in output), count, "lines")
    return usage.ru_maxrss


@case
def memory_does_not_grow_with_the_list():
    with Lab(WORLD) as lab:
        few, more = peak_of(15000, lab.dns), peak_of(60000, lab.dns)
    expect(more < few * 1.2 + 4096, f"{few} KiB for 15,000 domains, {more} for 60,000")


# ---- mail exchangers ----

MAIL = """
calm.example MX 10 mx.calm.example
mx.calm.example A 127.2.0.1
silent.example MX 10 mx.silent.example
silent.example MX 20 mx.calm.example
mx.silent.example A 127.1.0.1
closed.example MX 0 .
*.provider.example MX 10 mx.calm.example
*.provider.example MX 20 mx.silent.example
*.loud.example MX 10 mx.loud.example
mx.loud.example A 127.1.0.2
"""


class Exchangers:
    """Mail exchangers at one port: those of 127.2.0.0/16 greet, the rest of 127/8 stays silent."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "tests/bench/mx_peers.py", "0"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.port = int(self.process.stdout.readline())
        self.arguments = ("--only", "mx", "--port", f"smtp={self.port}")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(DEADLINE)

    def connections(self):
        """How many were open at once at most, and how many there were."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return tuple(map(int, self.process.stdout.readline().split()))


def silent_domains(count):
    """Lines of a zone: domains with one exchanger each, which is silent."""
    return "".join(
        f"s{number}.example MX 10 m{number}.example\n"
        f"m{number}.example A 127.1.{number // 250 + 1}.{number % 250}\n"
        for number in range(count)
    )


def stall_of(line):
    return "mx-banner-stall" in line["findings"] + line.get("unknown", [])


@case
def a_line_tells_of_mail_exchangers():
    names = ["calm.example", "silent.example", "closed.example", "none.example"]
    with Lab(MAIL) as lab, Exchangers() as peers:
        lines, _ = audit(names, lab.dns, *peers.arguments, "--patience", "0.5")
    found = by_domain(lines)
    expect_equal(counts(lines), collections.Counter(names), "the domains")
    expect(not stall_of(found["calm.example"]), "a stall where there is none")
    expect(stall_of(found["silent.example"]), f"no stall: {found['silent.example']}")
    for name, wanted in (
        ("calm.example", (1, 1, 0, "ready")),
        ("silent.example", (2, 2, 0, "inconclusive")),
    ):
        facts = found[name]["mx"]
        got = tuple(facts.get(word) for word in ("exchangers", "addresses", "stalled", "verdict"))
        expect_equal(got, wanted, f"what is told of {name}")
    for name, wanted in (("closed.example", "null-mx"), ("none.example", "no-domain")):
        expect_equal(found[name]["mx"].get("verdict"), wanted, f"the verdict on {name}")
    expect_equal(found["none.example"]["findings"], ["mx-no-address"], "a domain that is not there")
    expect_equal(found["closed.example"]["findings"], [], "a domain that takes no mail")
    for line in lines:
        expect("spf" not in line, "facts of a probe that was not asked for")


@case
def a_provider_of_many_is_talked_to_once():
    names = [f"d{number}.provider.example" for number in range(3000)]
    with Lab(MAIL) as lab, Exchangers() as peers:
        lines, _ = audit(names, lab.dns, *peers.arguments, "--patience", "1", "--jobs", "8")
        expect_equal(peers.connections()[1], 2, "connections to two addresses")
    expect_equal(counts(lines), collections.Counter(names), "the domains")
    expect(all(stall_of(line) for line in lines), "a stall was not told to all who share it")


@case
def exchangers_are_waited_for_side_by_side():
    names = [f"s{number}.example" for number in range(250)] + ["calm.example"]
    with Lab(MAIL + silent_domains(250)) as lab, Exchangers() as peers:
        arguments = (*peers.arguments, "--patience", "5", "--jobs", "250", "--in-flight", "50")
        lines, _ = audit(names, lab.dns, *arguments)
        expect(peers.connections()[0] > 100, f"{peers.connections()} connections at once, and ever")
    expect_equal(counts(lines), collections.Counter(names), "the domains")


@case
def an_audit_of_exchangers_goes_on_where_it_was_cut():
    names = ["calm.example", "silent.example", "closed.example", "a.provider.example"]
    with Lab(MAIL) as lab, Exchangers() as peers, folder() as place:
        arguments = (*peers.arguments, "--patience", "0.3")
        _, result = audit(names, lab.dns, *arguments)
        path = place / "results.jsonl"
        path.write_bytes(result.out_bytes[: len(result.out_bytes) * 2 // 3])
        earlier = whole_lines(path.read_bytes())
        expect(0 < len(earlier) < len(names), "nothing was cut")
        lines, _ = audit(names, lab.dns, "--resume", path, *arguments)
    expect_equal(counts(earlier + lines), collections.Counter(names), "the domains")


@case
def few_open_files_cost_time_and_no_answers():
    names = [f"s{number}.example" for number in range(400)]
    prefix = ["sh", "-c", 'ulimit -n 200 && exec "$@"', "sh"]
    with Lab(silent_domains(400)) as lab, Exchangers() as peers:
        arguments = (*peers.arguments, "--patience", "0.2", "--jobs", "1000")
        lines, result = audit(names, lab.dns, *arguments, prefix=prefix)
        expect_equal(peers.connections()[1], 400, "connections")
    expect_in("only 150 conversations at once", result.err, "stderr")
    expect_equal(counts(lines), collections.Counter(names), "the domains")
    for line in lines:
        expect_equal(line["mx"]["verdict"], "inconclusive", f"the verdict on {line['domain']}")


@case
def an_interrupt_ends_a_thousand_conversations():
    with Lab(silent_domains(1000)) as lab, Exchangers() as peers, folder() as place:
        (place / "domains").write_text("".join(f"s{number}.example\n" for number in range(1000)))
        with open(place / "domains", "rb") as stdin:
            stream = Stream(
                "--dns", lab.dns, *peers.arguments, "--patience", "600", "--timeout", "60",
                "--jobs", "1000", stdin=stdin
            )
        wait_until(lambda: peers.connections()[0] >= 900 or stream.process.poll() is not None)
        began = time.monotonic()
        status, out, _ = stream.interrupt(signal.SIGINT)
        expect(time.monotonic() - began < SOON, "it went on")
        expect_equal((status, out), (INCOMPLETE, b""), "the end")


# ---- the command line ----


@case
def usage_is_told():
    text = exdiag("audit", "--help", status=FINE).out
    for word in ("--shard I/N", "--resume FILE", "--rate N", "--deep", "--ip ADDR", "--dns"):
        expect_in(word, text, "the help")
    expect_in("audit", exdiag("--help", status=FINE).out, "the help of all")
    for arguments in (
        ["a.example"], ["--shard", "4/4"], ["--shard", "-1/2"], ["--shard", "1"], ["--shard", "0/0"],
        ["--rate", "x"], ["--rate", "-1"], ["--ip", "x"], ["--ip", "192.0.2.1", "--ip", "192.0.2.2"],
        ["--save", "x"], ["--format", "json"], ["--only", "file"], ["--skip", "spf"],
    ):  # fmt: skip
        result = exdiag("audit", "--dns", "127.0.0.1", *arguments, stdin=b"", status=TROUBLE)
        expect(result.err.startswith("exdiag: "), f"{arguments}: {result.err}")


@case
def only_and_skip_choose_findings():
    with Lab(WORLD) as lab:
        lines, _ = audit(["two.example"], lab.dns, "--skip", "spf-multiple")
        expect_not_in("spf-multiple", lines[0]["findings"], "what was skipped")
        lines, _ = audit(["two.example", "no.example"], lab.dns, "--only", "spf-none")
        found = by_domain(lines)
        expect_equal(found["two.example"]["findings"], [], "what was not named")
        expect_equal(found["no.example"]["findings"], ["spf-none"], "what was named")


@case
def progress_is_for_terminals():
    names = "".join(f"{name}\n" for name in many(150))
    with Lab(WORLD) as lab, folder() as place:
        (place / "domains").write_text(names)
        for arguments, shown in ((["--rate", "200"], True), (["--rate", "200", "--quiet"], False)):
            master, slave = pty.openpty()
            with open(place / "domains", "rb") as stdin:
                process = subprocess.Popen(
                    [EXDIAG, "audit", "--dns", lab.dns, *arguments],
                    stdin=stdin, stdout=subprocess.DEVNULL, stderr=slave, env=environment(None),
                )  # fmt: skip
            os.close(slave)
            seen = b""
            try:
                while piece := os.read(master, 65536):
                    seen += piece
            except OSError:  # the other end is closed
                pass
            os.close(master)
            expect_equal(process.wait(DEADLINE), FINE, "exit status")
            expect_equal(b" a second" in seen and b" left" in seen, shown, f"progress: {seen!r}")
        _, result = audit(names, lab.dns)
        expect_equal(result.err, "", "stderr without a terminal")


main()
