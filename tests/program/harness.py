"""What the tests of the program share: running it, name servers for it, cases.

A test file defines cases with @case and ends with main(). It prints "ok NAME",
"FAILED NAME: why" or "skipped NAME: why" for each and a closing count; its exit
status is 1 if a case failed. The build folder is its first argument; names behind it
choose cases.

As root every file runs in a network and mount namespace of its own, so that nothing it
does leaves the machine and the system's resolver is what the case says. Elsewhere the
cases that need this are skipped.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/debug").resolve()
EXDIAG = str(BUILD / "exdiag")
WINDOWS = os.environ.get("EXDIAG_WINDOWS")  # a build for Windows, whose programs run in place of BUILD's
LAB_NAME_SERVER = str(BUILD / "tests/lab_name_server")
DEADLINE = 60  # seconds for anything; far above what it should take

FINE, PROBLEMS, TROUBLE, INCOMPLETE = 0, 1, 2, 3  # exit statuses
FORMATS = ("text", "json", "html", "markdown", "junit")  # those that tell what was seen; more in formats.py

# They take no mail (RFC 7505): nobody is called who would have to be there.
HEALTHY = """
contoso.com TXT "v=spf1 ip4:192.0.2.25 -all"
contoso.com MX 0 .
"""
BROKEN = """
fabrikam.com TXT "v=spf1 ip4:192.0.2.26 -all"
fabrikam.com TXT "v=spf1 ip4:203.0.113.7 ~all"
fabrikam.com MX 0 .
"""


class Skip(Exception):
    """Raised by a case that cannot run here; says why."""


# ---- claims ----


def expect(claim, why):
    if not claim:
        raise AssertionError(why)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def expect_in(part, whole, what):
    expect(part in whole, f"{what} lacks {part!r}: {whole!r}")


def expect_not_in(part, whole, what):
    expect(part not in whole, f"{what} has {part!r}: {whole!r}")


# ---- the program ----


def program(name):
    """The words that start a program of the build: under Wine where EXDIAG_WINDOWS has it."""
    if not WINDOWS:
        return [str(BUILD / name)]
    return [str(ROOT / "tests/windows/wine.sh"), f"{WINDOWS}/{name}.exe"]


class Result:
    """How a run of the program ended."""

    def __init__(self, arguments, status, out, err):
        self.arguments = arguments
        self.status = status
        self.out_bytes = out
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    @property
    def report(self):
        return json.loads(self.out_bytes)

    @property
    def flat(self):
        """The text with line breaks and indents as single spaces: where it wraps is no matter."""
        return " ".join(self.out.split())

    def findings(self, outcome=None):
        return {
            (finding["id"], finding["subject"]["name"])
            for finding in self.report["findings"]
            if outcome in (None, finding["outcome"])
        }


def environment(changes):
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    variables["ASAN_OPTIONS"] = "exitcode=99:abort_on_error=0"
    variables["UBSAN_OPTIONS"] = "halt_on_error=1:exitcode=99"
    variables.update(changes or {})
    return {key: value for key, value in variables.items() if value is not None}


def check_soundness(result):
    """No crash, no sanitizer's word, and JSON that fits the schema."""
    expect(result.status >= 0, f"ended by signal {-result.status}: {result.err}")
    for word in ("Sanitizer", "runtime error:"):
        expect_not_in(word, result.err, "stderr")
    for number, argument in enumerate(result.arguments):
        is_json = argument == "--format=json" or result.arguments[number - 1 : number + 1] == [
            "--format",
            "json",
        ]
        if is_json and result.out and result.status != TROUBLE:
            check_schema(result.out, result.arguments[0])


def exdiag(*arguments, status=None, variables=None, folder=None, user=None, stdin=b"", prefix=()):
    """Runs the program to its end. `status`: the exit status, or a tuple of those allowed."""
    arguments = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(
            [*prefix, *program("exdiag"), *arguments],
            input=stdin,
            capture_output=True,
            timeout=DEADLINE,
            env=environment(variables),
            cwd=folder,
            user=user,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"{arguments} had not ended after {DEADLINE} s") from error
    result = Result(arguments, done.returncode, done.stdout, done.stderr)
    check_soundness(result)
    allowed = status if isinstance(status, tuple) else (status,)
    if status is not None and result.status not in allowed:
        raise AssertionError(
            f"exit status {result.status} instead of {status} of {arguments}: "
            f"{result.err[-500:]}{result.out[-500:]}"
        )
    return result


class Running:
    """The program at work, to be interrupted."""

    def __init__(self, *arguments, variables=None, folder=None):
        self.arguments = [str(argument) for argument in arguments]
        self.process = subprocess.Popen(
            [EXDIAG, *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(variables),
            cwd=folder,
        )

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        try:
            out, err = self.process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"{self.arguments} had not ended after {DEADLINE} s") from error
        result = Result(self.arguments, self.process.returncode, out, err)
        check_soundness(result)
        return result


