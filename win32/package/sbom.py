"""What the packages are made of, as SPDX 2.3: python3 sbom.py FOLDER LIBRARIES FILE.spdx.json

FOLDER has the packages, LIBRARIES is what win32/libraries.sh prints. Described are the packages;
each has the program and the files beside it, with their sums; each program the libraries that are
linked in, with the sources they were built of, or those of the system that it is linked with or
loads. SOURCE_DATE_EPOCH is when.
"""

import datetime
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tarfile
import urllib.parse
import uuid
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
AUTHORS = "Organization: The exdiag authors"
LINKED = {  # by the source package's name, as SPDX calls its licence
    "zlib": "Zlib",
    "openssl": "Apache-2.0",
    "libxml2": "MIT",
    "jansson": "MIT",
    "curl": "curl",
}
COMPILER = {  # parts of these are in every program that they build
    "mingw-w64-x86-64-dev": "ZPL-2.1",
    "gcc-mingw-w64-x86-64-win32": "GPL-3.0-or-later WITH GCC-exception-3.1",
}


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-")


class Document:
    def __init__(self, name):
        self.name = name
        self.packages = {}
        self.files = {}
        self.relationships = []

    def package(self, name, version, licence, supplier, architecture="", **more):
        """One name is a library of Windows here and a package of Debian there: architecture is which."""
        key = identifier(f"Package {name} {architecture}")
        package = {
            "SPDXID": key,
            "name": name,
            "versionInfo": version,
            "supplier": supplier,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": licence,
            "licenseDeclared": licence,
            "copyrightText": "NOASSERTION",
            **more,
        }
        if self.packages.setdefault(key, package) != package:
            raise SystemExit(f"sbom: two packages are {key}")
        return key

    def file(self, folder, name, data):
        key = identifier(f"File {folder} {name}")
        self.files[key] = {
            "SPDXID": key,
            "fileName": "./" + name,
            "checksums": [
                {"algorithm": "SHA1", "checksumValue": hashlib.sha1(data).hexdigest()},
                {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()},
            ],
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
        }
        return key

    def relate(self, one, kind, other):
        self.relationships.append({"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other})

    def text(self, epoch):
        body = {
            "packages": list(self.packages.values()),
            "files": list(self.files.values()),
            "relationships": self.relationships,
        }
        mark = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
        created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        head = {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": self.name,
            "documentNamespace": f"https://spdx.org/spdxdocs/{self.name}-{mark}",
            "creationInfo": {"created": created, "creators": [AUTHORS, "Tool: sbom.py"]},
        }
        return json.dumps({**head, **body}, indent=1) + "\n"


def package_url(name, version, architecture):
    release = platform.freedesktop_os_release()["ID"]
    quoted = urllib.parse.quote(version, safe=".+~-")
    return [
        {
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/{release}/{name}@{quoted}?arch={architecture}",
        }
    ]


def supplier():
    return "Organization: " + platform.freedesktop_os_release()["NAME"].split()[0]


def application(document, name, version, files, program):
    """The program as one package installs it: (its key, its program's key)."""
    key = document.package(
        name, version, "MIT", AUTHORS, copyrightText="Copyright (c) 2026 the exdiag authors", filesAnalyzed=True,
        primaryPackagePurpose="APPLICATION",
    )
    sums = sorted(hashlib.sha1(data).hexdigest() for data in files.values())
    document.packages[key]["packageVerificationCode"] = {
        "packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()
    }
    keys = {path: document.file(name, path, data) for path, data in sorted(files.items())}
    for path in keys:
        document.relate(key, "CONTAINS", keys[path])
    document.files[keys[program]].update(fileTypes=["BINARY"], licenseConcluded="MIT")
    return key, keys[program]


def linked_libraries(document, program, libraries):
    lines = [line.split() for line in (libraries / "SOURCES").read_text().splitlines()]
    versions = {name: version for name, version in lines if name in LINKED}
    sums = {name: value for value, name in lines if len(value) == 64}
    for name, licence in LINKED.items():
        version = versions[name]
        key = document.package(
            name, version, licence, supplier(), "source", primaryPackagePurpose="LIBRARY",
            externalRefs=package_url(name, version, "source"),
        )
        document.relate(program, "STATIC_LINK", key)
        plain = version.split(":")[-1]
        upstream = plain.rsplit("-", 1)[0]
        sources = [file for file in sums if re.match(rf"{name}_({re.escape(upstream)}\.orig|{re.escape(plain)}\.debian)\.tar\.", file)]
        if not sources:
            raise SystemExit(f"sbom: no sums of the sources of {name} {version}")
        for file in sorted(sources):
            source = document.package(
                file, version, licence, supplier(), packageFileName=file, primaryPackagePurpose="SOURCE",
                checksums=[{"algorithm": "SHA256", "checksumValue": sums[file]}],
            )
            document.relate(key, "GENERATED_FROM", source)


def installed(document, name, licence="NOASSERTION"):
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version} ${Architecture}\n", name], check=True, capture_output=True, text=True
    )
    version, architecture = answer.stdout.splitlines()[0].split()
    return document.package(
        name, version, licence, supplier(), architecture, primaryPackagePurpose="LIBRARY",
        externalRefs=package_url(name, version, architecture),
    )


def unzipped(path):
    with zipfile.ZipFile(path) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def unpacked(path):
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {entry.name.removeprefix("./"): archive.extractfile(entry).read() for entry in archive if entry.isfile()}


def field(path, name):
    answer = subprocess.run(["dpkg-deb", "-f", str(path), name], check=True, capture_output=True, text=True).stdout
    return re.findall(r"(?:^|[,|] *)([a-z0-9][a-z0-9.+-]+)", answer)


def distribute(document, path, version, contents):
    key = document.package(
        path.name, version, "NOASSERTION", AUTHORS, packageFileName=path.name,
        primaryPackagePurpose="ARCHIVE" if path.suffix == ".zip" else "INSTALL",
        checksums=[{"algorithm": "SHA256", "checksumValue": hashlib.sha256(path.read_bytes()).hexdigest()}],
    )
    document.relate("SPDXRef-DOCUMENT", "DESCRIBES", key)
    document.relate(key, "CONTAINS", contents)
    return key


def main():
    folder, libraries, output = (pathlib.Path(argument) for argument in sys.argv[1:])
    version = re.search(r"project\(exdiag VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    document = Document(f"exdiag-{version}")

    (archive,) = folder.glob("*.zip")
    windows, program = application(document, "exdiag for Windows", version, unzipped(archive), "exdiag.exe")
    linked_libraries(document, program, libraries)
    for name, licence in COMPILER.items():
        document.relate(program, "STATIC_LINK", installed(document, name, licence))
    for path in (archive, *sorted(folder.glob("*.msi"))):
        distribute(document, path, version, windows)
    for path in folder.glob("*-setup.exe"):
        setup = distribute(document, path, version, windows)
        document.relate(setup, "CONTAINS", installed(document, "nsis", "Zlib"))  # parts of it unpack and remove

    (package,) = folder.glob("*.deb")
    linux, program = application(document, "exdiag for " + supplier().split()[1], version, unpacked(package), "usr/bin/exdiag")
    for name in field(package, "Depends"):
        document.relate(program, "DYNAMIC_LINK", installed(document, name))
    for name in field(package, "Recommends"):
        document.relate(installed(document, name), "OPTIONAL_DEPENDENCY_OF", linux)
    distribute(document, package, version, linux)

    output.write_text(document.text(int(os.environ["SOURCE_DATE_EPOCH"])))


if __name__ == "__main__":
    main()
