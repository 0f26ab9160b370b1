"""Where evidence and reports are written: permissions, full disks, closed pipes."""

import stat

from harness import *


def broken(lab, *arguments, **keywords):
    return exdiag("check", "fabrikam.com", "--dns", lab.dns, *arguments, **keywords)


# ---- evidence ----


@case
def evidence_is_for_its_owner_alone():
    with Lab(BROKEN) as lab, folder() as place:
        before = os.umask(0)
        try:
            broken(lab, "--save", place / "f", "--output", place / "report", status=PROBLEMS)
        finally:
            os.umask(before)
        expect_equal(stat.S_IMODE((place / "f").stat().st_mode), 0o600, "permissions")


@case
def what_is_examined_is_never_written_over():
    with folder() as place:
        (place / "job.log").write_text("precious")
        (place / "link").symlink_to(place / "job.log")
        for name in ("job.log", "link"):
            result = exdiag("check", place / "job.log", "--output", place / name, status=TROUBLE)
            expect_in("a file that this run reads", result.err, name)
        result = exdiag("check", "--mailbox", "a@contoso.com", "--server", "ex01.contoso.com", "--token-file",
                        place / "job.log", "--output", place / "job.log", "--dns", "127.0.0.1:1", status=TROUBLE)  # fmt: skip
        expect_in("a file that this run reads", result.err, "the token")
        expect_equal((place / "job.log").read_text(), "precious", "the file")


@case
def what_an_option_names_is_never_written_over():
    accepted = "spf-multiple fabrikam.com 2030-01-01 known\n"
    with Lab(BROKEN) as lab, folder() as place:
        broken(lab, "--save", place / "run", status=PROBLEMS)
        for option, text in (("--accept", accepted), ("--config", "no-color\n"), ("--builds", None)):
            path = place / "input"
            path.write_text(text or (ROOT / "diag/builds/exchange.txt").read_text())
            saved = path.read_bytes()
            (place / "link").symlink_to(path)
            for output, name in (("--output", path), ("--runbook", path), ("--output", place / "link")):
                for arguments in (("report", place / "run"), ("diff", place / "run", place / "run"),
                                  ("check", "fabrikam.com", "--dns", lab.dns)):  # fmt: skip
                    if (arguments[0], output) == ("diff", "--runbook"):
                        continue
                    result = exdiag(*arguments, option, path, output, name, status=TROUBLE)
                    expect_in("a file that this run reads", result.err, f"{arguments} {option} {output}")
                    expect_equal(path.read_bytes(), saved, option)
            (place / "link").unlink()
        (place / "input").write_text("no-color\n")
        exdiag("spf", "fabrikam.com", "--dns", lab.dns, "--config", place / "input", "--output", place / "input", status=TROUBLE)
        expect_equal((place / "input").read_text(), "no-color\n", "of spf")


@case
def one_file_is_not_written_twice():
    with Lab(BROKEN) as lab, folder() as place:
        (place / "real").write_text("")
        (place / "link").symlink_to("real")
        os.link(place / "real", place / "hard")
        (place / "sub").symlink_to(".")
        pairs = (("--output", "a", "--runbook", "./a"), ("--output", "a", "--runbook", "sub/a"),
                 ("--output", "real", "--runbook", "link"), ("--output", "hard", "--runbook", place / "real"),
                 ("--output", "a", "--save", place / "a"), ("--runbook", "a", "--save", "./a"))  # fmt: skip
        for one, name, other, again in pairs:
            result = broken(lab, one, name, other, again, folder=place, status=TROUBLE)
            expect_in("name the same file", result.err, f"{name} {again}")
        expect_equal(sorted(path.name for path in place.iterdir()), ["hard", "link", "real", "sub"], "files")
        broken(lab, "--output", "a", "--runbook", "A", "--save", "b", folder=place, status=PROBLEMS)


@case
def a_dash_is_standard_output():
    with Lab(BROKEN) as lab, folder() as place:
        for arguments in (("--output", "-"), ("--output=-", "--runbook", "r")):
            out = broken(lab, *arguments, folder=place, status=PROBLEMS).out
            expect_in("spf-multiple", out, f"{arguments}")
        out = broken(lab, "--runbook", "-", "--output", "report", folder=place, status=PROBLEMS).out
        expect_in("Nothing of this file runs by itself", out, "--runbook -")
        expect_in("spf-multiple", (place / "report").read_text(), "the report")
        expect_in("--output", broken(lab, "--runbook", "-", folder=place, status=TROUBLE).err, "both")
        expect_in("not to stdout", broken(lab, "--save", "-", folder=place, status=TROUBLE).err, "--save -")
        expect_in("complete", exdiag("completion", "bash", "--output", "-", folder=place, status=FINE).out, "completion")
        expect_equal(sorted(path.name for path in place.iterdir()), ["r", "report"], "files")


