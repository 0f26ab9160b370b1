"""Ctrl-C and its kin: the run ends soon, says what it knows, and its evidence is whole."""

from harness import *

SOON = 30  # seconds; a second or two on a machine that has nothing else to do
LONG = "600"  # --timeout, so that it cannot be what ended a run


def interrupt(place, number, *arguments, ready, status):
    """Starts a run, waits until it is ready, sends the signal: the run's end and its file."""
    path = place / f"evidence-{len(list(place.iterdir()))}"
    run = Running("check", *arguments, "--timeout", LONG, "--save", path)
    ready(path)
    began = time.monotonic()
    run.signal(number)
    result = run.end()
    took = time.monotonic() - began
    expect(took < SOON, f"it went on for {took:.0f} s")
    allowed = status if isinstance(status, tuple) else (status,)
    expect(result.status in allowed, f"exit status {result.status}: {result.err}")
    return result, path


def expect_whole(path):
    """The file has its first and its last line, and every line can be read."""
    text = path.read_text()
    expect(text.endswith("\n"), "the last line has no end")
    lines = [json.loads(line) for line in text.splitlines()]
    expect_in("exdiag_evidence", lines[0], "the first line")
    expect_equal(lines[-1].get("complete"), False, "complete in the last line")
    expect_in("finished", lines[-1], "the last line")
    return lines


def is_saved(word):
    return lambda path: wait_until(lambda: path.exists() and word in path.read_text())


SIGNALS = (signal.SIGINT, signal.SIGTERM)


@case
def while_all_are_silent():
    with folder() as place:
        for number in SIGNALS:
            for format in FORMATS:
                with Peer() as peer:
                    result, path = interrupt(
                        place, number, "contoso.com", "fabrikam.com", "--dns", peer.dns,
                        "--format", format,
                        ready=lambda _: peer.wait_for_question(), status=INCOMPLETE,
                    )  # fmt: skip
                expect_in("incomplete" if format != "json" else '"complete": false',
                          result.out.lower(), format)  # fmt: skip
                expect_in("the run was interrupted", result.flat, format)
                lines = expect_whole(path)
                statuses = {line["status"] for line in lines if "status" in line}
                expect_equal(statuses, {"cancelled"}, "how the questions ended")


@case
def with_a_problem_found_already():
    # fabrikam.com and all that follows from it is answered, contoso.com never.
    with folder() as place, Lab(BROKEN + "! contoso.com silent\n") as lab:
        for number in SIGNALS:
            result, path = interrupt(
                place, number, "fabrikam.com", "contoso.com", "--dns", lab.dns, "--format", "json",
                ready=is_saved("MX fabrikam.com"), status=PROBLEMS,
            )  # fmt: skip
            expect_in(("spf-multiple", "fabrikam.com"), result.findings("problem"), "problems")
            expect_in(("spf-multiple", "contoso.com"), result.findings("unknown"), "unknown")
            expect_whole(path)


@case
def with_nothing_wrong_so_far():
    with folder() as place, Lab(HEALTHY + "! fabrikam.com silent\n") as lab:
        result, path = interrupt(
            place, signal.SIGINT, "contoso.com", "fabrikam.com", "--dns", lab.dns,
            "--format", "json", ready=is_saved("MX contoso.com"), status=INCOMPLETE,
        )  # fmt: skip
        expect_in(("spf-multiple", "contoso.com"), result.findings("ok"), "ok")
        expect_whole(path)


@case
def in_the_middle_of_TCP():
    zone = HEALTHY + "! contoso.com TXT truncate tcp-stall\n"
    with folder() as place, Lab(zone) as lab:
        _, path = interrupt(
            place, signal.SIGINT, "contoso.com", "--dns", lab.dns,
            ready=is_saved("MX contoso.com"), status=INCOMPLETE,
        )  # fmt: skip
        expect_whole(path)


@case
def with_thousands_of_questions_open():
    with folder() as place, Peer() as peer:
        domains = place / "domains"
        domains.write_text("".join(f"domain d{number}.com\n" for number in range(3000)))
        _, path = interrupt(
            place, signal.SIGTERM, "--config", domains, "--dns", peer.dns, "--quiet",
            ready=lambda _: peer.wait_for_question(), status=INCOMPLETE,
        )  # fmt: skip
        expect(len(expect_whole(path)) > 6000, "questions are missing from the file")


@case
def redacted():
    with folder() as place, Peer() as peer:
        _, path = interrupt(
            place, signal.SIGINT, "contoso.com", "--dns", peer.dns, "--redact",
            ready=lambda _: peer.wait_for_question(), status=INCOMPLETE,
        )  # fmt: skip
        expect_whole(path)
        expect_not_in("contoso", path.read_text(), "the file")


@case
def while_the_shell_has_it_ignore_interrupts():
    # As a background job of a script does; the report must come all the same.
    with Peer() as peer:
        process = subprocess.Popen(
            ["bash", "-c", 'trap "" INT; exec "$@"', "-", EXDIAG, "check", "contoso.com", "--dns",
             peer.dns, "--timeout", LONG],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(None),
        )  # fmt: skip
        peer.wait_for_question()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
        expect_equal(process.returncode, INCOMPLETE, f"exit status: {err}")
        expect_in(b"interrupted", out, "the report")


@case
def twice_at_once_ends_it_too():
    for number in SIGNALS:
        with Peer() as peer:
            run = Running("check", "contoso.com", "--dns", peer.dns, "--timeout", LONG)
            peer.wait_for_question()
            run.signal(number)
            run.signal(number)
            # The second one ends it, as itself where the first has been dealt with already.
            run.process.communicate(timeout=DEADLINE)
            status = run.process.returncode
            expect(status in (INCOMPLETE, 130, -number), f"exit status {status}")


@case
def killed_outright_the_file_still_serves():
    with folder() as place, Lab(BROKEN + "! contoso.com silent\n") as lab:
        path = place / "f"
        process = subprocess.Popen(
            [EXDIAG, "check", "fabrikam.com", "contoso.com", "--dns", lab.dns, "--timeout", LONG,
             "--save", str(path)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(None),
        )  # fmt: skip
        is_saved("MX fabrikam.com")(path)
        process.kill()
        process.wait(DEADLINE)
        result = exdiag("report", path, "--format", "json", status=PROBLEMS)
        expect_in(("spf-multiple", "fabrikam.com"), result.findings("problem"), "problems")
        expect_in("ends before the run did", result.report["runs"][0]["remark"], "the remark")


@case
def a_demonstration_leaves_no_files():
    with folder() as place:
        for number in (*SIGNALS, signal.SIGHUP):
            run = Running("demo", "--patience", "proof", variables={"TMPDIR": str(place)})
            wait_until(lambda: len(list(place.iterdir())) > 5)
            run.signal(number)
            result = run.end()
            expect(result.status >= 0, f"ended by the signal {number} itself: {result.status}")
            expect_equal(list(place.iterdir()), [], f"what is left after {number}")


main()
