"""exdiag under the monitoring that it is a plugin of, from Debian's packages: Nagios 4 and Icinga 2
take the definitions of posix/monitoring, run what they say by their own clocks and keep what came of
it; Prometheus reads the metrics. What is examined is the lab's.
"""

import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "program"), str(HERE)]

from harness import *  # noqa: E402, F403

LAB_SMTP = str(BUILD / "tests/lab_smtp")
DEFINITIONS = ROOT / "posix/monitoring"
PATIENCE = 2  # seconds

# The state that each domain is to have, by the plugin's exit status, and what its line tells.
DOMAINS = {
    "good.com": ("healthy", 0, "nothing wrong: "),
    "hasty.com": ("closes", 2, "mx-closes"),
    "refuses.com": ("refuses-554", 1, "mx-greeting-refused"),
    "silent.com": ("stall", 3, "mx-banner-stall"),
}
# What was saved so many hours ago, and the state of it.
EVIDENCE = {"tonight": (3, 0, "evidence is 3 h old"), "long ago": (100, 3, "evidence is 4 days old")}
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def needs(*programs):
    for program in programs:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise Skip(f"{program} is not installed")


@contextlib.contextmanager
def peers():
    """Exchangers that behave, and the options that lead to them."""
    zone, arguments = [], []
    for number, (domain, (behaviour, _, _)) in enumerate(DOMAINS.items(), 1):
        arguments.append(f"127.0.9.{number}={behaviour}@mx.{domain}")
        zone += [f'{domain} TXT "v=spf1 -all"', f"{domain} MX 10 mx.{domain}", f"mx.{domain} A 127.0.9.{number}"]
        if behaviour == "refuses-554":  # another one greets, so that it is a warning
            arguments.append(f"127.0.9.{number + 100}=healthy@mx2.{domain}")
            zone += [f"{domain} MX 20 mx2.{domain}", f"mx2.{domain} A 127.0.9.{number + 100}"]
    lab = Lab("\n".join(zone) + "\n")
    process = subprocess.Popen([LAB_SMTP, "--port", "0", *arguments], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, env=environment(None))  # fmt: skip
    try:
        lines = [process.stdout.readline() for _ in arguments]
        port = int(lines[0].rsplit(":", 1)[1])
        yield {"dns": lab.dns, "port": f"smtp={port}", "patience": str(PATIENCE)}
    finally:
        process.stdin.close()
        process.wait(DEADLINE)
        process.stdout.close()
        lab.stop()


