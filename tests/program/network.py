"""Name servers that misbehave: every run ends in time, in the right outcome, with a reason."""

from concurrent.futures import ThreadPoolExecutor

from harness import *

UNKNOWN_BOTH = {("spf-multiple", "contoso.com"), ("spf-none", "contoso.com")}
IMPATIENT = 1  # seconds for one network operation, where no answer is to come
PATIENT = 30  # where one is


def check(dns, *arguments, status=None, timeout=IMPATIENT, domain="contoso.com"):
    """A run as JSON and as text: (JSON's result, the text without its line breaks)."""
    servers = [dns] if isinstance(dns, str) else dns
    every = [
        "check", domain, *(f"--dns={server}" for server in servers), f"--timeout={timeout}",
        *arguments,
    ]  # fmt: skip
    with ThreadPoolExecutor() as pool:
        text = pool.submit(exdiag, *every, status=status)
        result = pool.submit(exdiag, *every, "--format", "json", status=status)
        return result.result(), text.result().flat


def expect_unknown(dns, *reasons, **keywords):
    """The records cannot be read: status 3, unknown, with a reason that names the server."""
    result, text = check(dns, status=INCOMPLETE, **keywords)
    unknown = result.findings("unknown")
    for finding in UNKNOWN_BOTH:
        expect_in(finding, unknown, "unknown")
    expect_equal(result.findings("problem"), set(), "problems")
    for reason in reasons:
        expect_in(reason, text, "the text")
    expect(
        any(finding["fix"] for finding in result.report["findings"]),
        "it is not said what would make it known",
    )
    return text


def expect_fine(dns):
    result, _ = check(dns, status=FINE, timeout=PATIENT)
    expect_in(("spf-multiple", "contoso.com"), result.findings("ok"), "ok")


def faulty(words, zone=HEALTHY):
    return Lab(zone + f"! * {words}\n")


# ---- a name server that says no ----


@case
def it_answers_that_it_failed():
    for word, name in (("servfail", "SERVFAIL"), ("refused", "REFUSED")):
        with faulty(word) as lab:
            expect_unknown(lab.dns, f"{lab.dns} answered {name}", timeout=PATIENT)


@case
def it_answers_that_it_does_not_understand():
    for word, name in (("formerr", "FORMERR"), ("notimp", "NOTIMP")):
        with faulty(word) as lab:
            expect_unknown(lab.dns, f"answered {name}", timeout=PATIENT)


@case
def the_name_does_not_exist():
    with faulty("nxdomain") as lab:
        result, text = check(lab.dns, status=PROBLEMS, timeout=PATIENT)
        expect_in(("spf-none", "contoso.com"), result.findings("problem"), "problems")
        expect_in("NXDOMAIN", text, "the text")


@case
def the_name_has_no_such_record():
    with faulty("nodata") as lab:
        result, _ = check(lab.dns, status=PROBLEMS, timeout=PATIENT)
        expect_in(("spf-none", "contoso.com"), result.findings("problem"), "problems")


# ---- one that says nothing, or is not there ----


@case
def it_is_silent():
    with Peer() as peer:
        expect_unknown(peer.dns, f"{peer.dns} did not answer")


@case
def the_timeout_is_kept():
    with Peer() as peer:
        for timeout in (0.2, 3):
            began = time.monotonic()
            expect_unknown(peer.dns, timeout=timeout)
            took = time.monotonic() - began
            expect(timeout <= took < PATIENT, f"with --timeout {timeout} it took {took:.1f} s")


@case
def its_port_is_closed():
    server = f"127.0.0.1:{free_port()}"
    text = expect_unknown(server, timeout=PATIENT)
    expect_in("connection refused", text, "the text")


@case
def no_route_leads_to_it():
    needs_namespace()
    expect_unknown("192.0.2.53", "no route to the host", timeout=PATIENT)
    expect_unknown("[2001:db8::53]:53", "no route to the host", timeout=PATIENT)


@case
def this_machine_names_no_resolver():
    needs_namespace()
    for text in ("", "# nothing\n", "search contoso.com\n", "nameserver nonsense\n"):
        system_resolvers(text)
        result = exdiag("check", "contoso.com", status=INCOMPLETE)
        expect_in("names no resolver", result.err, "stderr")
        expect_in("--dns", result.err, "stderr")
        expect_in("no server is known", result.flat, "the text")


@case
def the_resolver_of_this_machine_is_not_there():
    needs_namespace()
    system_resolvers("nameserver 127.0.0.1\nnameserver ::1\n")
    result = exdiag("check", "contoso.com", "--timeout", "30", status=INCOMPLETE)
    expect_in("connection refused", result.flat, "the text")


