"""Evidence files that are damaged, cut off, newer, or no evidence at all."""

from harness import *


class Sample:
    """The lines of a saved run, and a file to put variants of it in."""

    def __init__(self, place, zone=BROKEN, domain="fabrikam.com"):
        with Lab(zone) as lab:
            self.live = exdiag(
                "check", domain, "--dns", lab.dns, "--save", place / "whole", "--format", "json"
            )
        self.lines = (place / "whole").read_bytes().splitlines(keepends=True)
        self.path = place / "variant"

    def report(self, content, status=None, format="json"):
        self.path.write_bytes(content if isinstance(content, bytes) else b"".join(content))
        return exdiag("report", self.path, "--format", format, status=status)

    def line_of(self, word):
        return next(i for i, line in enumerate(self.lines) if i and word in line)


def remark(result):
    return result.report["runs"][0]["remark"]


@contextlib.contextmanager
def sample(**keywords):
    with folder() as place:
        yield Sample(place, **keywords)


# ---- damaged ----


@case
def a_line_damaged_in_the_middle():
    with sample() as it:
        txt, mx = it.line_of(b'"TXT'), it.line_of(b"MX")
        for damage in (
            b"garbage\n",
            b"\x00\xff\xfe\x01\n",
            b"\n",
            it.lines[mx][:20] + b"\n",
            b'{"key":"dns","status":"ok"}\n',
            b"[1,2]\n",
            b"null\n",
            b'{"key":5}\n',
            b"{" * 100000 + b"\n",
            b"[" * 3000 + b"]" * 3000 + b"\n",
        ):
            lines = [*it.lines[:mx], damage, *it.lines[mx + 1 :]]
            result = it.report(lines, (PROBLEMS, INCOMPLETE))
            if damage != b"\n":
                expect_equal(result.report["complete"], False, f"complete after {damage[:20]}")
                expect_in(f"line {mx + 1}", remark(result), f"the remark after {damage[:20]}")
            if mx > txt:
                expect_equal(result.status, PROBLEMS, f"what is whole, after {damage[:20]}")
            for format in ("text", "html"):
                out = it.report(lines, result.status, format).out
                if damage != b"\n":
                    expect_in("incomplete", out.lower(), format)


@case
def damage_takes_no_other_line_with_it():
    with sample() as it:
        txt = it.line_of(b'"TXT')
        for damage in (b"a\x00b", b"\x00", b"\x00" * 5000, b"x" * 4095, b"x" * 4096):
            result = it.report([*it.lines[:txt], damage + b"\n", *it.lines[txt:]], PROBLEMS)
            expect_in(("spf-multiple", "fabrikam.com"), result.findings("problem"), "problems")
            expect_in(f"line {txt + 1}", remark(result), "the remark")


@case
def several_damaged_lines_are_counted():
    with sample() as it:
        result = it.report([it.lines[0], b"x\n", b"y\n", *it.lines[1:]], PROBLEMS)
        expect_in("2 damaged lines were left out", remark(result), "the remark")
        result = it.report([it.lines[0], b"x\n", *it.lines[1:]], PROBLEMS)
        expect_in("1 damaged line was left out", remark(result), "the remark")


@case
def a_damaged_healthy_run_is_never_fine():
    with sample(zone=HEALTHY, domain="contoso.com") as it:
        expect_equal(it.live.status, FINE, "the live run")
        for number in range(1, len(it.lines)):
            result = it.report([*it.lines[:number], b"garbage\n", *it.lines[number + 1 :]])
            expect_equal(result.status, INCOMPLETE, f"exit status with line {number + 1} damaged")