def save_evidence(place):
    """A run without a fault for each age."""
    with Lab("good.com TXT \"v=spf1 -all\"\n") as lab:
        exdiag("check", "good.com", "--only", "spf", "--dns", lab.dns, "--save", place / "run", status=FINE)
    header, *items = (place / "run").read_text().splitlines()
    now = datetime.datetime.now(datetime.timezone.utc)
    for name, (hours, _, _) in EVIDENCE.items():
        started = now - datetime.timedelta(hours=hours, minutes=5)
        header = json.dumps({**json.loads(header), "started": started.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
        (place / name).write_text("\n".join([header, *items]) + "\n")


def expect_result(domain, state, line):
    if domain in EVIDENCE:
        _, wanted, part = EVIDENCE[domain]
        expect_equal(state, wanted, f"state of {domain}: {line}")
        expect_in(part, line, domain)
        return
    behaviour, wanted, part = DOMAINS[domain]
    expect_equal(state, wanted, f"state of {domain} ({behaviour}): {line}")
    expect(line.startswith(f"EXDIAG {STATES[wanted]} - "), line)
    expect_in(part, line, domain)


# ---- Nagios ----


def nagios_files(place, ways):
    """nagios.cfg of a Nagios of its own, with the project's commands; only the program's place and
    the ways to the lab are others."""
    text = (DEFINITIONS / "nagios.cfg").read_text()
    options = " ".join(f"--{name} {value}" for name, value in ways.items())
    expect_in("/usr/bin/exdiag check --format nagios", text, "nagios.cfg")
    text = text.replace("/usr/bin/exdiag check", f"{EXDIAG} check {options}").replace("/usr/bin/exdiag", EXDIAG)
    objects = [text, "define timeperiod { \n timeperiod_name always\n alias always\n"
               + "".join(f" {day} 00:00-24:00\n" for day in (
                   "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")) + "}",
               "define command {\n command_name alive\n command_line /bin/true\n}",
               "define contact {\n contact_name nobody\n host_notifications_enabled 0\n"
               " service_notifications_enabled 0\n host_notification_commands alive\n"
               " service_notification_commands alive\n host_notification_period always\n"
               " service_notification_period always\n}",
               "define host {\n host_name mail\n address 127.0.9.1\n check_command alive\n"
               " max_check_attempts 1\n check_period always\n contacts nobody\n}"]  # fmt: skip
    for domain in DOMAINS:
        objects.append(
            f"define service {{\n host_name mail\n service_description {domain}\n"
            f" check_command check_exdiag_domain!{domain}\n check_period always\n check_interval 1\n"
            " retry_interval 1\n max_check_attempts 1\n contacts nobody\n}")  # fmt: skip
    for name in EVIDENCE:
        objects.append(
            f"define service {{\n host_name mail\n service_description {name}\n"
            f" check_command check_exdiag_evidence!{place / name}\n check_period always\n check_interval 1\n"
            " retry_interval 1\n max_check_attempts 1\n contacts nobody\n}")  # fmt: skip
    save_evidence(place)
    (place / "objects.cfg").write_text("\n".join(objects) + "\n")
    (place / "checks").mkdir()
    user = "nagios" if os.getuid() == 0 else str(os.getuid())
    (place / "nagios.cfg").write_text("\n".join([
        f"log_file={place}/log", f"cfg_file={place}/objects.cfg", f"status_file={place}/status",
        f"object_cache_file={place}/cache", f"precached_object_file={place}/precached",
        f"temp_file={place}/temp", f"temp_path={place}", f"check_result_path={place}/checks",
        f"state_retention_file={place}/retention", f"lock_file={place}/lock", f"command_file={place}/rw",
        f"query_socket={place}/qh", f"nagios_user={user}", f"nagios_group={user}", "status_update_interval=1",
        "check_external_commands=0", "service_inter_check_delay_method=n", "host_inter_check_delay_method=n",
        "interval_length=60", "enable_notifications=0", "illegal_macro_output_chars=`~$&|'\"<>",
    ]) + "\n")  # fmt: skip
    for path in (place, *place.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return place / "nagios.cfg"


def expect_all_checked(process, status):
    """Waits until `status()` has every service, ends the process, and looks at each."""
    try:
        wait_until(lambda: len(status()) == len(DOMAINS) + len(EVIDENCE))
        checked = status()
    finally:
        process.terminate()
        process.wait(DEADLINE)
    for domain, (state, line, data) in checked.items():
        expect_result(domain, state, line)
        what = "age=" if domain in EVIDENCE else f"'mx_greeting_seconds {domain} mx.{domain} 127.0.9."
        expect_in(what, data, "performance data")


def nagios_status(place):
    """What Nagios has of each service that it has checked: (state, line, performance data)."""
    path = place / "status"
    found = {}
    for block in re.findall(r"servicestatus \{(.*?)\n\t\}", path.read_text() if path.exists() else "", re.S):
        values = dict(line.strip().split("=", 1) for line in block.strip().split("\n") if "=" in line)
        if values["has_been_checked"] == "1":
            found[values["service_description"]] = (
                int(values["current_state"]), values["plugin_output"], values["performance_data"])  # fmt: skip
    return found


@case
def nagios_runs_what_is_defined():
    needs("nagios4")
    with folder() as place, peers() as ways:
        config = nagios_files(place, ways)
        checked = subprocess.run(["/usr/sbin/nagios4", "-v", config], capture_output=True, text=True, check=False)
        expect_in("Total Errors:   0", checked.stdout, "nagios -v")
        process = subprocess.Popen(["/usr/sbin/nagios4", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        expect_all_checked(process, lambda: nagios_status(place))


# ---- Icinga ----


def icinga_config(place, ways):
    text = (DEFINITIONS / "icinga2.conf").read_text()
    expect_in('"/usr/bin/exdiag"', text, "icinga2.conf")
    (place / "exdiag.conf").write_text(text.replace('"/usr/bin/exdiag"', f'"{EXDIAG}"'))
    lines = ['include <itl>', f'include "{place}/exdiag.conf"',
             'object Endpoint NodeName {}', 'object Zone ZoneName { endpoints = [ NodeName ] }',
             'object CheckerComponent "checker" {}',
             f'object PerfdataWriter "kept" {{\n service_perfdata_path = "{place}/kept/service"\n'
             f' service_temp_path = "{place}/temp"\n host_temp_path = "{place}/temp-host"\n'
             f' host_perfdata_path = "{place}/kept/host"\n rotation_interval = 1s\n'
             ' service_format_template = "$service.name$\\t$service.state_id$\\t$service.output$\\t$service.perfdata$"\n}',
             'object Host "mail" { check_command = "dummy" }']  # fmt: skip
    for domain in DOMAINS:
        lines.append(
            f'object Service "{domain}" {{\n host_name = "mail"\n check_command = "exdiag"\n check_interval = 30s\n'
            f' vars.exdiag_domain = [ "{domain}" ]\n vars.exdiag_only = "spf,mx"\n'
            + "".join(f' vars.exdiag_{name} = "{value}"\n' for name, value in ways.items()) + "}")  # fmt: skip
    for name in EVIDENCE:
        lines.append(
            f'object Service "{name}" {{\n host_name = "mail"\n check_command = "exdiag_report"\n check_interval = 30s\n'
            f' vars.exdiag_evidence = [ "{place / name}" ]\n vars.exdiag_max_age = 90000\n}}')  # fmt: skip
    save_evidence(place)
    (place / "kept").mkdir()
    (place / "icinga2.conf").write_text("\n".join(lines) + "\n")
    return place / "icinga2.conf"


def icinga(place, config, *more):
    folders = [f"-D{name}={place}" for name in ("DataDir", "LogDir", "CacheDir", "InitRunDir", "SpoolDir")]
    user = ["-DRunAsUser=root", "-DRunAsGroup=root"] if os.getuid() == 0 else []
    return ["/usr/sbin/icinga2", "daemon", "-c", str(config), "-DNodeName=here", "-DZoneName=here",
            f"-DPidPath={place}/pid", *folders, *user, *more]  # fmt: skip


def icinga_status(place):
    found = {}
    for path in [*(place / "kept").iterdir(), place / "temp"]:
        for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
            parts = line.split("\t")
            if len(parts) == 4:
                found[parts[0]] = (int(parts[1]), parts[2], parts[3])
    return found


@case
def icinga_runs_what_is_defined():
    needs("icinga2")
    with folder() as place, peers() as ways:
        config = icinga_config(place, ways)
        checked = subprocess.run(icinga(place, config, "-C"), capture_output=True, text=True, check=False)
        expect_equal(checked.returncode, 0, f"icinga2 daemon -C: {checked.stdout[-800:]}{checked.stderr[-300:]}")
        expect_not_in("warning/", checked.stdout, "icinga2 daemon -C")
        with open(place / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(icinga(place, config), stdout=log, stderr=log)
        expect_all_checked(process, lambda: icinga_status(place))
        expect_not_in("Ignoring invalid perfdata", (place / "log").read_text(), "the log")


# ---- Prometheus ----


@case
def prometheus_takes_the_metrics_and_the_rules():
    needs("promtool")
    with folder() as place, peers() as ways:
        path = place / "exdiag.prom"
        options = [word for name, value in ways.items() for word in (f"--{name}", value)]
        exdiag("check", *DOMAINS, "--only", "spf,mx", *options, "--format", "prometheus", "--output", path,
               status=PROBLEMS)  # fmt: skip
        with open(path, "rb") as metrics:
            done = subprocess.run(["promtool", "check", "metrics"], stdin=metrics, capture_output=True, text=True, check=False)
        expect_equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "promtool check metrics")
        text = path.read_text()
        expect_in('exdiag_finding{id="mx-closes",probe="mx",subject_kind="domain",subject="hasty.com",state="critical"} 1', text, "metrics")
        expect_in('exdiag_findings{state="critical"} 1\n', text, "metrics")
        expect_in('exdiag_spf_lookups{subject="good.com"} 0\n', text, "metrics")
        expect(re.search(r'^exdiag_mx_greeting_seconds\{subject="good.com",part="mx.good.com 127.0.9.1"\} [0-9.]+$', text, re.M), text)
        expect_equal([entry.name for entry in place.iterdir()], ["exdiag.prom"], "what is left in the folder")
    rules = subprocess.run(["promtool", "check", "rules", DEFINITIONS / "prometheus-rules.yml"], capture_output=True, text=True, check=False)
    expect_equal(rules.returncode, 0, rules.stdout + rules.stderr)
    names = set(re.findall(r"exdiag_[a-z_]+", (DEFINITIONS / "prometheus-rules.yml").read_text()))
    known = text + " exdiag_clock_offset_seconds"
    expect_equal([name for name in names if name not in known], [], "rules about metrics that there are none of")


main()