def on_terminal(*arguments, columns=80, variables=None, stderr_too=True):
    """What the program writes on a terminal so wide: (exit status, bytes, stderr's bytes)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [EXDIAG, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave if stderr_too else subprocess.PIPE,
        env=environment({"TERM": "xterm", **(variables or {})}),
    )
    os.close(slave)
    seen = b""
    try:
        while piece := os.read(master, 65536):
            seen += piece
    except OSError:  # the other end is closed
        pass
    os.close(master)
    errors = b"" if stderr_too else process.stderr.read()
    if not stderr_too:
        process.stderr.close()
    status = process.wait(DEADLINE)
    expect_not_in(b"Sanitizer", seen + errors, "the terminal")
    return status, seen, errors


def check_schema(text, command="check"):
    if not jsonschema:
        return
    name = command if command in ("audit", "spf") else "report"
    schema = json.loads((ROOT / f"diag/report/{name}.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    for error in validator.iter_errors(json.loads(text)):
        where = "/".join(str(part) for part in error.absolute_path)
        raise AssertionError(f"not as the schema has it, at {where}: {error.message}")


# ---- name servers ----


class Lab:
    """lab_name_server with the lines of `zones`: one text, or {address: text}."""

    def __init__(self, zones, port=None):
        if isinstance(zones, str):
            zones = {"127.0.0.1": zones}
        self.folder = tempfile.mkdtemp(prefix="exdiag-lab.")
        arguments = ["--port", str(port)] if port else []
        for address, text in zones.items():
            path = os.path.join(self.folder, address)
            pathlib.Path(path).write_text(text)
            arguments.append(f"{address}={path}")
        self.process = subprocess.Popen(
            [LAB_NAME_SERVER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(None),
            text=True,
        )
        self.addresses = []
        for address in zones:
            line = self.process.stdout.readline()
            if not line.startswith("listening "):
                self.stop()
                raise AssertionError(f"the lab's name server at {address} does not start")
            self.addresses.append(line.split()[1])
        self.dns = self.addresses[0] if ":" in self.addresses[0] else self.addresses[0] + ":53"
        self.port = int(self.dns.rsplit(":", 1)[1])

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(DEADLINE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Peer:
    """A UDP listener that counts, and answers what `answer(question)` says: bytes or None."""

    def __init__(self, answer=lambda question: None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]
        self.dns = f"127.0.0.1:{self.port}"
        self.answer = answer
        self.questions = []
        self.asked = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while not self.ended.is_set():
            try:
                question, source = self.socket.recvfrom(4096)
            except socket.timeout:
                continue
            self.questions.append(question)
            self.asked.set()
            answer = self.answer(question)
            if answer:
                self.socket.sendto(answer, source)
        self.socket.close()

    def wait_for_question(self):
        expect(self.asked.wait(DEADLINE), "no question came")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def wait_until(happened):
    """Looks again and again; fails at the deadline."""
    end = time.monotonic() + DEADLINE
    while not happened():
        expect(time.monotonic() < end, "what was waited for did not happen")
        time.sleep(0.02)


def free_port():
    """A UDP port that nobody listens at, so that the kernel refuses what is sent there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# ---- places ----


@contextlib.contextmanager
def folder():
    """A folder for one case, which everyone may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="exdiag-test."))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def needs_root(what):
    if os.geteuid() != 0:
        raise Skip(f"{what} needs root")


def needs_namespace():
    reason = os.environ.get("EXDIAG_NO_NAMESPACE")
    if reason:
        raise Skip(reason)


def system_resolvers(text):
    """What /etc/resolv.conf says from now on; of a case that needs_namespace()."""
    pathlib.Path("/etc/resolv.conf").write_text(text)


def enter_namespace():
    """Starts this file again in namespaces of its own; notes why where that cannot be."""
    if "EXDIAG_INSIDE" in os.environ or "EXDIAG_NO_NAMESPACE" in os.environ:
        return
    unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
    reason = None
    if os.geteuid() != 0:
        reason = "a network namespace needs root"
    elif not shutil.which("unshare") or not shutil.which("ip"):
        reason = "a network namespace needs the programs unshare and ip"
    elif subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        reason = "this machine allows no network namespace"
    if reason:
        os.environ["EXDIAG_NO_NAMESPACE"] = reason
        return
    os.environ["EXDIAG_INSIDE"] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def furnish_namespace():
    if "EXDIAG_INSIDE" not in os.environ:
        return
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile(prefix="exdiag-resolv.") as file:
        os.chmod(file.name, 0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)


# ---- cases ----

cases = []


def case(function):
    cases.append((function.__name__.replace("_", " "), function))
    return function


def explain_failure(error):
    if isinstance(error, AssertionError):
        return str(error)
    return "".join(traceback.format_exception(error)).replace("\n", "\n    ")


def printable(text):
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda match: repr(match[0])[1:-1], text)


def run_case(name, function, undecided=None):
    try:
        if undecided:
            raise Skip(undecided)
        function()
    except Skip as reason:
        print(f"skipped {name}: {reason}", flush=True)
        return "skipped"
    except Exception as error:  # a broken case is a failed one; the others still run
        print(f"FAILED {name}: {printable(explain_failure(error))}", flush=True)
        return "failed"
    print(f"ok {name}", flush=True)
    return "passed"


def main():
    enter_namespace()
    furnish_namespace()
    wanted = sys.argv[2:]
    undecided = json.loads(os.environ.get("EXDIAG_UNDECIDED", "{}"))  # {case: why not on this machine}
    strangers = undecided.keys() - {name for name, _ in cases}
    if strangers:
        sys.exit(f"no cases of {sys.argv[0]}: {sorted(strangers)}")
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    began = time.monotonic()
    for name, function in cases:
        if not wanted or any(word in name for word in wanted):
            counts[run_case(name, function, undecided.get(name))] += 1
    if not jsonschema:
        print("skipped the JSON schema: python3-jsonschema is not there")
        counts["skipped"] += 1
    took = time.monotonic() - began
    print(
        f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
        f" ({pathlib.Path(sys.argv[0]).stem}, {took:.0f} s)"
    )
    sys.exit(1 if counts["failed"] or not counts["passed"] + counts["skipped"] else 0)
