"""Captures beside Wireshark: the same trace in each form that editcap writes, and every
connection to SMTP's ports as tshark sees it.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "program"))

from harness import *  # noqa: E402, F403

PORTS = ("25", "465", "587")
FORMS = ("pcap", "nsecpcap", "pcapng", "netmon1", "netmon2")
SAMPLES = ROOT.parent / "shared/samples/captures"


def needs_wireshark():
    for program in ("editcap", "tshark"):
        if not shutil.which(program):
            raise Skip(f"{program} is not here")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def trace_of(path):
    """What exdiag saves of a capture."""
    with tempfile.TemporaryDirectory() as folder:
        saved = pathlib.Path(folder) / "saved"
        subprocess.run([EXDIAG, "check", "--only", "mx", "--file", str(path),
                        "--save", str(saved)], capture_output=True, check=False)
        for line in saved.read_text().splitlines():
            item = json.loads(line)
            if item.get("key", "").startswith("trace "):
                return item
    raise AssertionError(f"no trace was made of {path}")


def connections_by_tshark(path):
    """{(client, server): frames of the first SYN, SYN-ACK, data of the server, FIN or RST}"""
    fields = ("frame.number", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst",
              "tcp.dstport", "tcp.flags", "tcp.len", "tcp.stream")
    rows = run("tshark", "-r", str(path), "-o", "tcp.analyze_sequence_numbers:FALSE", "-T", "fields",
               "-E", "separator=;", *(part for field in fields for part in ("-e", field)),
               "-Y", " or ".join(f"tcp.port == {port}" for port in PORTS))
    found = {}
    for row in rows.splitlines():
        number, v4, v6, port, to4, to6, to_port, flags, size, stream = row.split(";")
        flags, size = int(flags, 16), int(size)
        from_client = to_port in PORTS
        ends = (f"{v4 or v6}:{port}", f"{to4 or to6}:{to_port}")
        seen = found.setdefault(stream, {"ends": ends if from_client else ends[::-1], "syns": 0})
        if flags & 2 and from_client:
            seen["syns"] += 1
            seen.setdefault("syn", int(number))
        elif flags & 2:
            seen.setdefault("syn_ack", int(number))
        if size and not from_client:
            seen.setdefault("server_first", int(number))
        if size and from_client:
            seen.setdefault("client_first", int(number))
        if flags & 5:
            seen.setdefault("end", int(number))
        seen["last"] = int(number)
    return sorted((seen.pop("ends"), seen) for seen in found.values())


def connections_by_exdiag(trace):
    found = []
    for connection in trace["connections"]:
        seen = {"syns": connection["syns"]}
        for name in ("syn", "syn_ack", "server_first", "client_first", "end", "last"):
            if name in connection:
                seen[name] = connection[name][0]
        found.append(((connection["client"], connection["server"]), seen))
    return sorted(found)


def without_times(trace):
    """Frames alone: Network Monitor 1 counts milliseconds, and its zone is not known."""

    def plain(value):
        if isinstance(value, dict):
            return {name: plain(part) for name, part in value.items()
                    if name not in ("key", "path", "time", "took_ms", "local_time")}
        if isinstance(value, list) and len(value) == 2 and all(isinstance(part, int) for part in value):
            return value[0]
        return [plain(part) for part in value] if isinstance(value, list) else value

    return plain(trace)


def check_all_forms(path, folder):
    wanted = trace_of(path)
    expect_equal(connections_by_exdiag(wanted), connections_by_tshark(path),
                 f"connections in {path}")
    for form in FORMS:
        copy = pathlib.Path(folder) / f"copy.{form}"
        if subprocess.run(["editcap", "-F", form, str(path), str(copy)],
                          capture_output=True, check=False).returncode:
            expect(form.startswith("netmon"), f"editcap cannot write {form}")
            continue  # it writes these from Ethernet alone
        found = trace_of(copy)
        expect_equal(without_times(found), without_times(wanted), f"{path} as {form}")
        if not form.startswith("netmon"):
            expect_equal(found["connections"], wanted["connections"], f"{path} as {form}")


@case
def a_made_capture_in_every_form():
    needs_wireshark()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "made.pcap"
        run(str(BUILD / "tests/make_capture"), str(path), "12")
        check_all_forms(path, folder)
        cut = pathlib.Path(folder) / "cut.pcap"
        run("editcap", "-s", "60", str(path), str(cut))
        expect_equal(connections_by_exdiag(trace_of(cut)),
                     connections_by_exdiag(trace_of(path)), "frames of 60 bytes")


@case
def samples_in_every_form():
    needs_wireshark()
    if not SAMPLES.is_dir():
        raise Skip("../shared/samples/captures is not here")
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(SAMPLES.iterdir()):
            check_all_forms(path, folder)


main()
