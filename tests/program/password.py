"""--user and its password: where it is read from, and where it never shows."""

import select
import termios

from harness import *

SECRET = "a secret, with spaces and ümlauts"


def check(*arguments, **keywords):
    with Lab(HEALTHY) as lab:
        return exdiag("check", "contoso.com", "--dns", lab.dns, *arguments, **keywords)


def read_until(terminal, wanted):
    seen = b""
    end = time.monotonic() + DEADLINE
    while wanted not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # its end, as Linux has it
                break
            if not piece:
                break
            seen += piece
    return seen


@case
def it_is_asked_for_and_not_shown():
    with Lab(HEALTHY) as lab, folder() as place:
        evidence = place / "evidence"
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.pop("EXDIAG_PASSWORD", None)
            os.execv(EXDIAG, [
                EXDIAG, "check", "contoso.com", "--user", "alice@contoso.com", "--dns", lab.dns,
                "--save", str(evidence),
            ])  # fmt: skip
        seen = read_until(terminal, b"Password of alice@contoso.com: ")
        expect_in(b"Password of alice@contoso.com: ", seen, "the prompt")
        os.write(terminal, SECRET.encode() + b"\n")
        seen += read_until(terminal, b"a line that never comes")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        expect_equal(os.waitstatus_to_exitcode(status), FINE, f"exit status: {seen}")
        expect_not_in(b"secret", seen, "the terminal")
        expect_not_in("secret", evidence.read_text(), "the evidence")
        header, rest = evidence.read_text().split("\n", 1)
        expect_equal(json.loads(header)["user"], "alice@contoso.com", "who asked")
        expect_not_in("alice", rest, "what was seen")


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


@case
def an_interrupt_leaves_the_terminal_as_it_was():
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("EXDIAG_PASSWORD", None)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background has it ignored
        os.execv(EXDIAG, [EXDIAG, "check", "contoso.com", "--user", "alice@contoso.com"])
    read_until(terminal, b"Password of alice@contoso.com: ")
    expect(not echoes(terminal), "what is typed is shown")
    os.write(terminal, b"half a secr\x03")
    read_until(terminal, b"a line that never comes")
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    expect_equal(os.waitstatus_to_exitcode(status), -signal.SIGINT, "how it ended")
    expect(echoes(terminal), "the terminal stays silent")
    os.close(terminal)


@case
def without_a_terminal_it_has_to_be_given():
    result = check("--user", "alice", status=TROUBLE, prefix=("setsid",))
    expect_in("--password-file or EXDIAG_PASSWORD", result.err, "the message")


@case
def it_comes_from_the_environment():
    result = check("--user", "alice", status=FINE, variables={"EXDIAG_PASSWORD": SECRET})
    expect_not_in("secret", result.out + result.err, "the output")


@case
def it_is_the_first_line_of_a_file():
    with folder() as place:
        path = place / "password"
        path.write_text(f"{SECRET}\r\nand more\n")
        result = check("--user", "alice", "--password-file", path, status=FINE)
        expect_not_in("secret", result.out + result.err, "the output")
        path.write_text("x" * 2000)
        result = check("--user", "alice", "--password-file", path, status=TROUBLE)
        expect_in("up to 1022 bytes", result.err, "the message")
        result = check("--user", "alice", "--password-file", place / "none", status=TROUBLE)
        expect_in("does not exist", result.err, "the message")


@case
def its_file_may_be_one_that_windows_wrote():
    """A mark or UTF-16 is no part of the password. What it is asked for is seen where it is too long, or empty."""
    with folder() as place:
        path = place / "password"
        for encoding, mark in (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
            for word, status, told in (
                (f"{SECRET}\r\nand more\r\n", FINE, ""),
                ("\r\n", TROUBLE, "an anonymous logon"),
                ("p" * 1022 + "\r\n", FINE, ""),
                ("p" * 1023, TROUBLE, "up to 1022 bytes"),
                ("\u20ac" * 341, TROUBLE, "up to 1022 bytes"),
                ("a\0b", TROUBLE, "has a NUL in it"),
            ):
                path.write_bytes(mark + word.encode(encoding))
                path.chmod(0o600)
                result = check("--user", "alice", "--password-file", path, status=status)
                expect_in(told, result.err, f"{encoding} {word[:9]!r}")
                expect_equal(result.err == "", told == "", f"{encoding} {word[:9]!r}: {result.err}")
        for halves in (b"\xff\xfes\0e\0c", b"\xff\xfe\x00\xd8e\0"):
            path.write_bytes(halves)
            result = check("--user", "alice", "--password-file", path, status=TROUBLE)
            expect_in("begins as UTF-16 and is none", result.err, f"{halves!r}")


@case
def a_file_that_everybody_can_read_is_told_of():
    with folder() as place:
        path = place / "password"
        path.write_text(f"{SECRET}\n")
        for mode, told in ((0o600, False), (0o640, False), (0o644, True)):
            path.chmod(mode)
            result = check("--user", "alice", "--password-file", path, status=FINE)
            expect_equal("chmod 600" in result.err, told, f"the message at {mode:o}")


@case
def an_empty_one_is_none():
    with folder() as place:
        path = place / "password"
        path.write_text("\nsecond line\n")
        for arguments, variables in (
            (["--user", "alice", "--password-file", path], {}),
            (["--user", "alice"], {"EXDIAG_PASSWORD": ""}),
            (["--user", ""], {"EXDIAG_PASSWORD": SECRET}),
        ):
            result = check(*arguments, status=TROUBLE, variables=variables)
            expect_in("an anonymous logon", result.err, "the message")
        result = check("--password-file", path, status=TROUBLE)
        expect_in("name one with --user", result.err, "the message")


@case
def a_plan_says_who_logs_on_and_asks_for_nothing():
    result = check("--user", "alice", "--plan", status=FINE)
    expect_in("over verified TLS alone, as: alice", result.out, "the plan")
    expect_in("credentials: those of --user for directories", result.flat, "the plan")
    result = check("--plan", status=FINE)
    expect_in("credentials: the Kerberos ticket of whoever runs this", result.flat, "the plan without it")


main()
