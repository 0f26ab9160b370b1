"""exdiag.exe on a console, under Wine on a pseudo-terminal: python3 console.py BUILD [CASE...]

BUILD is that of this system, whose name server and program it needs; build/windows has exdiag.exe.
Wine's console obeys no escapes and says that it does: what is tested here is what Windows before
Windows 10 shows, by the console's own functions. Ends with a count.
"""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/program"))
os.environ.setdefault("EXDIAG_NO_NAMESPACE", "Wine's own process makes the sockets, outside of it")

from harness import *  # noqa: E402
from screen import Screen  # noqa: E402
import select  # noqa: E402

WINDOWS = pathlib.Path(os.environ.get("EXDIAG_WINDOWS_BUILD", ROOT / "build/windows")).resolve()
WINE = str(ROOT / "tests/windows/wine.sh")
PROGRAM = str(WINDOWS / "exdiag.exe")
BRIGHT_RED = 91
CONTROL_C_EXIT = 0xC000013A & 0xFF  # STATUS_CONTROL_C_EXIT, of which Wine passes on the last byte
OWN = (None, 37)  # the console's own grey, which Wine names or not


def lab(zones):
    return Lab({f"127.86.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 256 - 1}": zones})


def dos(path):
    return "Z:" + str(path).replace("/", "\\")