# ---- answers that are none ----


@case
def answers_that_cannot_be_read():
    for word in ("garbled", "name-loop", "short"):
        with faulty(word) as lab:
            expect_unknown(lab.dns, "cannot be read", timeout=PATIENT)


@case
def answers_to_something_else_are_no_answers():
    for word in ("garbage", "wrong-id", "wrong-question", "wrong-source", "bare"):
        with faulty(word) as lab:
            expect_unknown(lab.dns, "did not answer")


@case
def the_truth_behind_a_false_answer_counts():
    for word in ("wrong-id", "wrong-question", "wrong-source", "garbage"):
        with faulty(word + " then-truth") as lab:
            expect_fine(lab.dns)


@case
def records_of_another_name_are_not_taken():
    with faulty("wrong-owner", zone=BROKEN.replace("fabrikam", "contoso")) as lab:
        expect_unknown(lab.dns, "another name")


@case
def an_answer_that_comes_twice_counts_once():
    with faulty("twice") as lab:
        expect_fine(lab.dns)


@case
def aliases_that_never_end():
    loop = "contoso.com CNAME a.contoso.com\na.contoso.com CNAME contoso.com\n"
    with Lab(loop) as lab:
        expect_unknown(lab.dns, "alias loop", timeout=PATIENT)


@case
def bytes_at_random():
    def noise(question):
        return os.urandom(len(question) % 50 + 1)

    def noisy_answer(question):
        return question[:2] + b"\x81\x80" + question[4:] + os.urandom(60)

    def counts_that_lie(question):
        return question[:2] + b"\x81\x80\x00\x01\xff\xff\xff\xff\xff\xff" + question[12:]

    for answer in (noise, noisy_answer, counts_that_lie):
        with Peer(answer) as peer:
            check(peer.dns, status=(PROBLEMS, INCOMPLETE, FINE), timeout=1)


# ---- old servers, lossy networks ----


@case
def servers_older_than_EDNS():
    for word in ("old", "drops-edns"):
        with faulty(word) as lab:
            expect_fine(lab.dns)


@case
def lost_questions_are_asked_again():
    with faulty("silent first=2") as lab:
        expect_fine(lab.dns)


# ---- TCP ----

LONG = "".join(f'contoso.com TXT "{"x" * 250}" "{number}"\n' for number in range(240))


@case
def answers_of_64_KiB_over_TCP():
    expect(len(LONG) > 60000, "the answer is too short")
    with Lab(HEALTHY + LONG + "! * truncate\n") as lab:
        expect_fine(lab.dns)
        text = exdiag("check", "contoso.com", "--dns", lab.dns, "--verbose", status=FINE)
        expect(len(text.out) < 60000, "the report repeats it all")


@case
def several_records_among_64_KiB():
    zone = BROKEN.replace("fabrikam", "contoso") + LONG + "! * truncate\n"
    with Lab(zone) as lab, folder() as place:
        for format in FORMATS:
            live = exdiag(
                "check", "contoso.com", "--dns", lab.dns, "--save", place / format,
                "--format", format, status=PROBLEMS,
            )
            again = exdiag("report", place / format, "--format", format, status=PROBLEMS)
            expect_equal(again.out_bytes, live.out_bytes, format)


@case
def a_record_of_64_KiB():
    strings = " ".join(f'"{"a" * 255}"' for _ in range(250))
    zone = f'contoso.com TXT "v=spf1 " {strings}\ncontoso.com TXT "v=spf1 -all"\n! * truncate\n'
    with Lab(zone) as lab:
        for format in FORMATS:
            exdiag("check", "contoso.com", "--dns", lab.dns, "--format", format, status=PROBLEMS)


@case
def TCP_that_fails_after_truncation():
    for word, timeout in (
        ("tcp-silent", 3),
        ("tcp-stall", 3),
        ("tcp-close", PATIENT),
        ("tcp-cut", PATIENT),
        ("tcp-garbage", PATIENT),
    ):
        with faulty(f"truncate {word}") as lab:
            expect_unknown(lab.dns, "over TCP", timeout=timeout)


@case
def TCP_that_is_closed():
    with Lab("$closed-tcp\n" + HEALTHY + "! * truncate\n") as lab:
        expect_unknown(lab.dns, "over TCP", "connection refused", timeout=PATIENT)


@case
def TCP_a_byte_at_a_time():
    with faulty("truncate tcp-dribble") as lab:
        expect_fine(lab.dns)


# ---- several name servers ----


@case
def the_first_is_silent_and_the_second_answers():
    with Peer() as peer, Lab(HEALTHY) as lab:
        expect_fine([peer.dns, lab.dns])


