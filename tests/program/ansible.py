"""The Ansible role: real ansible-playbook, hosts that are this machine, one report of all evidence.

The Windows half of the role cannot run here: its tasks are run all the same, with modules in
the place of ansible.windows' that do on this system what those are documented to do there.
"""

import stat

from harness import *

PLACE = ROOT / "posix/ansible"
MODULES = ("win_command", "win_copy", "win_file", "win_tempfile")
SECRET = "Gehe1m: 'und\" $HOME"

if not shutil.which("ansible-playbook"):
    print("skipped the Ansible role: ansible-core is not installed\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def play(place, hosts, *more, variables=None, status=0, playbook=PLACE / "examine.yml"):
    """Runs the playbook of the role on `hosts`: {name: variables}."""
    inventory = {"exchange": {"hosts": hosts}}
    (place / "inventory.json").write_text(json.dumps(inventory))
    (place / "temporary").mkdir(exist_ok=True)
    done = subprocess.run(
        ["ansible-playbook", "-i", str(place / "inventory.json"), *more, str(playbook)],
        capture_output=True, text=True, timeout=300, cwd=place, check=False,
        env=environment({
            "ANSIBLE_LOCAL_TEMP": str(place / "ansible"), "ANSIBLE_REMOTE_TEMP": str(place / "ansible"),
            "ANSIBLE_HOME": str(place / "home"), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_SSH_RETRIES": "0", "ANSIBLE_TIMEOUT": "5", "ANSIBLE_ROLES_PATH": str(PLACE / "roles"),
            "TMPDIR": str(place / "temporary"), "PWD": str(place), "LC_ALL": "C.UTF-8", **(variables or {}),
        }),
    )  # fmt: skip
    expect_equal(done.returncode, status, f"ansible-playbook: {done.stdout[-3000:]}{done.stderr[-1000:]}")
    return done.stdout


def here(lab, domain, **more):
    """A host that is this machine and examines one domain of the lab."""
    return {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable, "exdiag_copy": EXDIAG,
        "exdiag_controller": EXDIAG, "exdiag_subjects": [domain], "exdiag_options": ["--dns", lab.dns] if lab else [], **more,
    }  # fmt: skip


def recap(out):
    """{host: {word: number}} of the closing lines."""
    lines = re.findall(r"^(\S+)\s+: (ok=.*)$", out, re.M)
    return {host: {word: int(number) for word, number in re.findall(r"(\w+)=(\d+)", rest)} for host, rest in lines}


def left_behind(place):
    return sorted(path.name for path in (place / "temporary").iterdir() if "exdiag" in path.name)


@case
def evidence_of_two_servers_makes_one_report():
    with Lab(HEALTHY + BROKEN) as lab, folder() as place:
        out = play(place, {"ex01": here(lab, "contoso.com"), "ex02": here(lab, "fabrikam.com")})
        reports = place / "exdiag-reports"
        names = sorted(str(path.relative_to(reports)) for path in reports.rglob("*") if path.is_file())
        expect_equal(names, ["evidence/ex01.jsonl", "evidence/ex02.jsonl", "report.html", "report.json",
                             "report.txt"], "files")  # fmt: skip
        report = json.loads((reports / "report.json").read_text())
        check_schema((reports / "report.json").read_text())
        problems = {(one["id"], one["subject"]["name"]) for one in report["findings"] if one["outcome"] == "problem"}
        expect_in(("spf-multiple", "fabrikam.com"), problems, "problems")
        expect_equal([subject["name"] for subject in report["subjects"]], ["contoso.com", "fabrikam.com"], "subjects")
        expect_in("Exchange servers", (reports / "report.html").read_text(), "report.html")
        expect_equal(left_behind(place), [], "left on the servers")
        for host in ("ex01", "ex02"):
            expect_equal(recap(out)[host]["failed"], 0, f"{host}: 0 and 1 are no failures")


@case
def a_second_run_changes_nothing_on_the_servers():
    with Lab(HEALTHY) as lab, folder() as place:
        hosts = {"ex01": here(lab, "contoso.com", exdiag_formats=[])}
        play(place, hosts)
        out = play(place, hosts)
        expect_equal(recap(out)["ex01"]["changed"], 1, f"changed, of which the evidence is new: {out}")


@case
def one_that_fails_and_one_that_is_away_leave_the_report_of_the_others():
    with Lab(HEALTHY) as lab, folder() as place:
        good = here(lab, "contoso.com")
        bad = here(lab, "contoso.com", exdiag_options=["--no-such-option"])
        away = {**good, "ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
        if not shutil.which("ssh"):
            raise Skip("ssh is not installed")
        play(place, {"ex01": good, "ex02": good, "ex03": good})
        out = play(place, {"ex01": bad, "ex02": good, "ex03": away}, status=4)
        counts = recap(out)
        expect_equal([counts[name]["failed"] for name in ("ex01", "ex02", "ex03")], [1, 0, 0], "failed")
        expect_equal(counts["ex03"]["unreachable"], 1, "unreachable")
        expect_in("no-such-option", out, "what the program said")
        reports = place / "exdiag-reports"
        report = json.loads((reports / "report.json").read_text())
        expect_equal(report["title"], "Exchange servers (not examined: ex01, ex03)", "title")
        expect_equal(len(report["runs"]), 1, "runs")
        expect_equal(sorted(path.name for path in (reports / "evidence").iterdir()), ["ex02.jsonl"],
                     "evidence, of which what was there before is gone")  # fmt: skip
        expect_equal(left_behind(place), [], "left on the servers")


@case
def where_all_are_away_no_former_report_passes_for_todays():
    with Lab(HEALTHY) as lab, folder() as place:
        good = here(lab, "contoso.com")
        play(place, {"ex01": good})
        reports = place / "exdiag-reports"
        expect((reports / "report.html").exists(), "the first report")
        play(place, {"ex01": {**good, "exdiag_options": ["--no-such-option"]}}, status=2)
        left = [str(path.relative_to(reports)) for path in reports.rglob("*") if path.is_file()]
        expect_equal(left, [], "what is left of the first run")


@case
def one_after_the_other_makes_the_report_of_all():
    """`serial`, as is usual with Exchange: no batch takes an earlier run's evidence for its own."""
    with Lab(HEALTHY + BROKEN) as lab, folder() as place:
        batches = place / "batches.yml"
        batches.write_text((PLACE / "examine.yml").read_text().replace("hosts: exchange", "hosts: exchange\n  serial: 1"))
        good, other = here(lab, "contoso.com"), here(lab, "fabrikam.com")
        for hosts, status, names, title in (
            ({"ex01": good, "ex02": other}, 0, ["contoso.com", "fabrikam.com"], "Exchange servers"),
            ({"ex01": good, "ex02": {**other, "exdiag_options": ["--no-such-option"]}}, 2, ["contoso.com"],
             "Exchange servers (not examined: ex02)"),
        ):  # fmt: skip
            play(place, hosts, playbook=batches, status=status)
            report = json.loads((place / "exdiag-reports/report.json").read_text())
            expect_equal([subject["name"] for subject in report["subjects"]], names, "examined")
            expect_equal(report["title"], title, "title")


@case
def a_name_that_leads_elsewhere_is_refused():
    with Lab(HEALTHY) as lab, folder() as place:
        precious = place / "precious.jsonl"
        precious.write_text("precious")
        for name in ("../../precious", "..\\..\\precious"):
            out = play(place, {name: here(lab, "contoso.com")}, status=2)
            expect_in("no slash", out, name)
            expect_equal(precious.read_text(), "precious", name)


@case
def a_folder_may_have_any_name():
    with Lab(HEALTHY) as lab, folder() as place:
        play(place, {"ex01": here(lab, "contoso.com", exdiag_reports=str(place / "rep\\1x"))})
        expect((place / "rep\\1x/report.json").exists(), f"{list(place.iterdir())}")


@case
def the_check_mode_changes_nothing_and_fails_nothing():
    with Lab(HEALTHY) as lab, folder() as place:
        hosts = {"ex01": here(lab, "contoso.com"), "ex02": here(lab, "contoso.com", exdiag_windows=True)}
        play(place, {"ex01": hosts["ex01"]})
        before = {path: path.read_bytes() for path in (place / "exdiag-reports").rglob("*.*")}
        out = play(place, hosts, "--check", variables=stand_ins(place))
        expect_in("nothing is examined", out, "the output")
        expect_equal({path: path.read_bytes() for path in (place / "exdiag-reports").rglob("*.*")}, before, "the reports")


@case
def what_could_not_be_checked_is_no_failure():
    with folder() as place:
        host = here(None, "contoso.com", exdiag_options=["--dns", f"127.0.0.1:{free_port()}", "--timeout", "0.2"])
        out = play(place, {"ex01": host})
        expect_equal(recap(out)["ex01"]["failed"], 0, "failed")
        report = json.loads((place / "exdiag-reports/report.json").read_text())
        expect(report["summary"]["unknown"] > 0 and report["summary"]["problem"] == 0, f"summary: {report['summary']}")


def spy(place):
    """A program in front of exdiag that notes what every process was called with while it ran."""
    path = place / "spying-exdiag"
    path.write_text(f"""#!/bin/bash
for process in /proc/[0-9]*; do tr '\\0' ' ' <$process/cmdline; echo; tr '\\0' ' ' <$process/environ; echo; done \\
    >>{place}/seen 2>/dev/null
printf '%s\\n' "$@" >>{place}/arguments
exec {EXDIAG} "$@"
""")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def expect_secret(place, out):
    arguments = (place / "arguments").read_text()
    expect_in("--password-file", arguments, "the command line")
    seen = (place / "seen").read_bytes().decode("utf-8", "replace")
    expect_in("spying-exdiag", seen, "the list of processes")
    for what, text in (("the list of processes", seen), ("the output", out), ("a command line", arguments)):
        expect_not_in("Gehe1m", text, what)
    expect_equal(left_behind(place), [], "left on the servers")


@case
def a_password_is_on_no_command_line_in_no_environment_and_in_no_log():
    with Lab(HEALTHY) as lab, folder() as place:
        host = here(lab, "contoso.com", exdiag_copy="", exdiag_program=spy(place), exdiag_user="alice@contoso.com",
                    exdiag_password=SECRET)  # fmt: skip
        out = play(place, {"ex01": host}, "-vvv")
        expect_secret(place, out)
        host["exdiag_options"] = ["--no-such-option"]
        out = play(place, {"ex01": host}, "-vvv", status=2)
        expect_in("no-such-option", out, "what the program said")
        expect_secret(place, out)


@case
def names_can_be_left_on_the_server():
    with Lab(BROKEN) as lab, folder() as place:
        play(place, {"ex01": here(lab, "fabrikam.com", exdiag_redact=True)})
        for path in (place / "exdiag-reports").rglob("*.*"):
            expect_not_in("fabrikam", path.read_text(), path.name)


@case
def formats_and_options_of_the_report_are_the_users():
    with Lab(BROKEN) as lab, folder() as place:
        more = {"exdiag_formats": ["json"], "exdiag_title": "Fabrikam & Söhne", "exdiag_reports": str(place / "a b"),
                "exdiag_report_options": ["--severity", "spf-multiple=info"]}  # fmt: skip
        play(place, {"ex01": here(lab, "fabrikam.com", **more)})
        expect_equal(sorted(path.name for path in (place / "a b").iterdir()), ["evidence", "report.json"], "files")
        report = json.loads((place / "a b/report.json").read_text())
        expect_equal(report["title"], "Fabrikam & Söhne", "title")
        severities = {one["severity"] for one in report["findings"] if one["id"] == "spf-multiple"}
        expect_equal(severities, {"info"}, "severity")


@case
def a_value_of_another_type_is_refused_before_anything_is_done():
    with Lab(HEALTHY) as lab, folder() as place:
        out = play(place, {"ex01": here(lab, "contoso.com", exdiag_redact="perhaps")}, status=2)
        expect_in("exdiag_redact", out, "the refusal")
        expect_equal(left_behind(place), [], "left on the servers")


# ---- Windows ----


def stand_ins(place):
    """ansible.windows, of modules that do here what its own are documented to do there."""
    modules = place / "collections/ansible_collections/ansible/windows/plugins/modules"
    modules.mkdir(parents=True)
    (modules.parents[1] / "galaxy.yml").write_text("namespace: ansible\nname: windows\nversion: 1.14.0\n")
    for name in MODULES:
        (modules / f"{name}.py").write_text(STAND_IN.replace("NAME", name))
    return {"ANSIBLE_COLLECTIONS_PATH": str(place / "collections")}


STAND_IN = '''#!/usr/bin/python
import glob, os, shutil, subprocess, tempfile
from ansible.module_utils.basic import AnsibleModule

ARGUMENTS = {
    "win_tempfile": dict(state=dict(default="file"), path=dict(), prefix=dict(default="ansible."), suffix=dict()),
    "win_copy": dict(src=dict(), dest=dict(required=True), content=dict(no_log=True)),
    "win_command": dict(argv=dict(type="list", elements="str"), stdin=dict(), output_encoding_override=dict()),
    "win_file": dict(path=dict(required=True), state=dict()),
}

def main():
    module = AnsibleModule(ARGUMENTS["NAME"])
    given = module.params
    if "NAME" == "win_tempfile":
        module.exit_json(changed=True, path=tempfile.mkdtemp(prefix=given["prefix"]))
    if "NAME" == "win_file":  # what is "in" a folder has a backslash in its name here
        os.rmdir(given["path"])
        for path in glob.glob(given["path"] + "[" + chr(92) + "]*"):
            os.remove(path)
        module.exit_json(changed=True)
    if "NAME" == "win_copy":
        if given["src"]:
            shutil.copy(given["src"], given["dest"])
        else:
            with open(given["dest"], "w") as file:
                file.write(given["content"])
        module.exit_json(changed=True)
    done = subprocess.run(given["argv"], capture_output=True, text=True)
    module.exit_json(changed=True, rc=done.returncode, stdout=done.stdout, stderr=done.stderr, failed=done.returncode != 0)

main()
'''


def there(lab, domain, **more):
    """A host whose tasks are those for Windows."""
    return here(lab, domain, exdiag_windows=True, **more)


@case
def the_tasks_for_windows_do_the_same_with_modules_in_their_place():
    with Lab(HEALTHY + BROKEN) as lab, folder() as place:
        hosts = {"ex01": there(lab, "contoso.com"), "ex02": there(lab, "fabrikam.com"),
                 "ex03": there(lab, "contoso.com", exdiag_options=["--no-such-option"])}  # fmt: skip
        out = play(place, hosts, variables=stand_ins(place), status=2)
        expect_equal([recap(out)[name]["failed"] for name in sorted(hosts)], [0, 0, 1], "failed")
        expect_in("no-such-option", out, "what the program said")
        report = json.loads((place / "exdiag-reports/report.json").read_text())
        expect_equal([subject["name"] for subject in report["subjects"]], ["contoso.com", "fabrikam.com"], "subjects")
        expect_equal(left_behind(place), [], "left on the servers")


@case
def on_windows_a_password_is_in_a_file_that_is_gone():
    with Lab(HEALTHY) as lab, folder() as place:
        host = there(lab, "contoso.com", exdiag_copy="", exdiag_program=spy(place), exdiag_user="alice@contoso.com",
                     exdiag_password=SECRET)  # fmt: skip
        out = play(place, {"ex01": host}, "-vvv", variables=stand_ins(place))
        expect_secret(place, out)


def tasks_of(path):
    import yaml

    def walk(tasks):
        for task in tasks:
            yield task
            for part in ("block", "rescue", "always"):
                yield from walk(task.get(part, []))

    return walk(yaml.safe_load(path.read_text()))


@case
def each_module_and_parameter_is_documented():
    """By ansible-doc, with the real collection where there is one."""
    used = {}
    for path in (PLACE / "roles/exdiag/tasks").glob("*.yml"):
        for task in tasks_of(path):
            for name, given in task.items():
                if "." in name and isinstance(given, dict):
                    used.setdefault(name, set()).update(given)
    expect(len([name for name in used if name.startswith("ansible.windows.")]) == len(MODULES), f"modules: {sorted(used)}")
    told = subprocess.run(["ansible-doc", "--json", *used], capture_output=True, text=True, check=False)
    documents = json.loads(told.stdout or "{}")
    for name, given in used.items():
        if name not in documents and name.startswith("ansible.windows."):
            raise Skip("the collection ansible.windows is not installed")
        options = set(documents[name]["doc"]["options"])
        if name == "ansible.builtin.set_fact":
            continue  # its parameters are the names of the facts
        expect(given <= options, f"{name} has no {sorted(given - options)}")


@case
def every_variable_is_documented_and_has_its_default():
    import yaml

    read = lambda name: yaml.safe_load((PLACE / "roles/exdiag" / name).read_text())
    options = read("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = read("defaults/main.yml")
    expect_equal(sorted(options), sorted(defaults), "documented variables")
    for name, option in options.items():
        if "default" in option:
            expect_equal(option["default"], defaults[name], f"the default of {name}")
    page = (ROOT / "docs/ansible.md").read_text()
    for name in options:
        expect_in(f"`{name}`", page, "docs/ansible.md")


@case
def the_examples_are_sound():
    inventory = PLACE / "inventory.example.yml"
    done = subprocess.run(["ansible-playbook", "-i", str(inventory), "--syntax-check", "--list-hosts",
                           str(PLACE / "examine.yml")], capture_output=True, text=True, check=False,
                          env=environment({"ANSIBLE_NOCOLOR": "1"}))  # fmt: skip
    expect_equal(done.returncode, 0, f"--syntax-check: {done.stdout}{done.stderr}")
    page = (ROOT / "docs/ansible.md").read_text()
    for path in (inventory, PLACE / "examine.yml"):
        body = "".join(line for line in path.read_text().splitlines(True) if not line.startswith("#"))
        expect_in(body, page, f"docs/ansible.md, of which {path.name} is part")


def lint(*command):
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, cwd=PLACE, check=False,
                          env=environment({"ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1"}))  # fmt: skip
    expect_equal(done.returncode, 0, f"{command[0]}: {done.stdout}{done.stderr[-2000:]}")


@case
def yamllint_finds_nothing():
    lint("yamllint", "-s", "-d", "{extends: default, rules: {document-start: disable, line-length: {max: 160}, "
         "comments: {min-spaces-from-content: 1}}}", ".")  # fmt: skip


@case
def ansible_lint_finds_nothing():
    lint("ansible-lint", "--offline", "--strict", "examine.yml", "roles/exdiag")


main()
