"""What `make package` makes: python3 package.py FOLDER [CASE...]

Packages twice, into FOLDER and beside it, and looks at each: what is in it, that it installs, runs,
is repaired and leaves nothing; those for Windows in a Wine prefix of this test's own, the Debian
package in a root that has what it depends on and nothing else. Ends with a count.
"""

import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = pathlib.Path(sys.argv[1]).resolve()
VERSION = re.search(r"project\(exdiag VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
NAME = f"exdiag-{VERSION}-windows-x64"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "exdiag"
WINE = {**os.environ, "WINEPREFIX": str(CACHE / "wine-package"), "WINE_TIMEOUT": "120"}
DRIVE = CACHE / "wine-package/drive_c"
INSTALLED = DRIVE / "Program Files/exdiag"
ENTRIES = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"
ENVIRONMENT = r"HKLM\System\CurrentControlSet\Control\Session Manager\Environment"
# Longer than a string of the installer (1,024 characters), and than one of cmd.exe (8,191).
LONG_PATH = "%SystemRoot%\\system32;%SystemRoot%;" + ";".join(f"C:\\Program Files\\Vendor {i}\\bin" for i in range(320))
WORK = pathlib.Path(tempfile.mkdtemp())


class Skipped(Exception):
    pass


def expect(claim, why):
    if not claim:
        raise AssertionError(why)


def run(*command, timeout=300, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, **more)


def packaged(folder):
    """What making everything says; it compiles the program for this system, on a busy machine for long."""
    return run("win32/package/all.sh", folder, cwd=ROOT, timeout=1800)


def said(*command):
    answer = run(*command, check=True)
    return answer.stdout


def wine(*command):
    answer = run(ROOT / "tests/windows/wine.sh", *command, env=WINE)
    return answer.returncode, answer.stdout.replace("\r", "")


def path_of_machine():
    found = re.search(r"^ +PATH +(REG_\w+) +(.*)$", wine("reg.exe", "query", ENVIRONMENT, "/v", "PATH")[1], re.M)
    return found.groups() if found else None


def set_path(kind, value):
    """By a file: command lines are not as long."""
    data = ",".join(f"{byte:02x}" for byte in (value + "\0").encode("utf-16-le"))
    key = ENVIRONMENT.replace("HKLM", "HKEY_LOCAL_MACHINE")
    number = {"REG_SZ": "hex(1)", "REG_EXPAND_SZ": "hex(2)", "REG_BINARY": "hex"}[kind]
    text = f'REGEDIT4\r\n\r\n[{key}]\r\n"PATH"={number}:{data}\r\n'
    (DRIVE / "path.reg").write_bytes(("\ufeff" + text.replace("REGEDIT4", "Windows Registry Editor Version 5.00")).encode("utf-16-le"))
    wine("reg.exe", "import", r"C:\path.reg")


def entries():
    """What Add/Remove Programs lists: names and versions."""
    listed = wine("reg.exe", "query", ENTRIES, "/s")[1]
    return re.findall(r"DisplayName +REG_SZ +exdiag\n +DisplayVersion +REG_SZ +(\S+)", listed)


def copied(name):
    shutil.copy(PACKAGES / name, DRIVE / name)
    return "C:\\" + name


def expect_nothing_left():
    for _ in range(50):  # the uninstaller goes on in a copy of itself
        if not INSTALLED.exists():
            break
        time.sleep(0.1)
    expect(not INSTALLED.exists(), f"left: {list(INSTALLED.rglob('*'))}")
    expect(entries() == [], f"still listed: {entries()}")


def expect_it_runs():
    """By its name alone, so that the machine's PATH leads to it; in a session that has read that."""
    told = wine(r"C:\Program Files\exdiag\exdiag.exe", "--version")
    expect(told == (0, f"exdiag {VERSION}\n"), f"--version: {told}")


def archive_files():
    with zipfile.ZipFile(PACKAGES / f"{NAME}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def two_builds_are_the_same():
    again = WORK / "again"
    (CACHE / "wine-package").mkdir(parents=True, exist_ok=True)
    answer = packaged(again)
    expect(answer.returncode == 0, answer.stderr[-2000:])
    for path in sorted(PACKAGES.iterdir()):
        expect((again / path.name).read_bytes() == path.read_bytes(), f"{path.name} is another each time")


def sums_are_right():
    listed = dict(reversed(line.split("  ")) for line in (PACKAGES / "SHA256SUMS").read_text().splitlines())
    files = {path.name for path in PACKAGES.iterdir()} - {"SHA256SUMS"}
    expect(set(listed) == files and len(files) == 5, f"{sorted(files)} and sums of {sorted(listed)}")
    for name, value in listed.items():
        expect(hashlib.sha256((PACKAGES / name).read_bytes()).hexdigest() == value, name)


def the_zip_has_what_it_should():
    files = archive_files()
    top = f"exdiag-{VERSION}/"
    wanted = {"exdiag.exe", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE.txt"}
    wanted |= {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    wanted |= {f"docs/pictures/{path.name}" for path in (ROOT / "docs/pictures").glob("*.png")}
    wanted |= {f"licences/{name}.txt" for name in "zlib openssl libxml2 jansson curl mingw-w64".split()}
    expect(set(files) == {top + name for name in wanted}, f"{sorted(files)}")
    program = (ROOT / "build/windows/exdiag.exe").read_bytes()
    expect(files[top + "exdiag.exe"] == program, "its exdiag.exe is another")
    for name, data in files.items():
        if not name.endswith((".exe", ".png")):
            expect(data.count(b"\n") == data.count(b"\r\n") > 0, f"{name} has lines that Notepad does not end")
    for name, word in (("openssl", b"Apache License"), ("curl", b"Daniel Stenberg"), ("libxml2", b"Daniel Veillard")):
        expect(word in files[f"{top}licences/{name}.txt"], f"the licence of {name} is none")


def the_msi_has_the_same():
    folder = WORK / "msi"
    folder.mkdir()
    said("msiextract", "-C", folder, PACKAGES / f"{NAME}.msi")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = {re.sub(r"^(.*?/)?exdiag/", "", name): data for name, data in found.items()}
    expect(found == {name.split("/", 1)[1]: data for name, data in archive_files().items()}, f"{sorted(found)}")


def the_msi_installs_repairs_and_leaves_nothing():
    package = copied(f"{NAME}.msi")
    set_path("REG_EXPAND_SZ", LONG_PATH)
    status, _ = wine("msiexec.exe", "/i", package, "/qn")
    expect(status == 0, f"msiexec /i: {status}")
    expect_it_runs()
    expect(entries() == [VERSION], f"listed: {entries()}")
    kind, value = path_of_machine()
    expect((kind, value) == ("REG_EXPAND_SZ", LONG_PATH + ";C:\\Program Files\\exdiag\\"), f"PATH is {kind} {value[-80:]}")
    (INSTALLED / "exdiag.exe").unlink()
    (INSTALLED / "README.md").unlink()
    wine("msiexec.exe", "/i", package, "REINSTALL=ALL", "REINSTALLMODE=amus", "/qn")
    expect_it_runs()
    expect((INSTALLED / "README.md").exists(), "it is repaired in part")
    status, _ = wine("msiexec.exe", "/x", package, "/qn")
    expect(status == 0, f"msiexec /x: {status}")
    expect_nothing_left()
    kind, value = path_of_machine()  # Wine leaves the semicolon
    expect((kind, value.rstrip(";")) == ("REG_EXPAND_SZ", LONG_PATH), f"PATH is {kind} {value[-80:]}")


def a_newer_msi_takes_the_place_of_an_older():
    newer = VERSION.rsplit(".", 1)[0] + "." + str(int(VERSION.rsplit(".", 1)[1]) + 1)
    with zipfile.ZipFile(PACKAGES / f"{NAME}.zip") as archive:
        archive.extractall(WORK / "newer")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1800000000"}
    run(sys.executable, ROOT / "win32/package/msi.py", WORK / "newer" / f"exdiag-{VERSION}", newer, DRIVE / "newer.msi", env=environment, check=True)
    package = copied(f"{NAME}.msi")
    wine("msiexec.exe", "/i", package, "/qn")
    wine("msiexec.exe", "/i", r"C:\newer.msi", "/qn")
    expect(entries() == [newer], f"listed: {entries()}")
    expect_it_runs()
    status, _ = wine("msiexec.exe", "/i", package, "/qn")
    expect(status != 0 and entries() == [newer], f"an older one after it: {status}, {entries()}")
    wine("msiexec.exe", "/x", r"C:\newer.msi", "/qn")
    expect_nothing_left()


def uninstall():
    status, _ = wine(r"C:\Program Files\exdiag\uninstall.exe", "/S")
    expect(status == 0, f"uninstall.exe: {status}")


def the_installer_installs_and_leaves_nothing():
    setup = copied(f"{NAME}-setup.exe")
    for kind, value in (
        ("REG_EXPAND_SZ", LONG_PATH),
        ("REG_SZ", "C:\\windows"),
        ("REG_EXPAND_SZ", "C:\\windows;;C:\\Program Files\\exdiag\\other;"),
        ("REG_EXPAND_SZ", ""),
    ):
        set_path(kind, value)
        for _ in range(2):  # the second time over the first
            status, _ = wine(setup, "/S")
            expect(status == 0, f"{setup}: {status}")
            expect(path_of_machine() == (kind, value + ";C:\\Program Files\\exdiag"), f"PATH is {path_of_machine()}")
        expect_it_runs()
        expect(entries() == [VERSION], f"listed: {entries()}")
        uninstall()
        expect_nothing_left()
        expect(path_of_machine() == (kind, value), f"PATH is {path_of_machine()}, not {kind} {value}")


def the_installer_lets_be_what_is_not_its_own():
    setup = copied(f"{NAME}-setup.exe")
    set_path("REG_EXPAND_SZ", "C:\\Program Files\\exdiag;C:\\windows")
    wine(setup, "/S")
    (INSTALLED / "saved.jsonl").write_text("mine")
    expect(path_of_machine()[1] == "C:\\Program Files\\exdiag;C:\\windows", f"PATH is {path_of_machine()}")
    uninstall()
    time.sleep(1)
    expect([path.name for path in INSTALLED.rglob("*")] == ["saved.jsonl"], f"{list(INSTALLED.rglob('*'))}")
    expect(path_of_machine()[1] == "C:\\windows", f"PATH is {path_of_machine()}")
    (INSTALLED / "saved.jsonl").unlink()
    INSTALLED.rmdir()
    set_path("REG_BINARY", "x")
    before = path_of_machine()
    wine(setup, "/S")
    uninstall()
    expect_nothing_left()
    expect(path_of_machine() == before, "a PATH that is no text was written to")


def setup_of(version):
    """An installer of another version, which has another program and nothing else."""
    program = WORK / f"{version}.exe"
    program.write_bytes((ROOT / "build/windows/exdiag.exe").read_bytes() + version.encode())
    files, remove = WORK / "files.nsh", WORK / "remove.nsh"
    files.write_text(f'SetOutPath "$INSTDIR"\nFile /oname=exdiag.exe "{program}"\n')
    remove.write_text('Delete "$INSTDIR\\exdiag.exe"\n')
    told = {
        "VERSION": version, "UPGRADE_CODE": "{714F5809-8838-44D8-A8F0-6CB52D9C061E}", "KIB": 1,
        "ICON": ROOT / "win32/exdiag.ico", "FILES": files, "REMOVE": remove, "OUTPUT": DRIVE / f"{version}.exe",
    }
    said("makensis", "-V2", "-WX", "-NOCD", *(f"-D{name}={value}" for name, value in told.items()), ROOT / "win32/package/exdiag.nsi")
    return f"C:\\{version}.exe", program.read_bytes()


def the_installer_never_goes_back():
    newer, program = setup_of("99.1.0")
    set_path("REG_EXPAND_SZ", "C:\\windows")
    wine(newer, "/S")
    status, _ = wine(copied(f"{NAME}-setup.exe"), "/S")
    expect((status, entries()) == (2, ["99.1.0"]), f"an older one after it: {status}, {entries()}")
    expect((INSTALLED / "exdiag.exe").read_bytes() == program, "the older program")
    uninstall()
    expect_nothing_left()


def the_installer_is_in_one_folder():
    older, _ = setup_of("0.0.1")
    setup = copied(f"{NAME}-setup.exe")
    other = DRIVE / "Tools/exdiag"
    set_path("REG_EXPAND_SZ", "C:\\windows")
    wine(older, "/S", r"/D=C:\Tools\exdiag")
    wine(setup, "/S")
    expect(not INSTALLED.exists() and (other / "README.md").exists(), "it leaves the folder that was chosen")
    expect(path_of_machine()[1] == r"C:\windows;C:\Tools\exdiag", f"PATH is {path_of_machine()}")
    wine(setup, "/S", r"/D=C:\exdiag")
    expect(not other.exists(), f"left: {list(other.rglob('*'))}")
    expect(path_of_machine()[1] == r"C:\windows;C:\exdiag", f"PATH is {path_of_machine()}")
    expect((DRIVE / "exdiag/README.md").exists() and entries() == [VERSION], f"listed: {entries()}")
    wine(r"C:\exdiag\uninstall.exe", "/S")
    expect_nothing_left()
    expect(path_of_machine()[1] == r"C:\windows", f"PATH is {path_of_machine()}")


def the_installer_goes_over_a_program_of_nobody():
    INSTALLED.mkdir()
    (INSTALLED / "exdiag.exe").write_bytes(b"MZ")
    status, _ = wine(copied(f"{NAME}-setup.exe"), "/S")
    expect(status == 0, f"{status}")
    expect_it_runs()
    uninstall()
    expect_nothing_left()


def the_two_do_not_mix():
    set_path("REG_EXPAND_SZ", "C:\\windows")
    setup, package = copied(f"{NAME}-setup.exe"), copied(f"{NAME}.msi")
    wine(setup, "/S")
    status, _ = wine("msiexec.exe", "/i", package, "/qn")
    expect(status != 0 and len(entries()) == 1, f"the MSI over the installer's: {status}, {entries()}")
    uninstall()
    expect_nothing_left()
    wine("msiexec.exe", "/i", package, "/qn")
    status, _ = wine(setup, "/S")
    expect(status == 2 and not (INSTALLED / "uninstall.exe").exists(), f"the installer over the MSI's: {status}")
    wine("msiexec.exe", "/x", package, "/qn")
    expect_nothing_left()


def deb():
    (package,) = PACKAGES.glob("*.deb")
    return package


def the_deb_is_as_debian_wants_it():
    told = said("lintian", "--allow-root", "--fail-on", "none", deb())
    told = "\n".join(line for line in told.splitlines() if not line.startswith("N:"))
    expect(not told, f"lintian: {told}")


def the_deb_has_manual_and_completions():
    folder = WORK / "deb"
    said("dpkg-deb", "-x", deb(), folder)
    program = folder / "usr/bin/exdiag"
    page = gzip.decompress((folder / "usr/share/man/man1/exdiag.1.gz").read_bytes()).decode()
    expect(page == said(program, "man"), "the page is not what the program says")
    for shell, path in (
        ("bash", "bash-completion/completions/exdiag"),
        ("zsh", "zsh/vendor-completions/_exdiag"),
        ("fish", "fish/vendor_completions.d/exdiag.fish"),
    ):
        expect((folder / "usr/share" / path).read_text() == said(program, "completion", shell), f"completion of {shell}")
    shown = run("man", "--warnings", "-l", folder / "usr/share/man/man1/exdiag.1.gz", env={**os.environ, "MANWIDTH": "80"})
    expect(shown.stderr == "" and "EXIT STATUS" in shown.stdout.upper(), f"man: {shown.stderr or shown.stdout[:200]}")
    expect(VERSION in gzip.decompress((folder / "usr/share/doc/exdiag/changelog.gz").read_bytes()).decode(), "changelog")


def closure(names):
    """The packages that these stand on, of those that are installed: (names, their dpkg entries)."""
    wanted, known = list(names), {}
    while wanted:
        name = wanted.pop()
        if name in known:
            continue
        answer = run("dpkg-query", "-s", name)
        if answer.returncode != 0:
            continue  # the other way of an alternative
        known[name] = answer.stdout.split("\n\n")[0]
        for field in re.findall(r"^(?:Pre-)?Depends: (.*)$", known[name], re.M):
            wanted += re.findall(r"(?:^|[,|] *)([a-z0-9][a-z0-9.+-]+)", field)
    return known


def root_with(names):
    root = WORK / "root"
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc", "tmp"):
        (root / name).mkdir(parents=True)
    known = closure(names)
    (root / "var/lib/dpkg/status").write_text("\n".join(entry + "\n" for entry in known.values()))
    files = []
    for name in known:
        files += [path for path in said("dpkg-query", "-L", name).splitlines() if os.path.isfile(path) or os.path.islink(path)]
        (root / f"var/lib/dpkg/info/{name}.list").touch()
    files = [path for path in files if not path.startswith("/usr/share/") and not os.path.isdir(path)]
    packed = subprocess.run(["tar", "-cPf", "-", *sorted(set(files))], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-xf", "-", "-C", str(root), "--keep-directory-symlink"], input=packed, capture_output=True, check=True)
    return root


def the_deb_runs_with_what_it_depends_on():
    if os.geteuid() != 0:
        raise Skipped("it takes root to install into a root of its own")
    depends = re.findall(r"(?:^|[,|] *)([a-z0-9][a-z0-9.+-]+)", said("dpkg-deb", "-f", deb(), "Depends"))
    expect(len(depends) > 2, f"it depends on {depends}")
    root = root_with(depends)
    before = {path for path in (root / "usr").rglob("*")}
    dpkg = ["dpkg", f"--root={root}", "--force-script-chrootless", "--log=/dev/null"]
    answer = run(*dpkg, "--install", deb())
    expect(answer.returncode == 0, f"dpkg: {answer.stderr}")
    expect(said("chroot", root, "exdiag", "--version") == f"exdiag {VERSION}\n", "--version")
    shown = run("chroot", root, "exdiag", "demo", "--only", "spf")
    found = re.search(r"^(\d+) of (\d+) found$", shown.stderr, re.M)
    expect(shown.returncode == 0 and found and found[1] == found[2], f"demo: {shown.returncode} {shown.stderr}")
    expect("libcurl is not on this machine" in shown.stderr, "it has what it only recommends")
    said(*dpkg, "--purge", "exdiag")
    left = {path for path in (root / "usr").rglob("*")} - before
    left = {path for path in left if not path.is_dir()}
    expect(not left, f"left: {left}")
    entry = root / "var/lib/dpkg/status"
    entry.write_text(re.sub(r"(?ms)^Package: libjansson4\n.*?\n\n", "", entry.read_text() + "\n"))
    expect(run(*dpkg, "--install", deb()).returncode != 0, "it installs without jansson")


PACKAGE_FIELDS = set(
    "SPDXID name versionInfo supplier downloadLocation filesAnalyzed licenseConcluded licenseDeclared copyrightText "
    "packageFileName primaryPackagePurpose checksums externalRefs packageVerificationCode".split()
)
FILE_FIELDS = set("SPDXID fileName fileTypes checksums licenseConcluded copyrightText".split())
RELATIONSHIPS = set("DESCRIBES CONTAINS STATIC_LINK DYNAMIC_LINK GENERATED_FROM OPTIONAL_DEPENDENCY_OF".split())
PURPOSES = {"APPLICATION", "LIBRARY", "SOURCE", "ARCHIVE", "INSTALL"}


def sbom():
    return json.loads((PACKAGES / f"exdiag-{VERSION}.spdx.json").read_text())


def the_sbom_is_spdx():
    """What the specification, version 2.3, asks of each element; sections 6, 7, 8 and 11."""
    told = sbom()
    expect(set(told) == set("spdxVersion dataLicense SPDXID name documentNamespace creationInfo packages files relationships".split()), f"{set(told)}")
    expect((told["spdxVersion"], told["dataLicense"], told["SPDXID"]) == ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"), "its head")
    expect(re.fullmatch(r"https://[^#\s]+", told["documentNamespace"]), told["documentNamespace"])
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["creationInfo"]["created"]), "its date")
    for creator in told["creationInfo"]["creators"]:
        expect(re.match(r"(Person|Organization|Tool): \S", creator), creator)
    identifiers = [element["SPDXID"] for element in told["packages"] + told["files"]]
    expect(len(identifiers) == len(set(identifiers)), "two elements have one identifier")
    for name in identifiers:
        expect(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name), name)
    for package in told["packages"]:
        expect(set(package) <= PACKAGE_FIELDS and {"name", "downloadLocation"} <= set(package), f"{package}")
        expect(package["primaryPackagePurpose"] in PURPOSES, f"{package}")
        expect(package["filesAnalyzed"] == ("packageVerificationCode" in package), f"{package}")
    for file in told["files"]:
        expect(set(file) <= FILE_FIELDS and file["fileName"].startswith("./"), f"{file}")
        expect([item["algorithm"] for item in file["checksums"]] == ["SHA1", "SHA256"], f"{file}")
    known = set(identifiers) | {"SPDXRef-DOCUMENT"}
    for relation in told["relationships"]:
        expect(relation["relationshipType"] in RELATIONSHIPS, f"{relation}")
        expect({relation["spdxElementId"], relation["relatedSpdxElement"]} <= known, f"{relation}")
    related = {relation["relatedSpdxElement"] for relation in told["relationships"]}
    related |= {relation["spdxElementId"] for relation in told["relationships"]}
    expect(known <= related, f"alone: {known - related}")


def the_sbom_tells_the_truth():
    told = sbom()
    named = {package["name"]: package for package in told["packages"]}
    for path in PACKAGES.iterdir():
        if path.suffix in (".zip", ".msi", ".exe", ".deb"):
            value = hashlib.sha256(path.read_bytes()).hexdigest()
            expect(named[path.name]["checksums"] == [{"algorithm": "SHA256", "checksumValue": value}], path.name)
    sums = {file["checksums"][1]["checksumValue"] for file in told["files"] if "for-Windows" in file["SPDXID"]}
    expect(not sums or sums <= {hashlib.sha256(data).hexdigest() for data in archive_files().values()}, "the zip's files")
    libraries = pathlib.Path(said(ROOT / "win32/libraries.sh").strip())
    for line in (libraries / "SOURCES").read_text().splitlines():
        name, value = line.split()
        if len(name) < 64 and name != "cmocka":
            expect(named[name]["versionInfo"] == value, f"{name} {value}")
            expect(any(key.startswith(name + "_") and package.get("checksums") for key, package in named.items()), f"no sum of {name}")
    linked = {relation["relatedSpdxElement"] for relation in told["relationships"] if relation["relationshipType"] == "STATIC_LINK"}
    expect(len(linked) == 7, f"linked: {linked}")
    held = [relation["spdxElementId"] for relation in told["relationships"] if relation["relatedSpdxElement"] == named["nsis"]["SPDXID"]]
    expect(held == [named[f"{NAME}-setup.exe"]["SPDXID"]], f"parts of nsis: {held}")
    of_the_compiler = ("mingw-w64-x86-64-dev", "gcc-mingw-w64-x86-64-win32")
    for package in told["packages"]:
        if package["SPDXID"] in linked:
            (reference,) = package["externalRefs"]
            is_source = reference["referenceLocator"].endswith("?arch=source")
            expect(is_source != (package["name"] in of_the_compiler), f"{package['name']}: {reference}")
            expect(package["licenseConcluded"] != "NOASSERTION", f"{package['name']} has no licence")


CASES = [
    two_builds_are_the_same,
    sums_are_right,
    the_zip_has_what_it_should,
    the_msi_has_the_same,
    the_msi_installs_repairs_and_leaves_nothing,
    a_newer_msi_takes_the_place_of_an_older,
    the_installer_installs_and_leaves_nothing,
    the_installer_lets_be_what_is_not_its_own,
    the_installer_never_goes_back,
    the_installer_is_in_one_folder,
    the_installer_goes_over_a_program_of_nobody,
    the_two_do_not_mix,
    the_deb_is_as_debian_wants_it,
    the_deb_has_manual_and_completions,
    the_deb_runs_with_what_it_depends_on,
    the_sbom_is_spdx,
    the_sbom_tells_the_truth,
]


def main():
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    wanted = sys.argv[2:]
    made = None if wanted else packaged(PACKAGES)
    if made and made.returncode != 0:
        print(f"FAILED making the packages: {made.stderr[-2000:]}\n0 passed, 1 failed, 0 skipped")
        return True
    if INSTALLED.exists():  # a run before this one was stopped
        shutil.rmtree(WINE["WINEPREFIX"])
    wine("cmd.exe", "/c", "exit", "0")
    for case in CASES:
        if wanted and case.__name__ not in wanted:
            continue
        word, why = "ok", ""
        try:
            case()
        except (AssertionError, subprocess.SubprocessError) as error:
            word, why = "FAILED", f": {error}"
        except Skipped as error:
            word, why = "skipped", f": {error}"
        counts[word] += 1
        print(f"{word} {case.__name__.replace('_', ' ')}{why}", flush=True)
    shutil.rmtree(WORK, ignore_errors=True)
    print("%d passed, %d failed, %d skipped" % tuple(counts.values()))
    return counts["FAILED"] > 0


sys.exit(main())