@case
def the_first_fails_and_the_second_answers():
    for words in ("servfail", "refused", "garbled", "truncate tcp-close"):
        with faulty(words) as bad, Lab(HEALTHY) as good:
            expect_fine([bad.dns, good.dns])
    with Lab(HEALTHY) as good:
        expect_fine([f"127.0.0.1:{free_port()}", good.dns])


@case
def all_fail_and_each_is_named():
    with faulty("servfail") as bad, Peer() as silent:
        closed = f"127.0.0.1:{free_port()}"
        text = expect_unknown([bad.dns, silent.dns, closed], timeout=5)
        for server in (bad.dns, silent.dns, closed):
            expect_in(server, text, "the text")


@case
def a_name_server_that_dies_in_the_middle():
    # It answers for contoso.com, and is gone when fabrikam.com is asked for once more.
    def answer(question):
        name = b"\x07contoso\x03com\x00\x00\x10"
        if name not in question:
            return None
        end = question.index(name) + len(name) + 2
        record = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x0c\x0bv=spf1 -all"
        head = question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
        peer.ended.set()
        return head + question[12:end] + record

    with Peer(answer) as peer:
        result = exdiag(
            "check", "contoso.com", "fabrikam.com", "--dns", peer.dns, "--timeout", "20",
            "--format", "json", "--only", "spf-multiple", status=INCOMPLETE,
        )
        expect_in(("spf-multiple", "fabrikam.com"), result.findings("unknown"), "unknown")
        expect_in("connection refused", result.out, "the reason")


@case
def what_cannot_be_asked_is_never_fine():
    # The records are there; who receives mail, and publishes records too, is not.
    for words in ("silent", "servfail", "garbled"):
        with Lab(HEALTHY + f"! contoso.com MX {words}\n") as lab:
            result, _ = check(lab.dns)
            expect_equal(result.status, INCOMPLETE, f"exit status with MX {words}")


# ---- the public view ----


def world(**changes):
    zones = {
        "resolver": 'com NS a.gtld.com\na.gtld.com A 127.0.0.2\ncontoso.com TXT "v=spf1 -all"\n',
        "top": "$authoritative\ncom SOA a.gtld.com h.gtld.com 1 2 3 4 5\n"
        "contoso.com NS ns1.contoso.com\ncontoso.com NS ns2.contoso.com\n"
        "ns1.contoso.com A 127.0.0.3\nns2.contoso.com A 127.0.0.4\n",
        "first": "$authoritative\ncontoso.com SOA ns1.contoso.com h.contoso.com 1 2 3 4 5\n"
        'contoso.com TXT "v=spf1 -all"\n',
        "second": "$authoritative\ncontoso.com SOA ns1.contoso.com h.contoso.com 1 2 3 4 5\n"
        'contoso.com TXT "v=spf1 -all"\n',
    }
    addresses = dict(zip(zones, ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")))
    for name, text in changes.items():
        zones[name] += text
    return {addresses[name]: zones[name] for name in zones if "absent" not in zones[name]}


def check_world(status, **changes):
    needs_namespace()
    system_resolvers("nameserver 127.0.0.1\n")
    with Lab(world(**changes), port=53):
        text = exdiag("check", "contoso.com", "--timeout", "3", status=status).flat
        result = exdiag(
            "check", "contoso.com", "--timeout", "3", "--format", "json", status=status
        )
    return result, text


@case
def down_the_delegations():
    result, _ = check_world(FINE)
    expect_in(("spf-multiple", "contoso.com"), result.findings("ok"), "ok")


@case
def the_servers_above_cannot_be_asked():
    for top in ("absent\n", "! * silent\n", "! * refused\n", "! * garbled\n"):
        result, text = check_world(INCOMPLETE, top=top)
        expect_in(("spf-multiple", "contoso.com"), result.findings("unknown"), f"unknown, {top}")
        expect_in("127.0.0.2", text, f"the text, {top}")


@case
def its_own_servers_cannot_be_asked():
    for words in ("absent\n", "! * silent\n", "! * servfail\n", "! * no-authority\n"):
        result, text = check_world(INCOMPLETE, first=words, second=words)
        expect_in(("spf-multiple", "contoso.com"), result.findings("unknown"), f"unknown, {words}")
        expect("127.0.0.3" in text or "127.0.0.4" in text, f"the text names no server, {words}")


@case
def one_of_its_own_servers_answers():
    result, _ = check_world((FINE, INCOMPLETE), first="! * silent\n")
    expect_in(("spf-multiple", "contoso.com"), result.findings("ok"), "ok")


main()
