"""`exdiag collect-script`: what it prints, and that `check --file FOLDER` takes what it writes.

No Windows is at hand: the folders are made here, a file of each that the script writes, in its
form. What the script asks for is held against what the readers read, by their own tables.
"""

import csv
import io
import re
import struct
import zlib
from datetime import datetime, timedelta

from harness import *

SCRIPT = ROOT / "diag/collect/collect.ps1"
NAME = "EX25A"
INSTALL = "D:\\Exchange Server\\V15\\"
SERVERS = {  # of tests/iis: its name and folder
    "2010": ("EX10A", "C:\\Program Files\\Microsoft\\Exchange Server\\V14\\"),
    "2013": ("EX13A", "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\"),
    "2016": ("EX16A", "F:\\Program Files\\Microsoft\\Exchange\\"),
    "2019": ("EX19A", "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\"),
    "se": (NAME, INSTALL),
}
HKLM = "HKEY_LOCAL_MACHINE\\"
CONTROL = "SYSTEM\\CurrentControlSet\\"
MARK = "\ufeff"


# ---- a folder as the script leaves it ----


def newest_build():
    """The newest in the program's table, as ExSetup.exe has it."""
    rows = [line for line in (ROOT / "diag/builds/exchange.txt").read_text().splitlines() if line.startswith("15.2.2562")]
    return "{:02}.{:02}.{:04}.{:03}".format(*map(int, rows[-1].split()[0].split(".")))


def registry(time_type="NT5DS", upgrades=()):
    """Of an Exchange server that follows its domain."""

    def utf16(text):
        return ",".join(f"{byte:02x}" for byte in (text + "\0").encode("utf-16-le"))

    def quoted(text):
        return '"' + text.replace("\\", "\\\\") + '"'

    keys = [
        (CONTROL + "Control\\ComputerName\\ActiveComputerName", [f'"ComputerName"="{NAME}"']),
        (CONTROL + "Services\\Tcpip\\Parameters", [f'"Hostname"="{NAME}"', '"Domain"="contoso.com"', '"NV Domain"="contoso.com"']),
        (CONTROL + "Control\\ProductOptions", ['"ProductType"="ServerNT"']),
        (CONTROL + "Control\\Session Manager\\Environment",
         [f'"ExchangeInstallPath"={quoted(INSTALL)}', f'"windir"=hex(2):{utf16("%SystemRoot%")}']),
        (CONTROL + "Control\\Lsa\\MSV1_0", []),
        (CONTROL + "Control\\Lsa\\Kerberos\\Parameters", []),
        (CONTROL + "Control\\Lsa", []),
        (CONTROL + "Services\\W32Time\\Parameters", [f'"Type"="{time_type}"', '"NtpServer"="time.windows.com,0x8"']),
        (CONTROL + "Services\\W32Time\\Config", ['"AnnounceFlags"=dword:0000000a', '"UtilizeSslTimeData"=dword:00000001']),
        (CONTROL + "Services\\W32Time\\TimeProviders", []),
        (CONTROL + "Services\\W32Time\\TimeProviders\\NtpClient", ['"Enabled"=dword:00000001']),
        (CONTROL + "Services\\W32Time\\TimeProviders\\NtpServer", ['"Enabled"=dword:00000000']),
        (CONTROL + "Services\\W32Time\\TimeProviders\\VMICTimeProvider", ['"Enabled"=dword:00000000']),
        (CONTROL + "Services\\W32Time", ['"Start"=dword:00000002']),
        ("SOFTWARE\\Policies\\Microsoft", []),
        (CONTROL + "Services\\Netlogon", ['"Start"=dword:00000002']),
        ("HARDWARE\\DESCRIPTION\\System\\BIOS", ['"SystemManufacturer"="HPE"', '"SystemProductName"="ProLiant DL380 Gen10"']),
        ("SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup",
         [f'"MsiInstallPath"={quoted(INSTALL)}', '"MsiProductMajor"=dword:0000000f', '"MsiProductMinor"=dword:00000002',
          '"MsiBuildMajor"=dword:00000a02', '"MsiBuildMinor"=dword:00000011']),
        ("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
         ['"ProductName"="Windows Server 2022 Standard"', '"CurrentBuild"="20348"', '"InstallDate"=dword:63b1c000',
          '"SystemRoot"="C:\\\\Windows"']),
    ] + [(f"SYSTEM\\Setup\\{name}", values) for name, values in upgrades] + [("SYSTEM\\Setup", [])]
    lines = ["Windows Registry Editor Version 5.00"]
    for key, values in keys:
        lines += ["", f"[{HKLM}{key}]", *values]
    return ("\r\n".join(lines + certificates()) + "\r\n\r\n").encode("utf-16")


def certificates():
    """Bound and stored: good until 2098."""
    lines = (ROOT / "tests/windows/certificates.reg").read_text().splitlines()[1:]
    return [line for line in lines if not line.startswith("[-")]


def files(config, absent=()):
    """files.csv: the DLLs that a configuration names, and those that the script knows of."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(["Path", "Exists", "Length", "Version"])
    known = ["%windir%\\System32\\wsmsvc.dll", "%windir%\\System32\\pwrshplugin.dll"]
    known += [INSTALL + "Bin\\" + name for name in ("kerbauth.dll", "ExSetup.exe", "Microsoft.Exchange.AuthorizationPlugin.dll")]
    for path in dict.fromkeys(known + re.findall(r'image="([^"]+\.dll)"', config)):
        gone = path.lower().endswith(tuple(absent)) if absent else False
        rows.writerow([path, "False" if gone else "True", "" if gone else "123456", "" if gone else "10.0.20348.1"])
    return (MARK + out.getvalue()).encode()


def features(installed=("Web-Server", "Web-Windows-Auth")):
    names = ("Web-Server", "Web-WebServer", "Web-Windows-Auth", "WinRM-IIS-Ext", "RSAT-ADDS")
    lines = ['"Name","DisplayName","Installed","InstallState"']
    for name in names:
        has = name in installed
        lines.append(f'"{name}","{name}","{has}","{"Installed" if has else "Available"}"')
    return (MARK + "\r\n".join(lines) + "\r\n").encode()


def event_log():
    """An .evtx without events, as an export has it that found none."""
    head = struct.pack("<8sQQQIHHHH76x", b"ElfFile\0", 0, 0, 1, 128, 1, 3, 4096, 0)
    return (head + struct.pack("<II", 0, zlib.crc32(head[:120]))).ljust(4096, b"\0")


W32TM = (
    "Leap Indicator: 0(no warning)\r\nStratum: 4 (secondary reference - syncd by (S)NTP)\r\n"
    "Precision: -23 (119.209ns per tick)\r\nRoot Delay: 0.0312500s\r\nRoot Dispersion: 7.7902343s\r\n"
    "ReferenceId: 0xC0000211 (source IP:  192.0.2.17)\r\nLast Successful Sync Time: 11/22/2026 9:14:02 AM\r\n"
    "Source: dc1.contoso.com\r\nPoll Interval: 10 (1024s)\r\n\r\nPhase Offset: -0.0004361s\r\n"
    "ClockRate: 0.0156250s\r\nState Machine: 2 (Sync)\r\nTime Source Flags: 0 (None)\r\nServer Role: 0 (None)\r\n"
    "Last Sync Error: 0 (The command completed successfully.)\r\nTime since Last Good Sync Time: 65.3371270s\r\n\r\n\r\n"
    "[Configuration]\r\n\r\nEventLogFlags: 2 (Local)\r\nAnnounceFlags: 10 (Local)\r\n\r\n[TimeProviders]\r\n\r\n"
    "NtpClient (Local)\r\nDllName: C:\\Windows\\system32\\w32time.dll (Local)\r\nEnabled: 1 (Local)\r\n"
    "InputProvider: 1 (Local)\r\nType: NT5DS (Local)\r\n\r\n\r\ndc1.contoso.com\r\n\r\n"
    "#Peers: 1\r\n\r\nPeer: dc1.contoso.com\r\nState: Active\r\nTime Remaining: 598.0912741s\r\nMode: 1 (Symmetric Active)\r\n"
    "Stratum: 3 (secondary reference - syncd by (S)NTP)\r\nPeerPoll Interval: 10 (1024s)\r\nHostPoll Interval: 10 (1024s)\r\n\r\n"
)
OWN_NAMES = "\r\n\t".join(
    [f"Registered ServicePrincipalNames for CN={NAME},CN=Computers,DC=contoso,DC=com:", f"SMTPSVC/{NAME}",
     f"SMTPSVC/{NAME}.contoso.com", f"HTTP/{NAME}", f"HTTP/{NAME}.contoso.com", f"HOST/{NAME}", f"HOST/{NAME}.contoso.com"]) + "\r\n"
FOUND_NAMES = (
    f"Checking domain DC=contoso,DC=com\r\nCN={NAME},CN=Computers,DC=contoso,DC=com\r\n\tSMTPSVC/{NAME}\r\n"
    f"\tSMTPSVC/{NAME}.contoso.com\r\n\tHOST/{NAME}\r\n\tHOST/{NAME}.contoso.com\r\n\r\nExisting SPN found!\r\n"
)
NO_NAMES = "Checking domain DC=contoso,DC=com\r\n\r\nNo such SPN found.\r\n"
IIS_HEAD = (
    "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-20 08:00:00\r\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
    "sc-status sc-substatus sc-win32-status time-taken\r\n"
)


def iis_log(status="200 0 0"):
    line = "2026-11-20 08:{:02}:00 192.0.2.10 POST /{} - 443 CONTOSO\\admin 192.0.2.77 Microsoft+WinRM+Client {} 31\r\n"
    return (IIS_HEAD + "".join(line.format(i, "PowerShell", status) for i in range(20)) +
            "".join(line.format(i, "EWS/Exchange.asmx", "200 0 0") for i in range(20, 40))).encode()


PROXY_LOG = (
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,Protocol,UrlHost,UrlStem,ProtocolAction,"
    "AuthenticationType,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,TotalRequestTime\r\n"
    "#Software: Microsoft Exchange Server\r\n#Version: 15.02.2562.017\r\n#Log-type: HttpProxy Logs\r\n"
    "2026-11-20T08:00:01.000Z,1,15,2,2562,17,{},mail.contoso.com,/{},,Kerberos,{},200,200,,POST,20\r\n"
)
EWS_LOG = (
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ServerHostName,SoapAction,HttpStatus,"
    "RequestSize,ErrorCode,TotalRequestTime\r\n#Software: Microsoft Exchange Server\r\n#Version: 15.02.2562.017\r\n"
    "#Log-type: EWS Logs\r\n2026-11-20T08:00:01.000Z,1,15,2,2562,17,{},GetItem,200,512,,20\r\n"
)
PROTOCOL_LOG = (
    "#Software: Microsoft Exchange Server\r\n#Version: 15.02.2562.017\r\n#Log-type: SMTP {} Protocol Log\r\n"
    "#Date: 2026-11-20T10:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,"
    "local-endpoint,remote-endpoint,event,data,context\r\n"
    "2026-11-20T10:00:01.433Z,EX25A\\Default,08DAF3EC62278461,0,192.0.2.10:25,198.51.100.33:56026,+,,\r\n"
)


def readme(computer=f"{NAME}.contoso.com"):
    """The lines that the script prints first, out of itself."""
    lines = SCRIPT.read_text().split("$text = @(\n")[1].split("\n) + $Collected")[0].splitlines()
    shown = [line.strip().rstrip(",").strip("'\"()").replace("$Computer", computer) for line in lines]
    expect_in(f"computer          {computer}", shown, "README.txt")
    return (MARK + "\r\n".join(shown + ["       14232  registry.reg  (the registry)", "", "Not collected, and why",
            "  logs in D:\\Exchange Server\\V15\\Logging\\Ews: there is no folder", ""]) + "\r\n").encode()


def moved(content, name, install):
    """What is told of the server of these tests, told of another."""
    wide = content.startswith(b"\xff\xfe")
    text = content.decode("utf-16" if wide else "latin-1")
    for one, other in ((NAME, name), (INSTALL.replace("\\", "\\\\"), install.replace("\\", "\\\\")), (INSTALL, install)):
        text = text.replace(one, other)
    if "\\V14\\" in install:
        text = text.replace("ExchangeServer\\v15", "ExchangeServer\\v14")
    return text.encode("utf-16" if wide else "latin-1")


def collected(place, version="se", **changed):
    """All files of a healthy server; those named otherwise have that content, and None leaves one out."""
    config = (ROOT / f"tests/iis/{version}/applicationHost.config").read_bytes()
    build = newest_build()
    whole = {
        "README.txt": readme(),
        "registry.reg": registry(),
        "applicationHost.config": config,
        "files.csv": files(config.decode()),
        "setup.txt": (MARK + f"ProductVersion : {build}\r\nFileVersion    : {build}\r\nFileName       : {INSTALL}Bin\\ExSetup.exe\r\n").encode(),
        "features.csv": features(),
        "w32tm.txt": W32TM.encode("cp850"),
        "setspn-own.txt": OWN_NAMES.encode(),
        "setspn-smtpsvc.txt": FOUND_NAMES.encode(),
        "setspn-http.txt": NO_NAMES.encode(),
        "application.evtx": event_log(),
        "system.evtx": event_log(),
        "setup.evtx": event_log(),
        "iis-W3SVC1-u_ex261120.log": iis_log(),
        "iis-W3SVC2-u_ex261120.log": iis_log(),
        "ews-Ews_2026112008-1.LOG": EWS_LOG.format(NAME).encode(),
        "proxy-ews-HttpProxy_2026112008-1.LOG": PROXY_LOG.format("Ews", "EWS/Exchange.asmx", NAME).encode(),
        "proxy-powershell-HttpProxy_2026112008-1.LOG": PROXY_LOG.format("PowerShell", "powershell", NAME).encode(),
        "smtp-front-RECV20261120-1.LOG": PROTOCOL_LOG.format("Receive").encode(),
        "smtp-hub-SEND20261120-1.LOG": PROTOCOL_LOG.format("Send").encode(),
    }
    if version != "se":
        whole = {name: content if name == "applicationHost.config" or name.endswith(".evtx") else moved(content, *SERVERS[version])
                 for name, content in whole.items()}
    webs = sorted((ROOT / f"tests/iis/{version}").rglob("web.config"))
    for number, web in enumerate(webs, 1):
        whole[f"web{number}-{'-'.join(web.parts[-4:-1])}.config"] = web.read_bytes()
    whole.update({name.replace("__", "."): content for name, content in changed.items()})
    for name, content in whole.items():
        if content is not None:
            (place / name).write_bytes(hidden(content) if name.endswith(".config") else content)


def hidden(config):
    """As the script copies it: by its own patterns."""
    rows = re.search(r"\$Secrets = @\((.*?)\n\)", SCRIPT.read_text(), re.S)[1]
    text = config.decode("latin1")
    for pattern, copy in re.findall(r"@\('((?:[^']|'')*)', '((?:[^']|'')*)'\)", rows):
        text = re.sub(pattern.replace("''", "'"), re.sub(r"\$(\d)", r"\\1", copy), text, flags=re.I)
    return text.encode("latin1")


def findings(place, *options, **keywords):
    report = exdiag("check", "--file", place, "--format", "json", *options, **keywords).report
    return [one for one in report["findings"]]


def ids(found, outcome):
    return {one["id"] for one in found if one["outcome"] == outcome}


# ---- the script itself ----


@case
def the_script_is_what_the_source_has_with_lines_of_windows():
    result = exdiag("collect-script", status=FINE)
    expect_equal(result.out, SCRIPT.read_text().replace("\n", "\r\n"), "the script")
    expect(result.out.isascii(), "the script is ASCII")
    expect_equal(result.err, "", "stderr")


@case
def the_script_goes_to_a_file():
    with folder() as place:
        exdiag("collect-script", "--output", place / "collect one.ps1", status=FINE)
        expect_equal((place / "collect one.ps1").read_bytes(), SCRIPT.read_bytes().replace(b"\n", b"\r\n"), "the file")


@case
def it_takes_nothing_else():
    for arguments in (("--server", "ex01"), ("--format", "json"), ("ex01.contoso.com",)):
        exdiag("collect-script", *arguments, status=TROUBLE)


def parts(source, start, end):
    return (ROOT / source).read_text().split(start)[1].split(end)[0]


@case
def it_takes_the_events_that_are_read():
    script = SCRIPT.read_text()
    wished = parts("diag/read/mail_event.h", "MAIL_EVENT_LIST(X)", "enum mail_event_kind")
    wished += parts("diag/read/host_event.h", "HOST_EVENT_LIST(X)", "enum host_event_kind")
    taken = re.findall(r"Save-Events '(\w+)' @\(([^)]*)\) @\(([^)]*)\)", script)
    expect_equal([log for log, _, _ in taken], ["Application", "System", "Setup"], "logs")
    numbers = {number for _, _, list in taken for number in re.findall(r"\d+", list)}
    for number in re.findall(r", (\d+)[,)]", wished):
        expect_in(number, numbers, "numbers of events")
    providers = {name for _, list, _ in taken for name in re.findall(r"'([^']+)'", list)}
    for name in re.findall(r'"[^"]+", "([^"]+)", \d+[,)]', wished):
        expect_in(name, providers, "providers")
    for log, whose, which in taken:  # more than 20 comparisons in one query are refused
        expect(whose.count(",") + 1 + which.count(",") + 1 + 1 <= 20, f"comparisons of the query for {log}")


@case
def it_takes_the_registry_that_is_read():
    script = SCRIPT.read_text()
    header = (ROOT / "diag/evidence/time_settings.h").read_text().replace("\\\n", "")
    defines = dict(re.findall(r"#define (TIME_KEY_\w+)\s+(.+)", header))
    keys = []
    for value in defines.values():
        for name, inner in defines.items():
            value = value.replace(name + " ", inner)
        keys.append("".join(re.findall(r'"([^"]*)"', value)).replace("\\\\", "\\").replace("HKLM\\", "").rstrip("\\"))
    for source in ("probes/spn/loopback.c", "probes/build/files.c"):
        keys += [key.replace("\\\\", "\\") for key in re.findall(r'_key\w*\[\] = "([^"]+)"', (ROOT / source).read_text())]
    keys += re.findall(r"^ \*     (S\w+\\.+?)  ", (ROOT / "diag/evidence/windows_setup.h").read_text(), re.M)
    bound = (ROOT / "diag/gather/bound_certificates.c").read_text()
    parameters = re.search(r'PARAMETERS REGISTRY_MACHINE "(.+)"', bound)[1]
    for prefix, key in re.findall(r'\] = (PARAMETERS|REGISTRY_MACHINE) "([^"]+)"', bound):
        keys.append(((parameters if prefix == "PARAMETERS" else "") + key).replace("\\\\", "\\"))
    expect(len(keys) > 19, f"keys that readers name: {keys}")
    for key in keys:
        key = key.split(", ")[0]
        if key != "SYSTEM\\CurrentControlSet":
            expect_in(f"'{key}'", script, "the script")
    for values in re.findall(r'X\(TIME_KEY_\w+(?: "[^"]*")?,\s+"([^"]+)"', (ROOT / "diag/evidence/time_settings.c").read_text()):
        for value in values.split(","):
            expect_in(f"'{value}'", script, "the script")


@case
def no_log_keeps_what_requests_carry():
    """By the script's own patterns: .NET's and Python's read these alike."""
    script = SCRIPT.read_text()
    carries, field = (re.search(rf"\${name} = '([^']+)'", script)[1] for name in ("Carries", "field"))
    names = PROXY_LOG.split("\r\n")[0].split(",")
    for name in "cs-uri-query", "cs(Cookie)", "cs(Referer)", "UrlQuery", "BackEndCookie":
        expect(re.search(carries, name, re.I), f"{name} is hidden")
    for name in names + IIS_HEAD.splitlines()[3].replace("cs-uri-query", "").split():
        expect(not re.search(carries, name, re.I), f"{name} is kept")
    pattern = re.search(r'"(\(\?m\)\^[^"]+)", \'\$1\'\)', script)[1].replace("$field", field).replace("{$i}", "{2}")
    for line, copy in (
        ("a,b,?x=1,d\r\n", "a,b,,d\r\n"),
        ('a,"b,""c",?x=1,d\r\n', 'a,"b,""c",,d\r\n'),
        ('a,b,"?x=1,2",d\r\n', "a,b,,d\r\n"),
        ('a,b"c,?x,"d\r\n', 'a,b"c,,"d\r\n'),
        ("#Fields: DateTime,b,UrlQuery,d\r\n", None),
        ("DateTime,b,UrlQuery,d\r\n", None),
        ("a,b\r\n", None),
    ):
        expect_equal(re.sub(pattern, r"\1", line), copy or line, f"the copy of {line}")
    query, copy = re.search(r"Replace\(\$Text, '(\(\[\?&\][^']+)', '([^']+)'\)", script).groups()
    carried = "Url=/PowerShell?PSVersion=5.1&X-Rps-CAT=AAAA=;Status=200,?b=2\r\n"
    expect_equal(re.sub(query, copy.replace("$1", r"\1"), carried),
                 "Url=/PowerShell?PSVersion=removed&X-Rps-CAT=removed;Status=200,?b=removed\r\n", "a column with an address")


# ---- what it gathered ----


@case
def a_healthy_server_is_read_whole_and_has_no_problem():
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place)
        found = findings(place, "--dns", lab.dns, "--timeout", "1")
        unread = [one["subject"]["name"] for one in found if one["id"] == "file-not-read"]
        expect_equal(unread, [], "files that nothing reads")
        wrong = [(one["id"], one["title"], one["subject"]["name"]) for one in found if one["outcome"] == "problem"]
        expect_equal(wrong, [], "problems of a healthy server")


@case
def healthy_servers_of_every_version_have_no_problem():
    for version in SERVERS:
        with folder() as place, Lab(HEALTHY) as lab:
            collected(place, version)
            found = findings(place, "--dns", lab.dns, "--timeout", "1", "--skip", "build")
            told = [(one["id"], one["outcome"], one["title"]) for one in found if one["outcome"] == "problem" or one["id"] == "file-not-read"]
            expect_equal(told, [], f"findings of {version}")


def without(module):
    """The configuration of the healthy server, whose globalModules lack one."""
    config = (ROOT / "tests/iis/se/applicationHost.config").read_text()
    config, count = re.subn(rf'\s*<add name="{module}" image="[^"]*"[^>]*/>', "", config)
    expect(count >= 1, f"{module} was there")
    return config


def explained(found, id):
    return {cause["id"] for one in found if one["id"] == id for cause in one["explained_by"]}


@case
def a_broken_server_is_seen():
    config = without("kerbauth")
    old = (MARK + "ProductVersion : 15.02.1118.007\r\nFileVersion    : 15.02.1118.007\r\n"
           f"FileName       : {INSTALL}Bin\\ExSetup.exe\r\n").encode()
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place, registry__reg=registry("NTP"), setup__txt=old, applicationHost__config=config.encode(),
                  files__csv=files(config), **{"iis-W3SVC1-u_ex261120__log": iis_log("500 0 126")})
        found = findings(place, "--dns", lab.dns, "--timeout", "1", status=PROBLEMS)
        for id in ("exchange-build-unsupported", "time-hierarchy", "kerbauth-managed", "powershell-vdir-500"):
            expect_in(id, ids(found, "problem"), "problems")
        expect_in("kerbauth-managed", explained(found, "powershell-vdir-500"), "causes")


