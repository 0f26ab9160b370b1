"""Clocks that answer wrongly: each is refused with a reason, and none ever gives a number.

One host an answer, all in one run of the program; what it made of each is in its evidence.
"""

from harness import *

WAIT = "2"  # --timeout, for those that never answer
MOMENT = 1795370400  # 2026-11-22 18:00:00 UTC
NTP_EPOCH, FILETIME_EPOCH = 2208988800, 11644473600


# ---- SNTP (RFC 5905 7.3) ----


def ntp(question, first=0x24, stratum=2, reference=b"\xc0\x00\x02\x01", origin=None, received=None, sent=None,
        precision=0xEC, size=48):  # fmt: skip
    now = (int(time.time() * 2**32) + (NTP_EPOCH << 32)) % 2**64
    received, sent = now if received is None else received, now if sent is None else sent
    fixed = struct.pack(">BBBBII4sQ", first, stratum, 6, precision, 256, 512, reference, now)
    return (fixed + (origin or question[40:48]) + struct.pack(">QQ", received, sent))[:size]


def ntp_at(seconds):
    """A clock that is right but for its date."""
    moment = ((seconds + NTP_EPOCH) << 32) % 2**64
    return lambda question: ntp(question, received=moment, sent=moment)


NOW = time.time()
SNTP_WRONG = {
    "another origin": (lambda q: ntp(q, origin=b"whosthis"), "malformed", "no answer to what was asked"),
    "origin zero": (lambda q: ntp(q, origin=bytes(8)), "malformed", "no answer to what was asked"),
    "stratum 16": (lambda q: ntp(q, stratum=16), "server-failure", "not synchronised (stratum 16"),
    "stratum 0": (lambda q: ntp(q, stratum=0, reference=bytes(4)), "server-failure", "stratum 0"),
    "stratum 255": (lambda q: ntp(q, stratum=255), "server-failure", "stratum 255"),
    "kiss RATE": (lambda q: ntp(q, stratum=0, reference=b"RATE"), "rejected", "kiss-o'-death RATE"),
    "kiss DENY": (lambda q: ntp(q, stratum=0, reference=b"DENY"), "rejected", "kiss-o'-death DENY"),
    "kiss INIT": (lambda q: ntp(q, stratum=0, reference=b"INIT"), "server-failure", "not synchronised"),
    "leap indicator 3": (lambda q: ntp(q, first=0xE4), "server-failure", "leap indicator 3"),
    "transmitted at zero": (lambda q: ntp(q, sent=0), "malformed", ""),
    "received at zero": (lambda q: ntp(q, received=0), "malformed", ""),
    "sent before it was received": (lambda q: ntp(q, received=(int(NOW) + NTP_EPOCH + 9) << 32), "malformed", ""),
    "held longer than it took": (lambda q: ntp(q, received=(int(NOW) + NTP_EPOCH - 90) << 32), "malformed", ""),
    "a client's mode": (lambda q: ntp(q, first=0x23), "malformed", ""),
    "a broadcast": (lambda q: ntp(q, first=0x25), "malformed", ""),
    "version 2": (lambda q: ntp(q, first=0x14), "malformed", ""),
    "47 bytes": (lambda q: ntp(q, size=47), "malformed", ""),
    "nothing in it": (lambda q: b"", "malformed", ""),
    "a clock of two-second steps": (lambda q: ntp(q, precision=1), "malformed", ""),
    "its own question": (lambda q: q, "malformed", ""),
}
SNTP_RIGHT = {  # seconds since 1970: on either side of the era that ends on 7 February 2036, and of 2^31
    "the era's last second": 2085978495,
    "the next era's first second": 2085978497,
    "2038": 2147483700,
    "2050": 2524608000,
}


# ---- BER ----


