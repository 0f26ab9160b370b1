#!/usr/bin/env python3
"""steps.py SHELL STEP_SAMPLES [SEED]: every step of every finding, filled with hostile values, stays what it is.

SHELL is sh, cmd, dns or manual (PowerShell has steps.mjs). Each command is read by the shell's documented
rules, written down here without a look at the program's, and compared with the same command of harmless
values: there must be as many words, and each the same but for the values within. Random values are of
the seed that is printed; give it to have them again. What real programs can read, they read too:
dash and bash run the commands with functions in the programs' place; named-checkzone, nsd-checkzone
and kzonecheck read the records.
"""
import collections
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

RANDOM_OF_EACH = 2     # values for each template
RANDOM_VALUES = 21000  # in plain commands, by turns in seven of them
MARK = re.compile(rb"zq([A-Za-z0-9_-]+?)qz")

Sample = collections.namedtuple("Sample", "shell type source kind value command harmless")


class Broken(Exception):
    """Not what the shell could take for one whole command."""


def read_samples(program, seed, shells):
    """Each once, for one template stands at many findings."""
    seen = set()
    for what, count in (("templates", RANDOM_OF_EACH), ("random", RANDOM_VALUES)):
        done = subprocess.run([program, what, str(seed), str(count)], capture_output=True, check=True)
        for line in done.stdout.split(b"\n"):
            if not line or line[: line.index(b"\t")].decode() not in shells:
                continue
            words = line.decode().split("\t")
            sample = Sample(*words[:4], *(bytes.fromhex(word[1:]) for word in words[4:]))
            key = (sample.shell, sample.type, sample.value, sample.harmless)
            if key not in seen:
                seen.add(key)
                yield sample


def fits(harmless, found, value):
    """`found` is the harmless word with the value, or a placeholder's name, at each mark."""
    at = 0
    parts = MARK.split(harmless)
    for number, part in enumerate(parts):
        if number % 2 == 0:
            choices = (part,)
        else:
            choices = (value, b"<" + part + b">")
        for choice in choices:
            if found.startswith(choice, at) and (number + 1 < len(parts) or len(found) == at + len(choice)):
                at += len(choice)
                break
        else:
            return False
    return at == len(found)


def compare(wanted, found, value, same=fits):
    """Why two lists of words are not alike, or None."""
    if len(wanted) != len(found):
        return f"{len(found)} words instead of {len(wanted)}: {found[:12]}"
    for one, (want, got) in enumerate(zip(wanted, found)):
        if isinstance(want, str) or isinstance(got, str):
            if want != got:
                return f"word {one + 1} is {got!r} instead of {want!r}"
        elif not same(want, got, value):
            return f"word {one + 1} is {got!r} instead of {want!r}"
    return None


# ---- sh: POSIX.1 2.2 and 2.3 ----


def sh_words(text):
    """Operators as str, words as bytes; what would be expanded is told as str, too."""
    words, word, live = [], None, []
    at = 0

    def end():
        nonlocal word
        if word is not None:
            words.append(bytes(word))
        word = None
        words.extend(live)
        live.clear()

    while at < len(text):
        byte = text[at : at + 1]
        if byte == b"'":
            close = text.find(b"'", at + 1)
            if close < 0:
                raise Broken("an open '")
            word = (word or bytearray()) + text[at + 1 : close]
            at = close + 1
        elif byte == b'"':
            at += 1
            word = word or bytearray()
            while text[at : at + 1] != b'"':
                if at >= len(text):
                    raise Broken('an open "')
                if text[at : at + 1] in b"$`":
                    live.append("expands " + text[at : at + 1].decode())
                if text[at : at + 1] == b"\\" and text[at + 1 : at + 2] in (b"$", b"`", b'"', b"\\", b"\n"):
                    at += 1
                word += text[at : at + 1]
                at += 1
            at += 1
        elif byte == b"\\":
            if at + 1 == len(text):
                raise Broken("a \\ at the end")
            word = (word or bytearray()) + text[at + 1 : at + 2]
            at += 2
        elif byte in b" \t":
            end()
            at += 1
        elif byte in b"|&;<>()\n":
            end()
            words.append(byte.decode())
            at += 1
        elif byte == b"#" and word is None:
            words.append("comment")
            return words
        else:
            if byte in b"$`*?[" or (byte in b"~{" and not word):
                live.append("expands " + byte.decode())
            word = (word or bytearray()) + byte
            at += 1
    end()
    return words