@case
def a_server_after_an_upgrade_is_seen():
    """WSMan and the feature went with the Windows before."""
    before = [("Source OS (Updated on 3/14/2026 10:15:11)",
               ['"ProductName"="Windows Server 2019 Standard"', '"CurrentBuild"="17763"', '"InstallDate"=dword:5c8a2b00'])]
    config = without("WSMan")
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place, registry__reg=registry(upgrades=before), applicationHost__config=config.encode(),
                  files__csv=files(config, absent=("wsmsvc.dll",)), **{"iis-W3SVC2-u_ex261120__log": iis_log("500 0 2")})
        found = findings(place, "--dns", lab.dns, "--timeout", "1", status=PROBLEMS)
        for id in ("wsman-module-missing", "winrm-iis-ext-missing", "powershell-vdir-500"):
            expect_in(id, ids(found, "problem"), "problems")
        expect_not_in("kerbauth-managed", ids(found, "problem"), "problems")


@case
def a_missing_dll_is_seen():
    config = (ROOT / "tests/iis/se/applicationHost.config").read_text()
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place, files__csv=files(config, absent=("kerbauth.dll",)))
        found = findings(place, "--dns", lab.dns, "--timeout", "1", status=PROBLEMS)
        expect_in("kerbauth-path", ids(found, "problem"), "problems")


