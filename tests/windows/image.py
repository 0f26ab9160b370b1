"""What exdiag.exe is, as a file: python3 image.py EXDIAG.EXE

Its size, what it imports, how it is protected, what Windows is told of it, and that nothing of
the building machine is in it. Ends with a count.
"""

import pathlib
import re
import struct
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1])
SIZE_MOST = 12 << 20

# HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\KnownDLLs, as far as it is the same from
# Server 2012 R2 to 2025: these come from the system's folder, whatever is beside a program.
KNOWN_DLLS = set(
    "advapi32 clbcatq combase comdlg32 gdi32 imagehlp imm32 kernel32 msctf msvcrt normaliz nsi ole32 "
    "oleaut32 psapi rpcrt4 sechost setupapi shell32 shlwapi user32 wldap32 ws2_32".split()
)


def expect(claim, why):
    if not claim:
        raise AssertionError(why)


def headers():
    command = ["x86_64-w64-mingw32-objdump", "-p", str(PROGRAM)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def imports_are_known_dlls():
    names = {name.lower().removesuffix(".dll") for name in re.findall(r"DLL Name: (\S+)", headers())}
    expect("kernel32" in names, "no imports were seen")
    expect(names <= KNOWN_DLLS, f"it would look beside itself for {sorted(names - KNOWN_DLLS)}")


def other_dlls_come_late():
    """Each of win32/delayed is named in the program, and all its functions are."""
    image = PROGRAM.read_bytes()
    definitions = sorted((ROOT / "win32/delayed").glob("*.def"))
    expect(definitions, "nothing is delayed")
    for definition in definitions:
        expect(f"{definition.stem}.dll".encode() in image, f"{definition.stem} is not in it")


def it_is_small():
    size = PROGRAM.stat().st_size
    expect(size < SIZE_MOST, f"{size} bytes")
    print(f"  {size / (1 << 20):.1f} MiB")


def it_is_protected():
    told = headers()
    for flag in ("HIGH_ENTROPY_VA", "DYNAMIC_BASE", "NX_COMPAT"):
        expect(flag in told, f"{flag} is not set")
    expect("(Windows CUI)" in told, "it is no console program")


def it_is_reproducible():
    date = re.search(r"Time/Date\s+(.*)", headers()).group(1)
    expect("1970" in date or "00000000" in date, f"it has the time of its making: {date}")


def it_has_a_version():
    version = re.search(r"project\(exdiag VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    image = PROGRAM.read_bytes()
    for word in ("ProductVersion", version, "exdiag.exe"):
        expect(word.encode("utf-16-le") in image, f"no {word} among its resources")
    numbers = [int(part) for part in version.split(".")] + [0]
    fixed = b"\xbd\x04\xef\xfe" + bytes.fromhex("00000100")
    fixed += (numbers[0] << 16 | numbers[1]).to_bytes(4, "little")
    fixed += (numbers[2] << 16 | numbers[3]).to_bytes(4, "little")
    expect(fixed in image, "its fixed version is another")


def it_has_a_manifest():
    image = PROGRAM.read_bytes()
    for word in ('level="asInvoker"', ">UTF-8</activeCodePage>", ">true</longPathAware>"):
        expect(word.encode() in image, f"its manifest lacks {word}")


def it_has_an_icon():
    """All sizes of win32/exdiag.ico, which is what package/icon.py draws."""
    sys.path.insert(0, str(ROOT / "win32/package"))
    import icon

    image = PROGRAM.read_bytes()
    file = (ROOT / "win32/exdiag.ico").read_bytes()
    (count,) = struct.unpack_from("<H", file, 4)
    expect(count == len(icon.SIZES), f"{count} sizes")
    for i, size in enumerate(icon.SIZES):
        length, at = struct.unpack_from("<II", file, 6 + 16 * i + 8)
        data = file[at : at + length]
        expect(data in image, f"{size} pixels are not in it")
        rows = icon.draw(size)
        if size < icon.PNG_FROM:
            expect(data == icon.bitmap(rows), f"{size} pixels were drawn otherwise")
        else:  # each zlib compresses as it likes
            start = data.index(b"IDAT") + 4
            pixels = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
            expect(zlib.decompress(data[start:-16]) == pixels, f"{size} pixels were drawn otherwise")


def it_tells_nothing_of_the_building_machine():
    image = PROGRAM.read_bytes().replace(b"\0/etc/ssl/certs\0", b"", 1)  # as the manual says of other systems
    folders = [str(ROOT), str(pathlib.Path.home()) + "/", "/tmp/", "/etc/ssl", "/usr/", "/home/", "ca-certificates.crt"]
    for folder in folders:
        expect(folder.encode() not in image, f"it has {folder}")
    source = re.search(rb"(diag|probes|win32)/[a-z_/]+\.[ch]\0", image)
    expect(not source, f"it has {source and source[0]}")


def openssl_reads_where_administrators_write():
    image = PROGRAM.read_bytes()
    for folder in re.findall(rb'(?:OPENSSL|ENGINES|MODULES)DIR: "([^"]*)"', image):
        expect(folder.startswith(b"C:/Program Files/"), folder.decode())
    expect(b'OPENSSLDIR: "' in image, "OpenSSL's folders were not seen")


CASES = [
    imports_are_known_dlls,
    other_dlls_come_late,
    it_is_small,
    it_is_protected,
    it_is_reproducible,
    it_has_a_version,
    it_has_a_manifest,
    it_has_an_icon,
    it_tells_nothing_of_the_building_machine,
    openssl_reads_where_administrators_write,
]


def main():
    failed = 0
    for case in CASES:
        name = case.__name__.replace("_", " ")
        try:
            case()
            print(f"ok {name}")
        except AssertionError as why:
            print(f"FAILED {name}: {why}")
            failed += 1
    print(f"{len(CASES) - failed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