@case
def evidence_is_never_written_over():
    with folder() as place, Peer() as peer:
        (place / "file").write_text("precious")
        (place / "link").symlink_to(place / "file")
        (place / "dangling").symlink_to(place / "nowhere")
        (place / "sub").mkdir()
        os.mkfifo(place / "pipe")
        for name in ("file", "link", "dangling", "sub", "pipe"):
            result = exdiag(
                "check", "contoso.com", "--dns", peer.dns, "--save", place / name, status=TROUBLE
            )
            expect_in("exists already", result.err, name)
            expect_equal(result.out, "", "stdout")
        expect_equal((place / "file").read_text(), "precious", "the file")
        expect(not (place / "nowhere").exists(), "the link was followed")
        expect_equal(len(peer.questions), 0, "questions asked before")


@case
def evidence_that_can_be_written_nowhere():
    with Peer() as peer, folder() as place:
        for path, word in (
            ("/no/such/folder/f", "does not exist"),
            ("", "does not exist"),
            (place / ("x" * 300), "not a valid value"),
        ):
            result = exdiag(
                "check", "contoso.com", "--dns", peer.dns, "--save", path, status=TROUBLE
            )
            expect_in(word, result.err, f"{path}")
        expect_equal(len(peer.questions), 0, "questions asked before")


@case
def evidence_in_a_folder_of_somebody_else():
    needs_root("being somebody else")
    with Lab(BROKEN) as lab, folder() as place:
        try:
            result = broken(lab, "--save", place / "f", user="nobody")
        except PermissionError as error:
            raise Skip(f"nobody may not run {EXDIAG}") from error
        expect_equal(result.status, TROUBLE, "exit status")
        expect_in("permission denied", result.err, "stderr")


@case
def saving_what_comes_from_a_file_is_refused():
    with Lab(BROKEN) as lab, folder() as place:
        broken(lab, "--save", place / "f", status=PROBLEMS)
        result = exdiag("check", place / "f", "--save", place / "g", status=TROUBLE)
        expect_in("--save", result.err, "stderr")
        exdiag("report", place / "f", "--save", place / "g", status=TROUBLE)
        expect(not (place / "g").exists(), "a file was made")


@case
def no_report_takes_the_place_of_evidence():
    with Lab(BROKEN) as lab, folder() as place:
        path = place / "f"
        broken(lab, "--save", path, status=PROBLEMS)
        for command in ("report", "check"):
            result = exdiag(command, path, "--output", path, status=TROUBLE)
            expect_in("never written over", result.err, "stderr")
        exdiag("report", path, status=PROBLEMS)


@case
def a_limit_of_file_sizes_ends_in_order():
    """The system's signal is not the program's end: the former file stands, and nothing is left beside it."""
    limited = ["sh", "-c", 'ulimit -f 4 && exec "$@"', "sh"]  # 4 blocks, of 512 bytes or of 1,024
    with Lab(BROKEN + MANY) as lab, folder() as place:
        broken(lab, "--save", place / "run", status=PROBLEMS)
        for option, name in (("--output", "report"), ("--runbook", "runbook")):
            (place / name).write_text("former")
            for command in (("report", place / "run"), ("check", "fabrikam.com", "--dns", lab.dns)):
                result = exdiag(*command, "--verbose", "--format", "html", option, name, folder=place, prefix=limited,
                                status=TROUBLE)  # fmt: skip
                expect_in(f"could not be written to {name}", result.err, f"{option}")
                expect_equal((place / name).read_text(), "former", name)
        result = exdiag("check", *MANY_DOMAINS, "--dns", lab.dns, "--save", "saved", folder=place, prefix=limited, status=TROUBLE)
        expect_in("saved", result.err, "--save")
        expect_equal(sorted(path.name for path in place.iterdir()), ["report", "run", "runbook", "saved"], "files")


# ---- full disks ----