@case
def a_certificate_that_is_gone_is_seen():
    lines = registry().decode("utf-16").split("\r\n")
    start = next(i for i, line in enumerate(lines) if "\\MY\\Certificates\\" in line)
    end = lines.index("", start)
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place, registry__reg="\r\n".join(lines[:start] + lines[end:]).encode("utf-16"))
        found = findings(place, "--dns", lab.dns, "--timeout", "1", status=PROBLEMS)
        expect_equal(ids(found, "problem"), {"backend-certificate"}, "problems")
        expect_in("frontend-certificate", ids(found, "ok"), "what is right")


@case
def what_is_said_of_a_whole_site_is_seen():
    """IIS Manager writes the redirect of a site to the web.config of the site's own folder."""
    redirect = b"<configuration><system.webServer><httpRedirect enabled='true' destination='https://mail.contoso.com/owa' />" \
        b"</system.webServer></configuration>"
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place, **{"web-of-site-1__config": redirect})
        found = findings(place, "--dns", lab.dns, "--timeout", "1", status=PROBLEMS)
        expect_equal(ids(found, "problem"), {"powershell-vdir-settings"}, "problems")
        expect_not_in("file-not-read", [one["id"] for one in found], "what nothing reads")


@case
def each_file_alone_is_of_a_known_type():
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place)
        for path in sorted(place.iterdir()):
            found = findings(path, "--dns", lab.dns, "--timeout", "1", "--only", "file")
            expect_equal([one["id"] for one in found], [], f"of {path.name}")


