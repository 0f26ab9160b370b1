"""A name server for the suite's scenarios, on loopback, UDP and TCP at one port.

A scenario is the suite's "zonedata": a mapping of names to lists of records. What is
peculiar to it: SPF records (type 99) stand as TXT too where a name has no TXT entry of
its own; TIMEOUT, alone in a list, leaves unanswered what the name has no records for;
"NONE" is no record. The suite writes binary text as Unicode: it goes out as UTF-8.
"""

import socket
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SPF": 99}
NOERROR, NXDOMAIN = 0, 3
AUTHORITATIVE, TRUNCATED, RESPONSE = 0x0400, 0x0200, 0x8080
UDP_MOST, EDNS_MOST = 512, 1232


def labels_of(name):
    """The labels of a name of the suite: dots part them, anything else is part of one."""
    return [label.encode() for label in name.rstrip(".").split(".") if label]


def fold(labels):
    return tuple(label.lower() for label in labels)


def wire_name(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def wire_text(strings):
    """Character-strings; one of more than 255 bytes is split."""
    out = b""
    for text in strings:
        data = text if isinstance(text, bytes) else text.encode()
        for at in range(0, max(len(data), 1), 255):
            part = data[at : at + 255]
            out += bytes([len(part)]) + part
    return out


def wire_data(kind, value):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, value)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, value)
    if kind == "MX":
        return struct.pack(">H", value[0]) + wire_name(labels_of(value[1]))
    if kind in ("TXT", "SPF"):
        return wire_text([value] if isinstance(value, (str, bytes)) else value)
    return wire_name(labels_of(value))


class Node:
    """What a scenario says of one name."""

    def __init__(self, entries):
        self.silent = False
        self.records = {}
        for entry in entries:
            if entry == "TIMEOUT":
                self.silent = True
                continue
            for kind, value in entry.items():
                known = self.records.setdefault(kind, [])
                if value != "NONE":
                    known.append(value)
        if "TXT" not in self.records and "SPF" in self.records:
            self.records["TXT"] = self.records["SPF"]

    def find(self, kind):
        return self.records.get(kind, [])


class Zone:
    def __init__(self, data):
        self.nodes = {fold(labels_of(str(name))): Node(entries) for name, entries in data.items()}

    def has_below(self, name):
        return any(len(other) > len(name) and other[-len(name) :] == name for other in self.nodes)

    def answer(self, labels, kind):
        """Records as (owner, kind, value) and the response code; None: no answer at all."""
        records, seen = [], set()
        while True:
            node = self.nodes.get(fold(labels))
            if node is None:
                return records, NOERROR if self.has_below(fold(labels)) else NXDOMAIN
            found = node.find(kind)
            records += [(labels, kind, value) for value in found]
            if not found and node.silent:
                return None
            alias = node.find("CNAME")
            if found or not alias or fold(labels) in seen:
                return records, NOERROR
            seen.add(fold(labels))
            records.append((labels, "CNAME", alias[0]))
            labels = labels_of(alias[0])


def read_question(message):
    """The labels, the type's number and the question's own bytes."""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]])
        at += 1 + message[at]
    return labels, struct.unpack(">H", message[at + 1 : at + 3])[0], message[12 : at + 5]


def bind_both():
    """A UDP and a TCP socket of one port; what is free for one may be taken for the other."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp.bind(("127.0.0.1", 0))
        try:
            tcp.bind(udp.getsockname())
            return udp, tcp
        except OSError:
            udp.close()
            tcp.close()


class NameServer:
    def __init__(self, zone_data):
        self.zone = Zone(zone_data)
        self.udp, self.tcp = bind_both()
        self.port = self.udp.getsockname()[1]
        self.tcp.listen(64)
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def respond(self, message, most):
        labels, number, question = read_question(message)
        kind = next((name for name, known in TYPES.items() if known == number), None)
        answer = self.zone.answer(labels, kind)
        if answer is None:
            return None
        records, code = answer
        body = b""
        for owner, owned, value in records:
            data = wire_data(owned, value)
            body += wire_name(owner) + struct.pack(">HHIH", TYPES[owned], 1, 60, len(data)) + data
        flags, count = RESPONSE | AUTHORITATIVE | code, len(records)
        if 12 + len(question) + len(body) > most:
            flags, count, body = flags | TRUNCATED, 0, b""
        return message[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0) + question + body

    def serve_udp(self):
        while True:
            message, client = self.udp.recvfrom(4096)
            has_edns = message[10:12] != b"\0\0"
            response = self.respond(message, EDNS_MOST if has_edns else UDP_MOST)
            if response:
                self.udp.sendto(response, client)

    def serve_tcp(self):
        while True:
            client, _ = self.tcp.accept()
            threading.Thread(target=self.serve_client, args=(client,), daemon=True).start()

    def serve_client(self, client):
        with client:
            while len(size := client.recv(2, socket.MSG_WAITALL)) == 2:
                message = client.recv(struct.unpack(">H", size)[0], socket.MSG_WAITALL)
                response = self.respond(message, 65535)
                if response:
                    client.sendall(struct.pack(">H", len(response)) + response)