def run_in(shell, samples, folder):
    """What dash or bash hand to each program: {number of the sample: [words of each call]}."""
    names = set()
    for sample in samples:
        starts = True
        for word in sh_words(sample.harmless):
            if isinstance(word, str):
                starts = word in "|&;(\n"
            elif starts:
                names.add(word.decode())
                starts = False
    script = [b"note() { for word; do printf '\\001%s' \"$word\"; done; printf '\\002'; }"]
    script += [f"{name}() {{ note {name} \"$@\"; }}".encode() for name in sorted(names)]
    for number, sample in enumerate(samples):
        script += [b"printf '\\003%d\\004' " + str(number).encode(), sample.command]
    path = pathlib.Path(folder, "script")
    path.write_bytes(b"\n".join(script) + b"\n")
    empty = pathlib.Path(folder, "empty")
    empty.mkdir(exist_ok=True)
    parsed = subprocess.run([shell, "-n", str(path)], capture_output=True, check=False)
    if parsed.returncode:
        raise Broken(f"{shell} -n: {parsed.stderr[-300:]}")
    done = subprocess.run([shutil.which(shell), str(path)], capture_output=True, check=False, cwd=empty, stdin=subprocess.DEVNULL,
                          env={"PATH": "/nonexistent", "HOME": str(empty), "LC_ALL": "C.UTF-8"})
    left = os.listdir(empty)
    if left or done.stderr:
        raise Broken(f"{shell}: left {left}, said {done.stderr[:300]}")
    calls = {}
    for piece in done.stdout.split(b"\3")[1:]:
        number, rest = piece.split(b"\4", 1)
        calls[int(number)] = [call.split(b"\1")[1:] for call in rest.split(b"\2")[:-1]]
    return calls