@case
def nothing_but_what_could_not_be_had():
    """Without Exchange, without rights, without a domain: the rest is read."""
    with folder() as place:
        (place / "README.txt").write_bytes(readme())
        (place / "w32tm.txt").write_text("The following error occurred: The service has not been started. (0x80070426)\r\n" * 4)
        found = findings(place)
        expect_equal(ids(found, "problem") - {"time-hierarchy"}, set(), "problems")
        expect_not_in("file-not-read", [one["id"] for one in found], "what nothing reads")


@case
def features_of_older_windows_and_by_dism():
    """Windows Server 2008 R2 has no InstallState; where Get-WindowsFeature fails there is dism."""
    old = '"Name","DisplayName","Installed","InstallState"\r\n"Web-Server","Web Server (IIS)","True",\r\n' \
          '"WinRM-IIS-Ext","WinRM IIS Extension","False",\r\n'
    by_dism = "\r\nDeployment Image Servicing and Management tool\r\nVersion: 10.0.20348.1\r\n\r\nImage Version: 10.0.20348.1\r\n\r\n" \
        "Features listing for package : Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.20348.1\r\n\r\n\r\n" \
        "------------------------------------------- | --------\r\nFeature Name                                | State\r\n" \
        "------------------------------------------- | --------\r\nIIS-WebServerRole                           | Enabled\r\n" \
        "IIS-WebServer                               | Enabled\r\nWindows-Defender                            | Disabled\r\n\r\n" \
        "The operation completed successfully.\r\n"
    for name, text in (("features.csv", MARK + old), ("features.txt", by_dism)):
        with folder() as place:
            (place / name).write_bytes(text.encode())
            found = findings(place)
            expect_not_in("file-not-read", [one["id"] for one in found], f"findings of {name}")


