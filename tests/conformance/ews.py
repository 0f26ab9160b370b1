"""ews.py PROGRAM SUITE: every request of EWS against Microsoft's schema, by xmllint.

What is in the envelope's body is validated as it is; of its header ExchangeImpersonation is, and
RequestServerVersion is held against the schema's list, for the schema itself takes one alone."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
TYPES = "{http://schemas.microsoft.com/exchange/services/2006/types}"


def versions(suite):
    with open(os.path.join(suite, "MS-OXWSCDATA-types.xsd"), encoding="utf-8") as file:
        text = file.read()
    listed = re.search(r'name="ExchangeVersionType">(.*?)</xs:simpleType>', text, re.S).group(1)
    return set(re.findall(r'enumeration value="([^"]+)"', listed))


def parts(path, known):
    """The elements to be validated; raises where the envelope is none."""
    envelope = ElementTree.parse(path).getroot()
    assert envelope.tag == SOAP + "Envelope", envelope.tag
    header, body = envelope.find(SOAP + "Header"), envelope.find(SOAP + "Body")
    assert len(body) == 1
    version = header.find(TYPES + "RequestServerVersion").get("Version")
    assert version in known, version
    yield body[0]
    for element in header:
        if element.tag != TYPES + "RequestServerVersion":
            yield element


def validate(schema, element, path):
    ElementTree.ElementTree(element).write(path, encoding="utf-8", xml_declaration=True)
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schema, path],
                          capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def main():
    program, suite = sys.argv[1:]
    schema = os.path.join(suite, "all-messages.xsd")
    passed = failed = 0
    folder = tempfile.mkdtemp()
    try:
        subprocess.run([program, folder], check=True, stdout=subprocess.DEVNULL)
        known = versions(suite)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            try:
                said = [validate(schema, part, path + ".part") for part in parts(path, known)]
            except (AssertionError, ElementTree.ParseError) as error:
                said = [repr(error)]
            if any(said):
                failed += 1
                print(f"FAILED {name}: {''.join(said)}")
            else:
                passed += 1
        # The schema does refuse: an element in the wrong place must be told.
        path = os.path.join(folder, "wrong.xml")
        with open(os.path.join(folder, "002-get-mime.xml"), encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("<t:BaseShape>IdOnly</t:BaseShape>", "")
                       .replace("</t:IncludeMimeContent>",
                                "</t:IncludeMimeContent><t:BaseShape>IdOnly</t:BaseShape>"))
        if all(validate(schema, part, path + ".part") for part in parts(path, known)):
            passed += 1
        else:
            failed += 1
            print("FAILED: the schema takes elements in any order")
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
