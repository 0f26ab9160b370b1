"""--plan: says which hosts, ports and traces a run would have, and sends nothing."""

from harness import *


def packets_sent():
    """UDP datagrams sent and TCP connections begun in this network namespace so far."""
    lines = pathlib.Path("/proc/net/snmp").read_text().splitlines()
    counts = {}
    for names, values in zip(lines[::2], lines[1::2]):
        protocol, names = names.split(": ", 1)
        values = values.split(": ", 1)[1].split()
        counts.update(zip((f"{protocol} {name}" for name in names.split()), map(int, values)))
    six = dict(line.split() for line in pathlib.Path("/proc/net/snmp6").read_text().splitlines())
    return counts["Udp OutDatagrams"] + counts["Tcp ActiveOpens"] + int(six["Udp6OutDatagrams"])


def plan(*arguments, status=FINE):
    return exdiag("check", "--plan", *arguments, status=status)


@case
def nothing_is_sent_to_the_server_named():
    with Peer() as peer:
        plan("contoso.com", "fabrikam.com", "--server", "mail.contoso.com", "--dns", peer.dns)
        peer.socket.sendto(b"last", peer.socket.getsockname())  # in line behind what was sent before
        wait_until(lambda: b"last" in peer.questions)
        expect_equal(peer.questions, [b"last"], "questions")
        exdiag("check", "contoso.com", "--dns", peer.dns, "--timeout", "0.1", status=INCOMPLETE)
        wait_until(lambda: len(peer.questions) > 1)


@case
def nothing_is_sent_anywhere():
    needs_namespace()
    system_resolvers("nameserver 127.0.0.1\nnameserver ::1\nnameserver 192.0.2.53\n")
    before = packets_sent()
    plan("contoso.com", "--server", "mail.contoso.com", "--server", "192.0.2.1")
    expect_equal(packets_sent(), before, "packets after --plan")
    exdiag("check", "contoso.com", status=INCOMPLETE)
    expect(packets_sent() > before, "the counter does not count")


@case
def no_file_is_written():
    with folder() as place:
        plan("contoso.com", "--dns", "127.0.0.1", "--save", place / "f")
        expect(not (place / "f").exists(), "the evidence file is there")


@case
def it_names_hosts_and_ports():
    out = plan("contoso.com", "--dns", "127.0.0.9:5355", "--dns", "[2001:db8::1]:5356").out
    for word in ("127.0.0.9,", "port 5355", "2001:db8::1", "port 5356", "UDP and TCP"):
        expect_in(word, out, "the plan")
    expect_in("TXT contoso.com", out, "the plan")
    expect_in("MX contoso.com", out, "the plan")


@case
def it_names_the_resolvers_of_this_machine():
    needs_namespace()
    system_resolvers("nameserver 192.0.2.53\n")
    expect_in("192.0.2.53, port 53", plan("contoso.com").out, "the plan")
    system_resolvers("")
    expect_in("name one with --dns", plan("contoso.com").out, "the plan")


@case
def it_names_a_port_given_for_servers_on_the_way():
    expect_in("5357", plan("contoso.com", "--port", "dns=5357").out, "the plan")


@case
def it_names_probes_credentials_and_what_defenders_see():
    out = plan("contoso.com", "--dns", "127.0.0.1").out
    for word in ("\nspf\n", "touches:", "credentials: none", "in logs:", "nothing is sent now"):
        expect_in(word, out, "the plan")
    with folder() as place:
        (place / "notes.txt").write_text("notes\n")
        out = plan("--file", place / "notes.txt").out
        expect_in("\nfile\n", out, "the plan")
        expect_not_in("\nspf\n", out, "the plan")


@case
def it_keeps_to_only_and_skip():
    for arguments in (["--skip", "spf"], ["--only", "file-not-read"]):
        out = plan("contoso.com", "--dns", "127.0.0.1", *arguments).out
        expect_not_in("\nspf\n", out, f"the plan with {arguments}")
        expect_not_in("TXT contoso.com", out, f"the plan with {arguments}")


@case
def it_tells_how_long_it_may_take():
    expect_in("7.0 s", plan("contoso.com", "--dns", "127.0.0.1", "--timeout", "7").out, "the plan")


@case
def it_names_mail_servers_and_how_long_they_are_waited_for():
    arguments = ("contoso.com", "--dns", "127.0.0.1", "--jobs", "7")
    out = plan(*arguments, "--only", "mx", "--patience", "proof", "--port", "smtp=2525").out
    for word in ("\nmx\n", "STARTTLS", "up to 300.0 s", ": 7 are waited for", "port 2525 instead of 25"):
        expect_in(word, out, "the plan")
    expect_in("up to 60.0 s", plan(*arguments, "--only", "mx").out, "the plan with the usual patience")
    expect_not_in("--patience", plan(*arguments, "--skip", "mx").out, "the plan without mx")


@case
def it_names_files_read_and_written():
    with folder() as place:
        (place / "notes.txt").write_text("notes\n")
        out = plan("--file", place / "notes.txt", "--save", place / "kept").out
        expect_in(f"\nread: {place}/notes.txt\n", out, "the plan")
        expect_in(f"\nwritten, with all evidence: {place}/kept\n", out, "the plan")


@case
def it_refuses_what_a_run_would():
    plan(status=TROUBLE)
    plan("contoso.com", "--dns", "nonsense", status=TROUBLE)
    plan("a..com", status=TROUBLE)


@case
def hostile_names_are_shown_harmless():
    with folder() as place:
        path = place / "a\x1b[31mb.txt"
        path.write_text("notes\n")
        expect_not_in("\x1b", plan("--file", path).out, "the plan")


@case
def it_tells_of_logons_where_there_would_be_some():
    """With --authenticate, and of the probes that log on alone."""
    out = plan("--server", "ex01.contoso.com", "--dns", "127.0.0.1", "--authenticate").out
    sections = {section.split("\n", 1)[0]: section for section in out.split("\n\n")}
    for name in ("mx", "clock"):
        expect_not_in("logs on:", sections[name], f"the plan of {name}")
    expect_in("logs on:", sections["spn"], "the plan of spn")
    for word in ("X-EXPS GSSAPI", "SMTPSVC", "event 1035"):
        expect_in(word, sections["spn"], "the plan of spn")
    expect_equal(out.count("X-EXPS GSSAPI"), 1, "how often it is told")
    without = plan("--server", "ex01.contoso.com", "--dns", "127.0.0.1").out
    expect_not_in("logs on:", without, "the plan without --authenticate")
    others = plan("--server", "ex01.contoso.com", "--only", "clock", "--authenticate").out
    expect_not_in("X-EXPS", others, "the plan of clock alone")


main()