# ---- folders ----


@case
def folders_within_folders_are_read_in_the_order_of_names():
    with folder() as place:
        for name in ("ex02", "ex01"):
            (place / name / "logs").mkdir(parents=True)
            (place / name / "logs/RECV1.LOG").write_text(PROTOCOL_LOG.format("Receive"))
            (place / name / ".hidden").write_text("x")
        report = exdiag("check", "--file", place, "--format", "json", "--only", "file").report
        names = [one["name"] for one in report["subjects"]]
        expect_equal(names, [f"{place}/ex01/logs/RECV1.LOG", f"{place}/ex02/logs/RECV1.LOG"], "subjects")


@case
def a_folder_of_a_host_is_all_of_that_host():
    with folder() as place, Lab(HEALTHY) as lab:
        collected(place)
        (place / "registry.reg").unlink()
        result = exdiag("check", "--file", f"ex25a.contoso.com={place}", "--only", "build", "--dns", lab.dns, "--verbose")
        expect_in("ex25a.contoso.com", result.out, "the report")
        other = place / "setup.txt"
        exdiag("check", "--file", f"ex25a.contoso.com={place}", "--file", f"ex09.contoso.com={other}", status=TROUBLE)


@case
def what_was_collected_is_of_the_machine_that_it_names():
    with folder() as place, Lab(HEALTHY) as lab:
        for name in ("ex01", "ex02"):
            (place / name).mkdir()
            collected(place / name, README__txt=readme(f"{name.upper()}.contoso.com"))
            for path in (place / name).iterdir():
                if path.name not in ("README.txt", "setup.txt"):
                    path.unlink()
        only = ("--only", "build", "--dns", lab.dns, "--timeout", "1", "--verbose")
        text = exdiag("check", "--file", place, *only).out
        for name in ("ex01.contoso.com", "ex02.contoso.com"):
            expect_in(name, text, "the report of both")
        text = exdiag("check", "--file", f"ex09.contoso.com={place}/ex01", *only).out
        expect_in("ex09.contoso.com", text, "the report of what the user says is of another")
        expect_not_in("ex01.contoso.com", text, "the same")
        for damaged in (b"exdiag-collection 1\r\n\r\ncomputer          a b,c\r\n", b"exdiag-collection 1", b"\xff" * 2000):
            (place / "ex01/README.txt").write_bytes(damaged)
            exdiag("check", "--file", place / "ex01", *only)