class Console:
    """A program under Wine on a terminal of its own, as its session's leader."""

    def __init__(self, *arguments, columns=80, variables=None, output=None, errors=None):
        self.screen = Screen(columns)
        self.raw = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            if output:
                os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            if errors:
                os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            size = struct.pack("HHHH", self.screen.rows, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            more = {"TERM": "xterm", "WINE_TIMEOUT": "0", **(variables or {})}
            os.execve(WINE, [WINE, *map(str, arguments)], environment(more))

    def read(self, seconds):
        """What comes within so many seconds; False at the end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # its end, as Linux has it
            data = b""
        self.raw += data
        self.screen.feed(data)
        return bool(data)

    def read_until(self, word):
        """Until this is drawn."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if any(word in line for line in self.screen.lines()):
                return
            if not self.read(1):
                break
        raise AssertionError(f"{word!r} was not drawn: {self.screen.lines()}")

    def type(self, text):
        """Once Wine reads what is typed: until then the terminal itself would show it."""
        wait_until(lambda: self.read(0) and not termios.tcgetattr(self.terminal)[3] & termios.ECHO)
        os.write(self.terminal, text.encode())

    def end(self):
        """Its exit status. Wine's own processes may hold the terminal a while longer."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            going = self.read(0.2)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while going and select.select([self.terminal], [], [], 0.5)[0]:
                    going = self.read(0)
                os.close(self.terminal)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError(f"it had not ended after {DEADLINE} s: {self.screen.lines()[-5:]}")


def shown(*arguments, **keywords):
    """What exdiag.exe leaves on a console: (exit status, its screen)."""
    console = Console(PROGRAM, *arguments, **keywords)
    return console.end(), console.screen


def broken(*arguments, **keywords):
    with lab(BROKEN) as name_server:
        status, screen = shown("check", "fabrikam.com", "--dns", name_server.dns, *arguments, **keywords)
    expect_equal(status, PROBLEMS, f"exit status: {screen.lines()}")
    return screen


def expect_no_escapes(screen):
    for line in screen.lines():
        expect(not re.search(r"\x1b|\u2190|\[[\d;]+m|\[K", line), f"an escape is printed: {line!r}")


@case
def colours_without_escapes():
    screen = broken()
    expect_no_escapes(screen)
    expect_in(BRIGHT_RED, screen.styles_of("CRITICAL"), "the styles of CRITICAL")
    expect(not screen.strange, f"sequences that the test does not know: {screen.strange[:5]}")


@case
def no_colours_where_they_are_not_wanted():
    for arguments, variables in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
        screen = broken(*arguments, variables=variables)
        expect(screen.styles_of("CRITICAL"), f"{screen.lines()}")
        for style in screen.styles_of("CRITICAL") + screen.styles_of("fabrikam.com"):
            expect(style in OWN, f"{arguments} {variables}: {style}")
        expect_no_escapes(screen)


@case
def consoles_from_40_to_300_columns():
    """The same lines as on a terminal of this system that has the one column less."""
    with lab(BROKEN) as name_server, folder() as place:
        saved = place / "gespeichert-ü"
        arguments = ["check", "fabrikam.com", "--dns", name_server.dns, "--only", "spf", "--save", saved]
        exdiag(*arguments, status=PROBLEMS)
        for columns in (40, 80, 120, 300):
            wanted = on_terminal("report", str(saved), "--no-color", columns=columns - 1)[1]
            status, screen = shown("report", f"Z:{saved}", "--no-color", columns=columns)
            expect_equal(status, PROBLEMS, "exit status")
            wanted = [
                line[at : at + columns].rstrip()
                for line in wanted.decode().rstrip().splitlines()
                for at in range(0, max(1, len(line)), columns)
            ]
            got = screen.lines()
            expect(got[-len(wanted) :] == wanted, f"{columns} columns: {got} instead of {wanted}")


@case
def characters_of_any_script():
    screen = shown("spf", "--record", "v=spf1 include:bücher.example include:пример.example ~all")[1]
    drawn = "".join(screen.lines())
    for word in ("bücher", "пример"):
        expect_in(word, drawn, "the console")
    expect_not_in("\ufffd", drawn, "the console")


@case
def progress_is_one_line_and_gone_at_the_end():
    with lab(HEALTHY + "! contoso.com delay=4000\n") as name_server:
        arguments = ["check", "contoso.com", "--dns", name_server.dns, "--only", "spf"]
        for columns in (40, 100):
            console = Console(PROGRAM, *arguments, columns=columns)
            console.read_until("waiting for")
            expect_equal(console.end(), FINE, "exit status")
            left = [line for line in console.screen.lines() if "waiting" in line or "answers" in line]
            expect_equal(left, [], f"{columns} columns: what is left of it")
            expect_no_escapes(console.screen)
        console = Console(PROGRAM, *arguments, "--quiet")
        expect_equal(console.end(), FINE, "exit status")
        expect_not_in(b"waiting", console.raw, "--quiet")


@case
def output_into_a_file_and_progress_on_the_console():
    with lab(HEALTHY + "! contoso.com delay=2500\n") as name_server, folder() as place:
        path = place / "report"
        console = Console(PROGRAM, "check", "contoso.com", "--dns", name_server.dns, "--verbose", output=path)
        console.read_until("waiting for")
        expect_equal(console.end(), FINE, "exit status")
        text = path.read_bytes()
    expect_in(b"contoso.com", text, "the file")
    expect_not_in(b"\x1b", text, "the file")
    expect_not_in(b"waiting", text, "the file")
    expect_equal([line for line in console.screen.lines() if line], [], "what is left on the console")


@case
def output_on_the_console_and_errors_in_a_file():
    with lab(BROKEN) as name_server, folder() as place:
        path = place / "errors"
        status, screen = shown("check", "fabrikam.com", "--dns", name_server.dns, errors=path)
        expect_equal(status, PROBLEMS, "exit status")
        expect_in(BRIGHT_RED, screen.styles_of("CRITICAL"), "the styles of CRITICAL")
        expect_not_in(b"waiting", path.read_bytes(), "stderr")
        expect_not_in(b"\x1b", path.read_bytes(), "stderr")


SECRET = "streng geheim ü"


@case
def a_password_is_not_shown():
    with lab(HEALTHY) as name_server, folder() as place:
        evidence = place / "evidence"
        console = Console(
            PROGRAM, "check", "contoso.com", "--user", "alice@contoso.com", "--dns", name_server.dns,
            "--save", f"Z:{evidence}", variables={"EXDIAG_PASSWORD": None},
        )  # fmt: skip
        console.read_until("Password of alice@contoso.com:")
        console.type(SECRET + "\r")
        expect_equal(console.end(), FINE, f"exit status: {console.screen.lines()}")
        expect_not_in("geheim", "".join(console.screen.lines()), "the console")
        expect_not_in(b"geheim", console.raw, "the terminal")
        expect_not_in("geheim", evidence.read_text(), "the evidence")


@case
def a_prompt_is_seen_where_errors_go_into_a_file():
    with lab(HEALTHY) as name_server, folder() as place:
        console = Console(
            PROGRAM, "check", "contoso.com", "--user", "alice@contoso.com", "--dns", name_server.dns,
            variables={"EXDIAG_PASSWORD": None}, errors=place / "errors",
        )  # fmt: skip
        console.read_until("Password of alice@contoso.com:")
        console.type(SECRET + "\r")
        expect_equal(console.end(), FINE, f"exit status: {console.screen.lines()}")
        expect_not_in(b"geheim", console.raw, "the terminal")


def and_then(place, arguments, *following):
    """A console of cmd.exe in which exdiag.exe runs, and then other commands."""
    script = place / "script.bat"
    script.write_text("\r\n".join(["@echo off", f'"{dos(PROGRAM)}" {arguments}', *following, ""]))
    return Console("cmd.exe", "/c", dos(script), variables={"EXDIAG_PASSWORD": None})


@case
def what_follows_has_its_own_colour():
    with lab(BROKEN) as name_server, folder() as place:
        console = and_then(place, f"check fabrikam.com --dns {name_server.dns}", "echo after it")
        console.end()
    expect_in(BRIGHT_RED, console.screen.styles_of("CRITICAL"), "the styles of CRITICAL")
    styles = console.screen.styles_of("after it")
    expect(styles and styles[0] in OWN, f"what follows is drawn in {styles}")


@case
def what_is_typed_after_a_password_is_shown():
    with lab(HEALTHY) as name_server, folder() as place:
        console = and_then(place, f"check contoso.com --user alice --dns {name_server.dns}", "set /p LINE=next:")
        console.read_until("Password of alice:")
        console.type(SECRET + "\r")
        console.read_until("next:")
        console.type("seen again\r")
        console.end()
    expect_in("seen again", "".join(console.screen.lines()), "the console")
    expect_not_in(b"geheim", console.raw, "the terminal")


@case
def ctrl_c_ends_the_run_with_what_is_known():
    with Peer() as peer, folder() as place:
        path = place / "f"
        console = Console(PROGRAM, "check", "contoso.com", "--dns", peer.dns, "--timeout", "600", "--save", f"Z:{path}")
        peer.wait_for_question()
        began = time.monotonic()
        os.write(console.terminal, b"\x03")
        expect_equal(console.end(), INCOMPLETE, f"exit status: {console.screen.lines()}")
        expect(time.monotonic() - began < 30, "it went on")
        expect_in("interrupted", " ".join(" ".join(console.screen.lines()).split()), "the report")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        expect_equal(lines[-1].get("complete"), False, "complete in the last line")


@case
def a_second_ctrl_c_ends_it_at_once():
    with Peer() as peer, folder() as place:
        path = place / "f"
        console = Console(PROGRAM, "check", "contoso.com", "--dns", peer.dns, "--timeout", "600", "--save", f"Z:{path}")
        peer.wait_for_question()
        os.write(console.terminal, b"\x03\x03")
        expect_in(console.end(), (INCOMPLETE, CONTROL_C_EXIT), f"exit status: {console.screen.lines()}")


@case
def closing_the_window_and_logging_off():
    raise Skip("Wine has no such event on a terminal: it is for Windows to confirm")


main()
