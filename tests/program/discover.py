"""exdiag check with no subject named: exdiag_machine is a machine in the domain of a scripted
organisation, or in none."""

import harness
from harness import *
from organisation import *

harness.program = lambda name: [str(BUILD / f"tests/{name}_machine")]

ROOT_OF_ACCEPTED = f"CN=Accepted Domains,CN=Transport Settings,CN=Contoso,{EXCHANGE}"
ROLE = "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\MailboxRole"
WORKSTATION, MEMBER_WORKSTATION, SERVER, MEMBER_SERVER, CONTROLLER = range(1, 6)


def accepted(name, flags=None):
    more = {} if flags is None else {"msExchAcceptedDomainFlags": [str(flags)]}
    return entry(f"CN={name.strip('*.')}-{len(name)},{ROOT_OF_ACCEPTED}", objectClass=["msExchAcceptedDomain"],
                 msExchAcceptedDomainName=[name], **more)  # fmt: skip


ALL = (*TWO, server("EX03"), server("GONE"), accepted("fabrikam.com"), accepted("tailspin.com", 2),
       accepted("*.contoso.com", 4))  # fmt: skip


@contextlib.contextmanager
def machine(name="ex01", role=MEMBER_SERVER, domain="contoso.com", exchange=True, suffix=True, more=()):
    """Its file for exdiag_machine, in the variables of a run."""
    with folder() as place:
        full = f"{name}.{domain}" if domain and suffix else name
        lines = [f"machine\t{full}\t{name.upper()}\t{domain}\t{domain}\tCONTOSO\t{role}", *more]
        if exchange:
            lines.append(f"value\t{ROLE}\t{'ConfiguredVersion'.encode().hex()}\t1\t")
        (place / "machine").write_text("\n".join(lines) + "\n")
        (place / "machine").chmod(0o644)
        yield {"EXDIAG_STAND_IN": str(place / "machine")}


def check(contoso, variables, *arguments, only="organisation", **options):
    return exdiag("check", "--dns", contoso.names.dns, "--timeout", "3", "--only", only, *arguments,
                  "--format", "json", variables=variables, **options)  # fmt: skip


def subjects(result):
    return {(one["kind"], one["name"]) for one in result.report["subjects"]}


def of(result, id):
    found = [one for one in result.report["findings"] if one["id"] == id]
    expect_equal(len(found), 1, f"findings of {id}")
    return found[0]


@case
def all_that_the_directory_lists_is_found():
    with Organisation(forest(*ALL)) as contoso, machine() as variables:
        result = check(contoso, variables, "--verbose", status=PROBLEMS)
        expect_equal(subjects(result), {
            ("server", "ex01.contoso.com"), ("server", "ex02.contoso.com"), ("server", "ex03.contoso.com"),
            ("domain", "fabrikam.com"), ("domain", "tailspin.com"),
            ("dc", "dc1.contoso.com"), ("dc", "dc2.contoso.com")}, "what is examined")  # fmt: skip
        expect_equal(of(result, "organisation-unread")["outcome"], "ok", "the directory")
        gone = of(result, "organisation-server-gone")
        expect_equal(gone["outcome"], "problem", "a server that DNS does not know")
        expect(any("gone.contoso.com" in line["text"] for line in gone["seen"]), f"{gone['seen']}")


@case
def what_is_found_is_examined_as_if_it_were_named():
    with Organisation(forest(*CALLED_MAIL), greet={EX01: "exchange@mail.contoso.com"}) as contoso:
        with machine("ex02") as variables:
            result = check(contoso, variables, only="spn", status=PROBLEMS)
            missing = {one["subject"]["name"] for one in result.report["findings"]
                       if one["id"] == "smtp-spn-missing" and one["outcome"] == "problem"}  # fmt: skip
            expect_equal(missing, {"ex01.contoso.com"}, "servers without a name")


@case
def a_saved_run_is_repeated_anywhere():
    with Organisation(forest(*ALL)) as contoso, machine() as variables, folder() as place:
        for more in ((), ("--redact",)):
            saved = place / f"{len(more)}.jsonl"
            result = check(contoso, variables, "--verbose", "--save", saved, *more, status=PROBLEMS)
            replayed = exdiag("report", saved, "--format", "json", "--verbose", status=PROBLEMS)
            for part in ("subjects", "findings"):
                expect_equal(replayed.report[part], result.report[part], f"{part} with {more}")
            expect(not more or "contoso" not in saved.read_text().lower(), "a name is in redacted evidence")


@case
def a_plan_says_what_would_be_looked_for():
    with Organisation(forest(*ALL)) as contoso, machine() as variables:
        plan = exdiag("check", "--plan", "--dns", contoso.names.dns, variables=variables, status=FINE).out
        for part in ("no subject is named", "ex01.contoso.com", "\norganisation\n", "\nspf\n", "\nclock\n"):
            expect(part in plan, f"no {part!r} in {plan}")


@case
def machines_that_are_no_servers_of_exchange():
    with Organisation(forest(*TWO)) as contoso:
        for name, role, kind in (("admin7", MEMBER_WORKSTATION, "server"), ("dc1", CONTROLLER, "dc")):
            with machine(name, role, exchange=False) as variables:
                result = check(contoso, variables, "--verbose", only="organisation,mx", status=FINE)
                expect((kind, f"{name}.contoso.com") in subjects(result), f"{subjects(result)}")
                expect(("server", "ex01.contoso.com") in subjects(result), f"{subjects(result)}")
                at = {one["subject"]["name"] for one in result.report["findings"] if one["id"].startswith("mx-")}
                expect(f"{name}.contoso.com" not in at, f"{name} is asked for mail")


@case
def a_member_without_a_suffix_goes_by_its_domains():
    with Organisation(forest(*ALL)) as contoso, machine(suffix=False) as variables:
        result = check(contoso, variables, "--verbose", status=PROBLEMS)
        expect(("server", "ex02.contoso.com") in subjects(result), f"{subjects(result)}")
        expect_equal(of(result, "organisation-unread")["outcome"], "ok", "the directory")


@case
def a_directory_that_does_not_answer_is_unknown():
    with Organisation(forest(*ALL), both=("--fault=silent",)) as contoso, machine() as variables:
        result = check(contoso, variables, "--verbose", status=INCOMPLETE)
        expect_equal(of(result, "organisation-unread")["outcome"], "unknown", "a silent directory")
        expect(("dc", "dc1.contoso.com") in subjects(result), "its controllers are known all the same")


@case
def outside_of_a_domain_subjects_are_to_be_named():
    for role in (WORKSTATION, SERVER):
        with machine(domain="", role=role) as variables:
            result = exdiag("check", variables=variables, status=TROUBLE)
            expect("in no domain" in result.err and "exdiag check --server" in result.err, result.err)
    with machine() as variables:
        result = exdiag("check", "--plan", variables={**variables, "EXDIAG_STAND_IN": "/nowhere"}, status=None)
        expect_equal(result.status, TROUBLE, "a machine of which nothing is known")


main()
