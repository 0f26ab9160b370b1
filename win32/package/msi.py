"""Builds the package for Windows Installer: python3 msi.py TREE VERSION FILE.msi

For the whole machine, in Program Files, with its folder in the machine's PATH. wixl writes it but
for that: it knows no <Environment>, so that table is added by msibuild. All codes are by name, so
that the same files make the same package.
"""

import hashlib
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid
from xml.etree import ElementTree

# Never to be changed: by it, and by the codes made of it, one version is known to follow another.
UPGRADE_CODE = uuid.UUID("714f5809-8838-44d8-a8f0-6cb52d9c061e")
ICON = pathlib.Path(__file__).resolve().parents[1] / "exdiag.ico"
SETUP_ENTRY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\exdiag"
TITLE = "exdiag"
AUTHORS = "The exdiag authors"


def code(name):
    return str(uuid.uuid5(UPGRADE_CODE, name)).upper()


def identifier(path):
    return "f" + hashlib.sha256(path.encode()).hexdigest()[:20]


def add(parent, tag, **attributes):
    return ElementTree.SubElement(parent, tag, attributes)


def folder(element, tree, components):
    """Adds the files of a folder, a component each, and its folders."""
    for path in sorted(tree.iterdir()):
        name = str(path.relative_to(components["root"]))
        if path.is_dir():
            folder(add(element, "Directory", Id="d" + identifier(name), Name=path.name), path, components)
            continue
        component = add(element, "Component", Id="c" + identifier(name), Guid=code(name), Win64="yes")
        add(component, "File", Id=identifier(name), Name=path.name, Source="tree/" + name, KeyPath="yes")
        components["ids"].append("c" + identifier(name))


def document(tree, version):
    wix = ElementTree.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    product = add(
        wix, "Product", Id=code(version), Name=TITLE, Language="1033", Version=version, Manufacturer=AUTHORS,
        UpgradeCode=str(UPGRADE_CODE).upper(),
    )
    add(product, "Package", InstallerVersion="200", Compressed="yes", InstallScope="perMachine")
    add(product, "Media", Id="1", Cabinet="exdiag.cab", EmbedCab="yes")
    add(product, "MajorUpgrade", DowngradeErrorMessage="A newer version of exdiag is installed.")
    add(product, "Icon", Id="exdiag.ico", SourceFile="exdiag.ico")
    for name, value in (("ARPPRODUCTICON", "exdiag.ico"), ("ARPNOMODIFY", "1")):
        add(product, "Property", Id=name, Value=value)
    setup = add(product, "Property", Id="SETUP")
    add(
        setup, "RegistrySearch", Id="setup", Root="HKLM", Key=SETUP_ENTRY, Name="UninstallString", Type="raw",
        Win64="yes",
    )
    condition = add(product, "Condition", Message="exdiag is installed already, by its setup program. Remove that first.")
    condition.text = "Installed OR NOT SETUP"
    target = add(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = add(target, "Directory", Id="ProgramFiles64Folder")
    components = {"root": tree, "ids": []}
    folder(add(programs, "Directory", Id="INSTALLDIR", Name=TITLE), tree, components)
    feature = add(product, "Feature", Id="Complete", Level="1")
    for name in components["ids"]:
        add(feature, "ComponentRef", Id=name)
    sequence = add(product, "InstallExecuteSequence")
    add(sequence, "RemoveEnvironmentStrings", Sequence="3300")
    add(sequence, "WriteEnvironmentStrings", Sequence="5200")
    return ElementTree.tostring(wix, encoding="unicode")


def environment():
    """The table that puts the folder behind the machine's PATH, and takes it out again."""
    component = "c" + identifier("exdiag.exe")
    return (
        "Environment\tName\tValue\tComponent_\r\n"
        "s72\tl255\tL255\ts72\r\n"
        "Environment\tEnvironment\r\n"
        f"path\t=-*Path\t[~];[INSTALLDIR]\t{component}\r\n"
    )


def set_times(package, epoch):
    """msibuild writes the time of day into the summary, which is a property set: MS-OLEPS 2.20 to 2.22."""
    image = bytearray(package.read_bytes())
    kind = uuid.UUID("F29F85E0-4FF9-1068-AB91-08002B27B3D9").bytes_le
    at = image.index(kind) + len(kind)
    (start,) = struct.unpack_from("<I", image, at)
    start += at - 44
    (count,) = struct.unpack_from("<I", image, start + 4)
    for i in range(count):
        name, offset = struct.unpack_from("<II", image, start + 8 + 8 * i)
        if name in (12, 13):  # made, saved
            assert struct.unpack_from("<I", image, start + offset) == (64,), "a time was expected"
            struct.pack_into("<Q", image, start + offset + 4, (epoch + 11644473600) * 10**7)
    package.write_bytes(image)


def main():
    tree, version, package = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    package.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work) / "exdiag.wxs"
        source.write_text(document(tree, version))
        shutil.copy(ICON, work)  # wixl takes only what is beside it
        (pathlib.Path(work) / "tree").symlink_to(tree)
        subprocess.run(["wixl", "-a", "x64", "-o", str(package), source.name], check=True, cwd=work)
        table = pathlib.Path(work) / "Environment.idt"
        table.write_bytes(environment().encode())
        subprocess.run(["msibuild", str(package), "-i", str(table)], check=True)
    contents = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            contents.update(str(path.relative_to(tree)).encode() + b"\0" + path.read_bytes())
    summary = ["-s", TITLE, AUTHORS, "x64;1033", "{" + code(contents.hexdigest()) + "}"]
    subprocess.run(["msibuild", str(package), *summary], check=True)
    set_times(package, int(os.environ["SOURCE_DATE_EPOCH"]))


if __name__ == "__main__":
    main()