def tlv(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + content


def number(value, tag=2):
    return tlv(tag, value.to_bytes(max(1, (value.bit_length() + 8) // 8), "big"))


def message_of(question):
    at = 2 + (question[1] & 0x7F if question[1] & 0x80 else 0)
    return question[at : at + 2 + question[at + 1]]


def rootdse(question, times=("20261122180000.0Z",), message=None, code=0, entry=True):
    message = message or message_of(question)
    values = tlv(0x31, b"".join(tlv(4, value.encode()) for value in times))
    attributes = tlv(0x30, tlv(4, b"currentTime") + values) if times is not None else b""
    said = tlv(0x30, message + tlv(0x64, tlv(4, b"") + tlv(0x30, attributes))) if entry else b""
    return said + tlv(0x30, message + tlv(0x65, number(code, 10) + tlv(4, b"") + tlv(4, b"")))


def with_byte(answer, at, byte):
    return answer[:at] + bytes([byte]) + answer[at + 1 :]


LDAP_WRONG = {
    "another message": (lambda q: rootdse(q, message=number(7)), "malformed", ""),
    "a longer length": (lambda q: with_byte(rootdse(q), 1, rootdse(q)[1] + 1), "malformed", ""),
    "a length of four gigabytes": (lambda q: b"\x30\x84\xff\xff\xff\xff" + rootdse(q), "malformed", ""),
    "a length of five octets": (lambda q: b"\x30\x85\x00\x00\x00\x00\x04abcd", "malformed", ""),
    "an indefinite length": (lambda q: b"\x30\x80" + rootdse(q)[2:] + b"\0\0", "malformed", ""),
    "no BER": (lambda q: b"HTTP/1.1 400 Bad Request\r\n\r\n", "malformed", ""),
    "busy": (lambda q: rootdse(q, entry=False, code=51), "rejected", ""),
    "no time": (lambda q: rootdse(q, times=()), "", ""),
    "two times": (lambda q: rootdse(q, times=("20261122180000.0Z", "20261122190000.0Z")), "malformed", ""),
    "a negative year": (lambda q: rootdse(q, times=("-0261122180000.0Z",)), "malformed", ""),
    "month 13": (lambda q: rootdse(q, times=("20261322180000.0Z",)), "malformed", ""),
    "31 February": (lambda q: rootdse(q, times=("20260231180000.0Z",)), "malformed", ""),
    "no zone": (lambda q: rootdse(q, times=("20261122180000.0",)), "malformed", ""),
    "1601": (lambda q: rootdse(q, times=("16010101000000.0Z",)), "malformed", ""),
    "digits of another script": (lambda q: rootdse(q, times=("٢٠٢٦١١٢٢١٨٠٠٠٠Z",)), "malformed", ""),
    "an empty time": (lambda q: rootdse(q, times=("",)), "malformed", ""),
}


# ---- Kerberos (RFC 4120 5.9.1) ----


def krb_error(stime=b"20261122180000Z", susec=250000, version=5, kind=30, tag=0x7E, tail=b""):
    fields = [(0, number(version)), (1, number(kind)), (4, tlv(0x18, stime)), (5, number(susec)), (6, number(25)),
              (9, tlv(0x1B, b"CONTOSO.COM")),
              (10, tlv(0x30, tlv(0xA0, number(2)) + tlv(0xA1, tlv(0x30, tlv(0x1B, b"krbtgt")))))]  # fmt: skip
    return tlv(tag, tlv(0x30, b"".join(tlv(0xA0 + at, content) for at, content in fields))) + tail


KERBEROS_WRONG = {
    "a million microseconds": (krb_error(susec=1000000), "malformed"),
    "a negative year": (krb_error(stime=b"-0261122180000Z"), "malformed"),
    "1969": (krb_error(stime=b"19691231235959Z"), "malformed"),
    "a fraction": (krb_error(stime=b"20261122180000.0Z"), "malformed"),
    "another zone": (krb_error(stime=b"20261122190000+0100"), "malformed"),
    "no time at all": (krb_error(stime=b""), "malformed"),
    "version 4": (krb_error(version=4), "malformed"),
    "another message's number": (krb_error(kind=31), "malformed"),
    "a ticket": (krb_error(tag=0x6B, kind=11), "rejected"),
    "something behind it": (krb_error(tail=b"\0"), "malformed"),
    "less than it says": (krb_error()[:-1], "malformed"),
    "a length that is too short": (with_byte(krb_error(), 1, krb_error()[1] - 1), "malformed"),
}


# ---- SMB2 (MS-SMB2 2.2.4) ----


def smb2(filetime=None, header=64, status=0, flags=1, message=0, size=65, dialect=0x0302, token=(128, 0), frame=None,
         protocol=b"\xfeSMB"):  # fmt: skip
    filetime = (MOMENT + FILETIME_EPOCH) * 10**7 if filetime is None else filetime
    said = protocol + struct.pack("<HHIHHIIQQQQQ", header, 0, status, 0, 1, flags, 0, message, 0, 0, 0, 0)
    said += struct.pack("<HHHH16sIIIIQQHHI", size, 1, dialect, 0, b"g" * 16, 0, 65536, 65536, 65536, filetime, 0,
                        *token, 0)  # fmt: skip
    return struct.pack(">I", len(said) if frame is None else frame) + said


SMB2_WRONG = {
    "time zero": (smb2(filetime=0), "malformed"),
    "never": (smb2(filetime=0x7FFFFFFFFFFFFFFF), "malformed"),
    "1601": (smb2(filetime=10**7), "malformed"),
    "all bits": (smb2(filetime=2**64 - 1), "malformed"),
    "another structure": (smb2(size=64), "malformed"),
    "another header": (smb2(header=63), "malformed"),
    "a status": (smb2(status=0xC00000BB), "rejected"),
    "a request": (smb2(flags=0), "malformed"),
    "another message": (smb2(message=1), "malformed"),
    "a dialect that was not asked for": (smb2(dialect=0x02FF), "malformed"),
    "a token outside": (smb2(token=(128, 1)), "malformed"),
    "a frame that is too short": (smb2(frame=64), "malformed"),
    "a frame that is too long": (smb2(frame=0xFFFFFF), "malformed"),
    "a keep-alive": (b"\x85\0\0\0", "malformed"),
    "SMB1": (smb2(protocol=b"\xffSMB"), "malformed"),
}


# ---- the servers ----


class Servers:
    """Each says one thing at one port; all on threads, which end with the process."""

    count = 0

    def __init__(self):
        needs_namespace()
        self.expected = {}  # (source, address) to what is expected of it

    def address(self):
        Servers.count += 1
        return f"127.9.{Servers.count // 250}.{1 + Servers.count % 250}"

    def udp(self, source, port, answer, expected, elsewhere=False):
        address = self.address()
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind((address, port))
        out = own
        if elsewhere:
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            out.bind(("127.8.8.8", port))

        def serve():
            while True:
                question, client = own.recvfrom(4096)
                out.sendto(answer(question), client)

        threading.Thread(target=serve, daemon=True).start()
        self.expected[source, f"{address}:{port}"] = expected

    def tcp(self, source, port, answer, expected):
        address = self.address()
        own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        own.bind((address, port))
        own.listen(8)

        def serve():
            while True:
                with contextlib.suppress(OSError):
                    client, _ = own.accept()
                    client.sendall(answer(client.recv(4096)))
                    client.shutdown(socket.SHUT_WR)
                    client.recv(1)
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        self.expected[source, f"{address}:{port}"] = expected

    def readings(self, folder):
        """What the program made of each: {(source, address:port): item}"""
        file = folder / "evidence.jsonl"
        subjects = [word for _, address in self.expected for word in ("--dc", address.split(":")[0])]
        exdiag("check", *subjects, "--only", "clock", "--dns", "127.0.0.1:9", "--timeout", WAIT, "--save", file)
        items = [json.loads(line) for line in file.read_text().splitlines()]
        found = {(item["source"], item["address"]): item for item in items if "source" in item}
        return {key: found[key] for key in self.expected}


def check_refused(servers):
    with folder() as place:
        for key, item in servers.readings(place).items():
            what, status, reason = servers.expected[key]
            expect(item["status"] != "ok" and not item["samples"], f"{key[0]}, {what}: it gave a number: {item}")
            expect(not status or item["status"] == status, f"{key[0]}, {what}: {item['status']}")
            expect_in(reason, item.get("reason") or "", f"{key[0]}, {what}: the reason")


@case
def datagrams_that_are_no_answer():
    servers = Servers()
    for what, (answer, status, reason) in SNTP_WRONG.items():
        servers.udp("sntp", 123, answer, (what, status, reason))
    for what, (answer, status, reason) in LDAP_WRONG.items():
        servers.udp("cldap", 389, answer, (what, status, reason))
    for what, (answer, status) in KERBEROS_WRONG.items():
        servers.udp("kerberos", 88, lambda _, answer=answer: answer, (what, status, ""))
    servers.udp("sntp", 123, ntp, ("from another address", "timeout", ""), elsewhere=True)
    servers.udp("cldap", 389, rootdse, ("from another address", "timeout", ""), elsewhere=True)
    servers.udp("kerberos", 88, lambda _: krb_error(), ("from another address", "timeout", ""), elsewhere=True)
    check_refused(servers)


@case
def streams_that_are_no_answer():
    servers = Servers()
    for what, (answer, status, reason) in LDAP_WRONG.items():
        is_cut = what in ("a longer length", "an indefinite length", "a length of four gigabytes")
        servers.tcp("ldap", 389, answer, (what, "" if is_cut else status, reason))
    for what, (answer, status) in SMB2_WRONG.items():
        servers.tcp("smb2", 445, lambda _, answer=answer: answer, (what, "" if "frame" in what else status, ""))
    check_refused(servers)


@case
def every_question_has_an_id_of_its_own():
    """Nobody who has not seen a question can answer it."""
    servers, asked = Servers(), []

    def note(answer, question):
        asked.append(question)
        return answer(question)

    for _ in range(8):
        for source, port, answer in (("sntp", 123, ntp), ("cldap", 389, rootdse), ("kerberos", 88, lambda _: krb_error())):
            servers.udp(source, port, lambda question, answer=answer: note(answer, question), source)
    with folder() as place:
        for key, item in servers.readings(place).items():
            expect_equal(item["status"], "ok", str(key))
    expect(len(asked) >= 8 * 3, f"{len(asked)} questions")
    expect_equal(len(set(asked)), len(asked), "different questions")


@case
def the_era_of_2036_and_2038_are_read():
    servers = Servers()
    for what, seconds in SNTP_RIGHT.items():
        servers.udp("sntp", 123, ntp_at(seconds), (what, seconds))
    with folder() as place:
        for key, item in servers.readings(place).items():
            what, seconds = servers.expected[key]
            expect_equal(item["status"], "ok", what)
            expect_equal({sample["remote_us"] for sample in item["samples"]}, {seconds * 10**6}, what)


main()