@case
def cut_off_at_every_place():
    with sample(zone=HEALTHY, domain="contoso.com") as it:
        whole = b"".join(it.lines)
        head, last = len(it.lines[0]), len(whole) - 1
        places = sorted({*range(head, last, max(1, (last - head) // 25)), head, head + 1, last - 1})
        for place in places:
            result = it.report(whole[:place])
            expect_equal(result.status, INCOMPLETE, f"exit status of the first {place} bytes")
            expect(remark(result), f"no remark on the first {place} bytes")
        expect_equal(it.report(whole[:-1]).status, FINE, "only the last line's end is missing")


@case
def a_byte_turned_anywhere_crashes_nothing():
    with sample() as it:
        whole = b"".join(it.lines)
        for place in range(0, len(whole), max(1, len(whole) // 60)):
            turned = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
            it.report(turned, (FINE, PROBLEMS, TROUBLE, INCOMPLETE))


@case
def lines_ended_as_Windows_does():
    with sample() as it:
        result = it.report([line.replace(b"\n", b"\r\n") for line in it.lines], PROBLEMS)
        expect_equal(result.report, it.live.report, "the report")


@case
def a_line_beyond_all_bounds():
    with sample() as it:
        huge = b'{"key":"x:1","value":"' + b"a" * (65 << 20) + b'"}\n'
        result = it.report([it.lines[0], huge, *it.lines[1:]], PROBLEMS)
        expect_equal(result.report["complete"], False, "complete")


@case
def the_same_item_twice_counts_once():
    with sample() as it:
        result = it.report([*it.lines[:-1], *it.lines[1:]], PROBLEMS)
        expect_equal(result.report["findings"], it.live.report["findings"], "findings")


# ---- no evidence ----


def refused(path, *words):
    result = exdiag("report", path, status=TROUBLE)
    expect_equal(result.out, "", "stdout")
    expect_equal(result.err.count("\n"), 1, f"lines on stderr: {result.err!r}")
    for word in words:
        expect_in(word, result.err, "stderr")
    return result


@case
def what_is_not_evidence_is_refused():
    with folder() as place:
        path = place / "file"
        for content in (
            b"",
            b"\n",
            b"some notes\n",
            b"{}\n",
            b"[]\n",
            b"null\n",
            b'{"exdiag_evidence": "1"}\n',
            b'{"exdiag_evidence": 0}\n',
            b"\x00" * 10000,
            b'{"exdiag_evidence": 1',
            b'{"findings": []}\n',
        ):
            path.write_bytes(content)
            refused(path, "not an evidence file", str(path))
        for content in (b"\xff\xfe{\x00", b"\xfe\xff\x00{\x00}"):
            path.write_bytes(content)
            refused(path, "is UTF-16", str(path))


@case
def a_later_form_of_evidence_is_named_as_such():
    with folder() as place:
        (place / "f").write_text('{"exdiag_evidence": 2, "tool": "exdiag 9.0.0"}\n')
        refused(place / "f", "newer")


@case
def a_file_that_is_not_there():
    refused("/no/such/file", "does not exist", "/no/such/file")


@case
def a_folder():
    with folder() as place:
        refused(place, "folder")


@case
def a_file_that_may_not_be_read():
    needs_root("reading as somebody else")
    with sample() as it:
        os.chmod(it.path.parent / "whole", 0o600)
        try:
            result = exdiag("report", it.path.parent / "whole", user="nobody")
        except PermissionError as error:
            raise Skip(f"nobody may not run {EXDIAG}") from error
        expect_equal(result.status, TROUBLE, "exit status")
        expect_in("permission denied", result.err, "stderr")


@case
def a_pipe_without_a_writer_does_not_hang():
    with folder() as place:
        os.mkfifo(place / "pipe")
        refused(place / "pipe", "pipe")
        result = exdiag("check", "--file", place / "pipe", "--format", "json", status=INCOMPLETE)
        unknown = {("file-not-read", str(place / "pipe"))}
        expect_equal(result.findings("unknown"), unknown, "unknown")
        exdiag("check", place / "pipe", status=INCOMPLETE)


@case
def a_device():
    refused("/dev/null", "device")


@case
def a_name_that_would_write_on_the_terminal():
    with folder() as place:
        path = place / "a\x1b[31m\nb"
        expect_not_in("\x1b", refused(path).err, "stderr")
        for path in (path, place / "\udcff\x1b[31m"):
            path.write_text("notes\n")
            for format in FORMATS:
                result = exdiag("check", "--file", path, "--format", format, status=INCOMPLETE)
                expect_not_in("\x1b", result.out, format)
                expect_not_in("[31m\nb", result.out, format)


# ---- newer ----


@case
def members_of_a_newer_version_are_ignored():
    with sample() as it:
        def add(line, **members):
            return json.dumps({**json.loads(line), **members}).encode() + b"\n"

        lines = [add(line, novelty={"a": [1, 2]}, zz="x") for line in it.lines]
        result = it.report(lines, PROBLEMS)
        expect_equal(result.report, it.live.report, "the report")


@case
def items_and_subjects_of_a_newer_version_are_told():
    with sample(zone=HEALTHY, domain="contoso.com") as it:
        item = b'{"key":"starlight andromeda","status":"ok","time":"2026-01-01T00:00:00.000Z"}\n'
        result = it.report([it.lines[0], item, *it.lines[1:]])
        expect_in("does not know", remark(result), "the remark")
        header = json.loads(it.lines[0])
        header["subjects"].append({"kind": "planet", "name": "mars"})
        result = it.report([json.dumps(header).encode() + b"\n", *it.lines[1:]])
        expect_not_in("mars", result.out, "the report")
        expect_equal(result.status, INCOMPLETE, "exit status with a subject nobody examined")


@case
def statuses_and_settings_of_a_newer_version():
    with sample() as it:
        txt = it.line_of(b'"TXT')
        newer = json.loads(it.lines[txt])
        newer["status"] = "eclipsed"
        lines = [*it.lines[:txt], json.dumps(newer).encode() + b"\n", *it.lines[txt + 1 :]]
        it.report(lines, INCOMPLETE)
        header = json.loads(it.lines[0])
        header["settings"]["mood"] = "sunny"
        header["settings"]["severity"] = {"spf-multiple": "lethal", "novelty": "info"}
        header["settings"]["only"] = ["novelty", "spf"]
        lines = [json.dumps(header).encode() + b"\n", *it.lines[1:]]
        it.report(lines, PROBLEMS)


@case
def a_header_full_of_wrong_types():
    with sample() as it:
        for value in (None, 1, "x", [], {}, [[]], [{}], {"a": 1}):
            header = json.loads(it.lines[0])
            for member in ("tool", "started", "subjects", "settings", "redacted"):
                lines = [json.dumps({**header, member: value}).encode() + b"\n", *it.lines[1:]]
                for format in FORMATS:
                    it.report(lines, (FINE, PROBLEMS, INCOMPLETE), format)
            for member in ("dns", "dns_port", "only", "skip", "severity", "accepted"):
                settings = {**header["settings"], member: value}
                first = json.dumps({**header, "settings": settings}).encode() + b"\n"
                it.report([first, *it.lines[1:]], (FINE, PROBLEMS, INCOMPLETE))


@case
def hostile_names_in_a_file_are_shown_harmless():
    with sample() as it:
        hostile = "\x1b[2Jevil<script>alert(1)</script>\n\u202e.com"
        for member in ("name", "shown"):
            header = json.loads(it.lines[0])
            header["subjects"] = [{"kind": "domain", "name": "evil.com", member: hostile}]
            for format in FORMATS:
                lines = [json.dumps(header).encode() + b"\n", *it.lines[1:]]
                out = it.report(lines, (PROBLEMS, INCOMPLETE), format).out
                for mark in ("\x1b", "\u202e") if format != "json" else ("\x1b",):
                    expect_not_in(mark, out, f"{member} as {format}")
                if format == "html":
                    expect_not_in("<script>alert", out, f"{member} as {format}")


@case
def a_hostile_reason_accepts_nothing():
    with sample() as it:
        for reason, status in (("known", FINE), ("\x1b[2Jknown", PROBLEMS)):
            header = json.loads(it.lines[0])
            header["settings"]["accepted"] = [
                {"id": "spf-multiple", "subject": "*", "expires": "9999-12-31", "reason": reason}
            ]
            for format in FORMATS:
                lines = [json.dumps(header).encode() + b"\n", *it.lines[1:]]
                expect_not_in("\x1b", it.report(lines, status, format).out, format)


main()