@case
def folders_that_cannot_be_read_are_refused():
    with folder() as place:
        result = exdiag("check", "--file", place, status=TROUBLE)
        expect_in("there is no file in this folder", result.err, "of an empty one")
        deep = place / "/".join("d" * 9)[: 2 * 9 - 1]
        deep.mkdir(parents=True)
        (deep / "x").write_text("x")
        expect_in("deeper than 8", exdiag("check", "--file", place, status=TROUBLE).err, "of a deep one")


@case
def links_in_a_folder_are_not_followed():
    with folder() as place:
        (place / "RECV1.LOG").write_text(PROTOCOL_LOG.format("Receive"))
        (place / "away").symlink_to("/etc")
        (place / "round").symlink_to(place)
        result = exdiag("check", "--file", place, "--format", "json", "--only", "file")
        expect_equal([one["name"] for one in result.report["subjects"]], [f"{place}/RECV1.LOG"], "subjects")
        expect_equal(result.err.count("is passed by"), 2, "what stderr says")


@case
def a_bare_folder_is_a_folder_and_a_domain_stays_one():
    with folder() as place, Lab(HEALTHY) as lab:
        (place / "ex01").mkdir()
        (place / "contoso.com").mkdir()
        (place / "ex01/RECV1.LOG").write_text(PROTOCOL_LOG.format("Receive"))
        report = exdiag("check", "ex01", "contoso.com", "--dns", lab.dns, "--only", "file,spf", "--format", "json", folder=place).report
        kinds = {one["kind"]: one["name"] for one in report["subjects"]}
        expect_equal(kinds, {"file": "ex01/RECV1.LOG", "domain": "contoso.com"}, "subjects")


main()