@contextlib.contextmanager
def small_disk(place, size):
    """A file system of so many bytes at `place`."""
    needs_namespace()
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        raise Skip("tmpfs cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


MANY = "".join(
    f'd{number}.com TXT "v=spf1 ip4:192.0.2.{number} -all"\n'
    f'd{number}.com TXT "{"x" * 200} {number}"\n'
    for number in range(100)
)
MANY_DOMAINS = [f"d{number}.com" for number in range(100)]


@case
def a_disk_that_fills_up_while_saving():
    with Lab(BROKEN + MANY) as lab, folder() as place, small_disk(place / "disk", 16384) as disk:
        for format in FORMATS:
            path = disk / "f"
            result = exdiag(
                "check", "fabrikam.com", *MANY_DOMAINS, "--dns", lab.dns, "--format", format,
                "--save", path, status=TROUBLE,
            )
            expect_in("no space left", result.err, "stderr")
            expect_in(str(path), result.err, "stderr")
            expect_in("spf-multiple", result.out, "the report all the same")
            if format == "json":
                check_schema(result.out)
                expect_equal(result.report["complete"], True, "complete")
            replayed = exdiag("report", path, "--format", "json", status=(PROBLEMS, INCOMPLETE))
            expect_equal(replayed.report["complete"], False, "complete of what was saved")
            expect(replayed.report["summary"]["ok"] > 5, "what was saved is lost")
            path.unlink()


@case
def a_disk_that_is_full_from_the_start():
    with Lab(BROKEN) as lab, folder() as place, small_disk(place / "disk", 4096) as disk:
        (disk / "rest").write_bytes(b"x" * 4096)
        result = broken(lab, "--save", disk / "f", status=TROUBLE)
        expect_in("no space left", result.err, "stderr")
        expect_in("spf-multiple", result.out, "the report all the same")


@case
def a_disk_that_is_too_full_for_the_report():
    with Lab(BROKEN) as lab, folder() as place, small_disk(place / "disk", 4096) as disk:
        (disk / "rest").write_bytes(b"x" * 4096)
        for format in FORMATS:
            path = disk / format
            result = broken(lab, "--format", format, "--output", path, status=TROUBLE)
            expect_in("no space left", result.err, "stderr")
            expect_in(str(path), result.err, "stderr")
            expect_equal([entry.name for entry in disk.iterdir()], ["rest"], "what is left")


# ---- reports ----


@case
def a_report_replaces_an_old_one():
    with Lab(BROKEN) as lab, folder() as place:
        for format in FORMATS:
            path = place / format
            path.write_text("x" * 100000)
            result = broken(lab, "--format", format, "--output", path, status=PROBLEMS)
            expect_equal(result.out, "", "stdout")
            expect_not_in("xxxx", path.read_text(), format)
            if format == "json":
                check_schema(path.read_text())


@case
def a_report_to_a_bad_place():
    with Lab(BROKEN) as lab, folder() as place:
        (place / "sub").mkdir()
        for path, word in (
            (place / "no" / "report", "could not be written to"),
            (place / "no" / "report", "does not exist"),
            (place / "sub", "is a folder"),
            ("", "no file is named"),
        ):
            expect_in(word, broken(lab, "--output", path, status=TROUBLE).err, f"{path}")
        for arguments in (("spf", "fabrikam.com", "--dns", lab.dns), ("man",), ("completion", "bash")):
            expect_in("is a folder", exdiag(*arguments, "--output", place / "sub", status=TROUBLE).err, f"{arguments}")
        expect_in("is a folder", broken(lab, "--runbook", place / "sub", status=TROUBLE).err, "--runbook")


@case
def everything_to_a_full_device():
    if not os.path.exists("/dev/full"):
        raise Skip("this system has no /dev/full")
    with Lab(BROKEN) as lab:
        for arguments in (
            ["check", "fabrikam.com", "--dns", lab.dns],
            ["check", "fabrikam.com", "--dns", lab.dns, "--plan"],
            ["demo", "--patience", "0.3"],
            ["list"],
            ["explain"],
            ["explain", "spf-multiple"],
            ["--help"],
            ["check", "--help"],
            ["--version"],
        ):
            for format in FORMATS if arguments[0] == "demo" or arguments[-1] == lab.dns else (None,):
                show = ["--format", format] if format else []
                with open("/dev/full", "wb") as full:
                    done = subprocess.run(
                        [EXDIAG, *arguments, *show], stdout=full, stderr=subprocess.PIPE,
                        env=environment(None), timeout=DEADLINE, check=False,
                    )
                expect_equal(done.returncode, TROUBLE, f"exit status of {arguments} {format}")
                expect_in(b"no space left", done.stderr, f"stderr of {arguments}")


@case
def a_pipe_that_is_closed():
    with Lab(BROKEN + MANY) as lab, folder() as place:
        path = place / "f"
        exdiag("check", *MANY_DOMAINS, "fabrikam.com", "--dns", lab.dns, "--save", path)
        for arguments in (
            ["report", path, "--verbose"],
            ["report", path, "--format", "json"],
            ["report", path, "--format", "html", "--verbose"],
            ["demo", "--patience", "0.3"],
        ):
            process = subprocess.Popen(
                [EXDIAG, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=environment(None), pipesize=4096,
            )  # fmt: skip
            process.stdout.read(10)
            process.stdout.close()
            error = process.stderr.read().decode()
            process.stderr.close()
            expect_equal(process.wait(DEADLINE), TROUBLE, f"exit status of {arguments}")
            expect_in("could not be written: connection closed", error, f"stderr of {arguments}")
            expect_equal(error.count("exdiag: "), 1, f"messages of {arguments}")


@case
def standard_streams_that_are_closed():
    with Lab(BROKEN) as lab, folder() as place:
        for closed, status in (("<&-", PROBLEMS), (">&-", TROUBLE), ("2>&-", PROBLEMS)):
            path = place / closed.strip("&-")
            done = subprocess.run(
                ["bash", "-c", f'exec "$@" {closed}', "-", EXDIAG, "check", "fabrikam.com", "--dns",
                 lab.dns, "--save", path.name.replace("<", "in").replace(">", "out")],
                capture_output=True, cwd=place, env=environment(None), timeout=DEADLINE,
                check=False,
            )  # fmt: skip
            expect_equal(done.returncode, status, f"exit status with {closed}: {done.stderr}")
        for path in place.iterdir():
            exdiag("report", path, status=PROBLEMS)


main()