def check_sh(samples, complain):
    for sample in samples:
        check_words(sample, sh_words, complain)
    # A line that goes to a file, or that a program of two is to be handed, cannot be run like this.
    runnable = [sample for sample in samples if not any(word in ("<", ">", "|") for word in sh_words(sample.harmless)
                                                        if isinstance(word, str))]
    for shell in ("dash", "bash"):
        if not shutil.which(shell):
            print(f"skipped: {shell} is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            calls = run_in(shell, runnable, folder)
        for number, sample in enumerate(runnable):
            wanted, call = [], []
            for word in [*sh_words(sample.harmless), ";"]:
                if not isinstance(word, str):
                    call.append(word)
                elif call:
                    wanted.append(call)
                    call = []
            found = calls.get(number, [])
            why = None
            if len(found) != len(wanted):
                why = f"{len(found)} programs are run instead of {len(wanted)}"
            for want, got in zip(wanted, found):
                why = why or compare(want, got, sample.value)
            if why:
                complain(sample, f"{shell}: {why}")
        print(f"{shell} ran {len(runnable)} commands")


def check_words(sample, split, complain):
    try:
        why = compare(split(sample.harmless), split(sample.command), sample.value)
    except Broken as error:
        why = str(error)
    if why:
        complain(sample, why)


# ---- the Command Prompt ----


def cmd_expand(text):
    """%name% first of all, in quotes as well. Any name may be a variable."""
    return re.sub(rb"%([^%\n]+)%", rb"<<\1>>", text)


def cmd_commands(text):
    """The commands of a line, and the operators between them as str: cmd knows " and ^ alone."""
    parts, command, quoted, at = [], bytearray(), False, 0
    while at < len(text):
        byte = text[at : at + 1]
        if byte == b'"':
            quoted = not quoted
            command += byte
        elif quoted:
            if byte in b"\r\n\0":
                raise Broken("a line that ends within quotes")
            command += byte
        elif byte == b"^":
            at += 1
            command += text[at : at + 1]
        elif byte in b"&|<>()\r\n":
            parts += [bytes(command), byte.decode()]
            command = bytearray()
        else:
            command += byte
        at += 1
    if quoted:
        raise Broken('an open "')
    return [*parts, bytes(command)]


def arguments_of(text, doubles):
    """CommandLineToArgvW; with `doubles` the C runtime since 2008, where "" within quotes is one ". """
    words, word, quoted, at = [], None, False, 0
    while at < len(text):
        byte = text[at : at + 1]
        if byte == b"\\":
            end = at
            while text[end : end + 1] == b"\\":
                end += 1
            count = end - at
            word = word if word is not None else bytearray()
            if text[end : end + 1] == b'"':
                word += b"\\" * (count // 2)
                if count % 2:
                    word += b'"'
                    end += 1
            else:
                word += b"\\" * count
            at = end
            continue
        if byte == b'"':
            word = word if word is not None else bytearray()
            if quoted and text[at + 1 : at + 2] == b'"':
                word += b'"'
                at += 2
                if not doubles:
                    quoted = False
                continue
            quoted = not quoted
        elif byte in b" \t" and not quoted:
            if word is not None:
                words.append(bytes(word))
            word = None
        else:
            word = (word if word is not None else bytearray()) + byte
        at += 1
    if quoted:
        raise Broken('an argument with an open "')
    if word is not None:
        words.append(bytes(word))
    return words


OEM_OF_PORTUGUESE = {0x0160: {"\\"}}  # a letter of other languages, in code page 860 alone: names may have it


def look_alikes():
    """{code point: {character}} that some code page of Windows writes as " % or \\, by Wine's tables."""
    found = collections.defaultdict(set)
    for path in pathlib.Path("/usr/share/wine/nls").glob("c_*.nls"):
        if not re.fullmatch(r"c_(437|7\d\d|8\d\d|9\d\d|125\d)\.nls", path.name):
            continue
        table = path.read_bytes()
        words = [int.from_bytes(table[at : at + 2], "little") for at in range(0, 26, 2)]
        start = 2 * (words[0] + int.from_bytes(table[2 * words[0] : 2 * words[0] + 2], "little") + 1)
        size = 2 if words[2] == 2 else 1
        if len(table) != start + 65536 * size:
            raise Broken(f"{path.name} is no table of a code page")
        for code in range(0x80, 0x10000):
            byte = int.from_bytes(table[start + code * size : start + code * size + size], "little")
            if byte < 0x80 and chr(byte) in '"%\\':
                found[code].add(chr(byte))
    return {code: characters for code, characters in found.items() if OEM_OF_PORTUGUESE.get(code) != characters}


def check_cmd(samples, complain):
    alike = look_alikes()
    if len(samples) > 1:
        print(f"the tables of code pages know {len(alike)} characters that become another" if alike
          else "skipped: best-fit tables, for Wine is not installed")
    for sample in samples:
        if sample.shell == "both" and b"'" in sample.command:
            continue  # a line of sh and PowerShell: what the Command Prompt takes, too, has no such quotes
        text = sample.command.decode("utf-8", "replace")
        if len(text) > 8191:
            complain(sample, "longer than a line of cmd can be")
        unquoted = re.sub(rb'"[^"]*"', b"", sample.command)
        left = [name for name in MARK.findall(sample.harmless) if b"<" + name + b">" in unquoted]
        if left:  # cmd finds no such file and runs nothing; so a person must have to fill it in
            if sample.kind == "exact":
                complain(sample, "has a placeholder, and is said to be exact")
            continue
        try:
            wanted, found = cmd_commands(cmd_expand(sample.harmless)), cmd_commands(cmd_expand(sample.command))
            if [part for part in wanted if isinstance(part, str)] != [part for part in found if isinstance(part, str)]:
                raise Broken(f"other operators: {found[:6]}")
            for want, got in zip(wanted, found):
                for doubles in (False, True):
                    if isinstance(want, bytes):
                        why = compare(arguments_of(want, doubles), arguments_of(got, doubles), sample.value)
                        if why:
                            raise Broken(why)
        except Broken as error:
            complain(sample, str(error))
        fixed = collections.Counter(re.sub(MARK, b"", sample.harmless).decode())
        for character, count in collections.Counter(text).items():
            if ord(character) in alike and count > fixed[character]:
                complain(sample, f"U+{ord(character):04X} may become {alike[ord(character)]}")


# ---- zone files: RFC 1035 5.1 ----


def zone_words(text):
    """(in quotes, [(byte, escaped)]) of each word; what is none as str."""
    words, at, depth = [], 0, 0
    while at < len(text):
        byte = text[at]
        if byte in b" \t":
            at += 1
        elif byte in b"\r\n":
            if depth == 0:
                words.append("line")
            at += 1
        elif byte in b"()":
            depth += 1 if byte == 40 else -1
            words.append(chr(byte))
            at += 1
        elif byte == 59:
            words.append("comment")
            while at < len(text) and text[at] != 10:
                at += 1
        else:
            quoted = byte == 34
            at += quoted
            word = []
            while True:
                if at == len(text):
                    if quoted:
                        raise Broken('an open "')
                    break
                byte = text[at]
                if quoted and byte in b"\r\n":
                    raise Broken("a string that ends with its line")
                if (quoted and byte == 34) or (not quoted and byte in b' \t\r\n();"'):
                    break
                if not 32 <= byte <= 126:
                    raise Broken(f"byte {byte} as it is")
                if byte != 92:
                    word.append((byte, False))
                    at += 1
                    continue
                digits = text[at + 1 : at + 4]
                if digits[:1].isdigit():
                    if not re.fullmatch(rb"[0-9]{3}", digits) or int(digits) > 255:
                        raise Broken(f"no number of a byte: {digits}")
                    word.append((int(digits), True))
                    at += 4
                elif at + 1 < len(text):
                    word.append((text[at + 1], True))
                    at += 2
                else:
                    raise Broken("a \\ at the end")
            at += quoted
            words.append((quoted, word))
    if depth:
        raise Broken("an open (")
    return words


def labels_of(word):
    """The labels of an absolute name: at dots that are not escaped."""
    labels, label = [], bytearray()
    if word == [(46, False)]:
        return []
    for byte, escaped in word:
        if byte == 46 and not escaped:
            if not label:
                raise Broken("an empty label")
            labels.append(bytes(label))
            label = bytearray()
        else:
            if not escaped and byte in b'@$':
                raise Broken(f"{chr(byte)} in a name as it is")
            label.append(byte)
    if label:
        raise Broken("a name that is not absolute")
    if sum(len(label) + 1 for label in labels) > 254 or any(len(label) > 63 for label in labels):
        raise Broken("a name that is too long")
    return labels


def presentation(value):
    """The labels that the program's own names mean: the same escapes, with or without the last dot."""
    word = []
    at = 0
    while at < len(value):
        if value[at] == 92 and re.match(rb"[0-9]{3}", value[at + 1 :]):
            word.append((int(value[at + 1 : at + 4]), True))
            at += 4
        elif value[at] == 92:
            word.append((value[at + 1], True))
            at += 2
        else:
            word.append((value[at], value[at] in b"@$"))
            at += 1
    if word and word[-1] != (46, False):
        word.append((46, False))
    return labels_of(word)


def strings_of(value, kind):
    if kind != "data":
        return value
    parts, at = [], 0
    while at < len(value):
        parts.append(value[at + 1 : at + 1 + value[at]])
        at += 1 + value[at]
    return b"".join(parts)


def check_record(sample):
    """Why it is not the harmless record with the value in it, or None. True: there was a placeholder."""
    wanted = zone_words(sample.harmless)
    found = zone_words(sample.command)
    at = 0
    open_ = False
    for want in wanted:
        if at >= len(found):
            return "words are missing", open_
        if isinstance(want, str) or not MARK.search(bytes(byte for byte, _ in want[1])):
            if found[at] != want:
                return f"{found[at]} instead of {want}", open_
            at += 1
            continue
        name = MARK.search(bytes(byte for byte, _ in want[1]))[1]
        if isinstance(found[at], str):
            return f"{found[at]} instead of a value", open_
        if found[at][0]:  # strings
            taken = b""
            while at < len(found) and not isinstance(found[at], str) and found[at][0]:
                piece = bytes(byte for byte, _ in found[at][1])
                if len(piece) > 255:
                    return f"a string of {len(piece)} bytes", open_
                taken += piece
                at += 1
            if taken == b"<" + name + b">" and taken != sample.value:
                open_ = True
            elif taken != strings_of(sample.value, sample.type):
                return f"another text: {taken[:80]}", open_
        else:
            if labels_of(found[at][1]) != presentation(sample.value):
                return f"another name: {labels_of(found[at][1])}", open_
            at += 1
    return (None if at == len(found) else f"more words: {found[at:][:5]}"), open_


def check_zone(program, records, folder, complain_of):
    path = pathlib.Path(folder, "zone")
    path.write_bytes(b"$ORIGIN example.\n$TTL 300\n@ IN SOA ns.other. host.other. 1 2 3 4 5\n@ IN NS ns.other.\n"
                     + b"".join(record + b"\n" for record in records))
    command = {
        "named-checkzone": ["named-checkzone", "-i", "none", "-k", "ignore", "-n", "ignore", "-m", "ignore", "-M", "ignore",
                            "-S", "ignore", "-D", "-o", f"{folder}/read", "example", str(path)],
        "nsd-checkzone": ["nsd-checkzone", "-p", "example", str(path)],
        "kzonecheck": ["kzonecheck", "-o", "example.", str(path)],
    }[program]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        complain_of(f"{program}: {(done.stdout + done.stderr)[-400:]}")
        return
    read = {"named-checkzone": lambda: pathlib.Path(folder, "read").read_bytes(),
            "nsd-checkzone": lambda: done.stdout, "kzonecheck": lambda: b""}[program]()
    owners = re.findall(rb"^h\d+(?:\.example\.)?\s", read, re.M)
    if read and (len(owners) != len(records) or len(set(owners)) != len(records)):
        complain_of(f"{program} read {len(owners)} records of {len(records)}")
    strangers = [line for line in read.splitlines() if not re.match(rb"h\d+[.\s]|example\.?\s|\s|\$ORIGIN |;|$", line)]
    if strangers:
        complain_of(f"{program} read more than was written: {strangers[:4]}")
    print(f"{program} read {len(records)} records")


def check_dns(samples, complain):
    records = []
    for sample in samples:
        try:
            why, is_open = check_record(sample)
        except Broken as error:
            why, is_open = str(error), False
        if why:
            complain(sample, why)
        if is_open and sample.kind == "exact":
            complain(sample, "has a placeholder, and is said to be exact")
        data = re.search(rb"IN TXT .*", sample.command)
        if data and not is_open and b'TXT "' in data[0] and len(sample.command) < 60000:
            records.append(b"h%d " % len(records) + data[0])

    def complain_of(why):
        complain(samples[0], why)

    for program in ("named-checkzone", "nsd-checkzone", "kzonecheck"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            check_zone(program, records, folder, complain_of)


# ---- words for people ----


def check_manual(samples, complain):
    for sample in samples:
        wanted = MARK.split(sample.harmless)
        pattern = b"".join(re.escape(part) if number % 2 == 0 else
                           b"(?:" + re.escape(sample.value) + b"|" + re.escape(b"<" + part + b">") + b")"
                           for number, part in enumerate(wanted))
        if not re.fullmatch(pattern, sample.command, re.S):
            complain(sample, "other words")
        if sample.command.count(b'"') != sample.harmless.count(b'"'):
            complain(sample, "a value leaves its quotes")


# ---- what the readers are worth ----

READERS = {
    "sh": (check_sh, ("sh", "both")),
    "cmd": (check_cmd, ("cmd", "both")),
    "dns": (check_dns, ("dns",)),
    "manual": (check_manual, ("manual",)),
}
NAIVE = {  # values in quotes that nobody made safe: each is to be seen
    "sh": ((b"one 'zqaqz'", (b"a'; touch owned; 'b", b"'", b"a' 'b")), (b'one "zqaqz"', (b"$(touch owned)", b"`id`", b'a" "b', b"$HOME")),
           (b"one zqaqz", (b"a b", b"a;b", b"*", b"~", b"", b"$x", b"a\\"))),
    "cmd": ((b'one "zqaqz"', (b'a" & echo "b', b"%PATH%", b"a\\", b'a" "b', b'"')), (b"one zqaqz", (b"a b", b"a&b", b"a|b", b"a>b", b"a^b", b"%x%"))),
    "dns": ((b'h IN TXT "zqaqz"', (b'a" "b" ; c', b"a\\", b"a\\256", b"a\nb", b'"', b"\xc3\xbc")), (b"h IN CNAME zqaqz.", (b"a b", b"a;b", b"@", b"a(b", b"$x"))),
    "manual": ((b'Write "zqaqz"', (b'a" and then delete "b', b'"')),),
}


def prove_sight(shell):
    for harmless, values in NAIVE[shell]:
        for value in values:
            command = harmless.replace(b"zqaqz", value)
            sample = Sample(shell, "name" if b"CNAME" in harmless else "text", "naive", "exact", value, command, harmless)
            complaints = []
            try:
                if shell == "sh":
                    check_words(sample, sh_words, lambda *why: complaints.append(why))
                elif shell == "dns":
                    complaints = [why for why in check_record(sample)[:1] if why]
                else:
                    READERS[shell][0]([sample], lambda *why: complaints.append(why))
            except Broken as error:
                complaints.append(error)
            if not complaints:
                sys.exit(f"{shell}: the check itself is blind to: {command}")


def main():
    shell, program = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 40)
    check, shells = READERS[shell]
    prove_sight(shell)
    samples = list(read_samples(program, seed, shells))
    failures = []

    def complain(sample, why):
        failures.append(why)
        if len(failures) <= 10:
            print(f"{shell}: {sample.source} ({sample.type}, {sample.kind}): {why}: {sample.command[:300]!r} of {sample.value[:100]!r}",
                  file=sys.stderr)

    try:
        check(samples, complain)
    except Broken as error:
        failures.append(str(error))
        print(f"{shell}: {error}", file=sys.stderr)
    refused = sum(1 for sample in samples if any(b"<" + name + b">" in sample.command for name in MARK.findall(sample.harmless)))
    templates = len({sample.harmless for sample in samples})
    print(f"{shell}: {len(samples)} commands of {templates} templates, in {refused} a placeholder; seed {seed}")
    if failures:
        print(f"{shell}: {len(failures)} failures; again with: {' '.join(sys.argv[:3])} {seed}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
