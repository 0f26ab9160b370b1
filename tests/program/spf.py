"""exdiag spf: identities, verdicts, the page for people, its JSON, and hostile records."""

from harness import *

ZONE = """
contoso.com TXT "v=spf1 mx include:spf.northwind.com -ip4:198.51.100.7 ip4:198.51.100.0/24 ~all"
contoso.com MX 10 mail.contoso.com
mail.contoso.com A 192.0.2.25
mail.contoso.com AAAA 2001:db8::25
mail.contoso.com TXT "v=spf1 a -all"
spf.northwind.com TXT "v=spf1 ip4:203.0.113.0/25 ip4:203.0.113.128/25 -all"

over.com TXT "v=spf1 include:a.over.com include:b.over.com a:1.over.com a:2.over.com a:3.over.com -all"
a.over.com TXT "v=spf1 a:1.over.com a:2.over.com a:3.over.com ?all"
b.over.com TXT "v=spf1 a:1.over.com a:2.over.com a:3.over.com ?all"
1.over.com A 192.0.2.1
1.over.com AAAA 2001:db8::1
2.over.com A 192.0.2.2
2.over.com AAAA 2001:db8::2
3.over.com A 192.0.2.3
3.over.com AAAA 2001:db8::3

loop.com TXT "v=spf1 include:b.loop.com -all"
b.loop.com TXT "v=spf1 include:loop.com -all"

macro.com TXT "v=spf1 exists:%{l}.%{ir}.%{v}._spf.macro.com exp=why.macro.com -all"
ohara.25.2.0.192.in-addr._spf.macro.com A 127.0.0.2
why.macro.com TXT "%{i} may not send for %{s}"

two.com TXT "v=spf1 mx -all"
two.com TXT "v=spf1 " "ip4:203.0.113.7 ~all"
like.com TXT "v=spf1; mx -all"
dead.com TXT "v=spf1 include:gone.com -all"
bad.com TXT "v=spf1 ip4:192.0.2.300 mx -all"
bad.com MX 10 mail.contoso.com
slow.com TXT "v=spf1 include:lost.com -all"
! lost.com silent
refused.com TXT "v=spf1 -all"
! refused.com servfail
xn--bcher-kva.com TXT "v=spf1 -all"
many.com TXT "v=spf1 ip4:10.0.0.1 ip4:10.0.0.3 ip4:10.0.0.5 ip4:10.0.0.7 ip4:10.0.0.9 ip4:10.0.0.11 ip4:10.0.0.13 ip4:10.0.0.15 -all"
"""
LOST = b"\4lost\3com"  # as a question has it


def spf(*arguments, zone=ZONE, **keywords):
    with Lab(zone) as lab:
        return exdiag("spf", *arguments, "--dns", lab.dns, **keywords)


def spf_json(*arguments, **keywords):
    return spf(*arguments, "--format", "json", **keywords).report


def spf_page(*arguments, **keywords):
    return spf(*arguments, variables={"LC_ALL": "C.UTF-8"}, **keywords)


# ---- verdicts ----


@case
def a_sender_passes():
    report = spf_json("ohara@contoso.com", "--ip", "192.0.2.25", status=(FINE, PROBLEMS))
    expect_equal(report["result"], "pass", "result")
    expect_equal(report["matched"], {"term": "mx", "domain": "contoso.com"}, "matched")
    expect_equal(report["identity"], "ohara@contoso.com", "identity")
    expect_equal(report["domain"], "contoso.com", "domain")
    expect_equal(report["lookups"], 2, "lookups of the whole tree")
    expect_equal(report["evaluation"]["lookups"], 1, "lookups of the evaluation")


@case
def a_sender_fails_with_an_explanation():
    report = spf_json("ohara@macro.com", "--ip", "8.8.8.8")
    expect_equal(report["result"], "fail", "result")
    expect_equal(report["explanation"], "8.8.8.8 may not send for ohara@macro.com", "explanation")


@case
def macros_are_expanded_for_the_sender():
    report = spf_json("ohara@macro.com", "--ip", "192.0.2.25")
    name = "ohara.25.2.0.192.in-addr._spf.macro.com"
    expect_equal(report["result"], "pass", "result")
    expect_equal(report["evaluation"]["steps"][0]["name"], name, "the name that was asked")
    expect_in(name, report["tree"]["terms"][0]["note"], "the tree")
    expect_equal(report["conditional"], True, "conditional")
    expect_in(name, spf_page("macro.com", "--sender", "ohara", "--ip", "192.0.2.25").out, "page")


@case
def macros_that_are_not_reached_are_expanded_too():
    zone = 'macro.com TXT "v=spf1 ip4:192.0.2.1 exists:%{l}.%{i}.%{h}.%{d} a:%{p}.x.com -all"'
    arguments = ["ohara@macro.com", "--ip", "::ffff:192.0.2.1", "--helo", "h.com"]
    page = spf_page(*arguments, zone=zone).flat
    expect_in("would ask for", page, "page")
    expect_in("ohara.192.0.2.1.h.com.macro.com", page, "page")
    expect_in("a:%{p}.x.com depends on the message", page, "page")


@case
def an_interrupted_run_says_what_is_known():
    with Lab(ZONE) as lab, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to_lab:
        to_lab.connect(("127.0.0.1", lab.port))

        def answer(question):
            if LOST in question.lower():
                return None
            to_lab.send(question)
            return to_lab.recv(65535)

        with Peer(answer) as peer:
            running = Running("spf", "slow.com", "--dns", peer.dns, "--format", "json")
            wait_until(lambda: any(LOST in question.lower() for question in peer.questions))
            running.signal(signal.SIGINT)
            result = running.end()
    expect_equal(result.status, INCOMPLETE, "exit status")
    expect_equal(result.report["complete"], False, "complete")
    expect_equal(result.report["records"], ["v=spf1 include:lost.com -all"], "records")


@case
def an_ipv4_mapped_address_is_ipv4():
    report = spf_json("contoso.com", "--ip", "::ffff:192.0.2.25")
    expect_equal(report["result"], "pass", "result")


@case
def the_null_sender_is_judged_by_its_helo():
    report = spf_json("", "--helo", "mail.contoso.com", "--ip", "192.0.2.25")
    expect_equal((report["identity"], report["domain"]), ("", "mail.contoso.com"), "identity")
    expect_equal(report["result"], "pass", "result")
    expect_equal(spf_json("<>", "--helo", "[192.0.2.1]", "--ip", "192.0.2.1")["result"], "none", "")
    expect_in("--helo", exdiag("spf", "", "--ip", "192.0.2.1", status=TROUBLE).err, "stderr")


@case
def what_is_no_domain_is_none():
    for identity in (
        "foo@",
        "foo@a..b.com",
        "foo@" + "a" * 64 + ".com",
        "localhost",
        "foo@[192.0.2.1]",
        '"a@b"@.',
        "foo@\u2025",
        "a b@c d",
        "x@" + "a." * 200 + "com",
    ):
        report = spf_json(identity, "--ip", "192.0.2.1", status=PROBLEMS)
        expect_equal(report["result"], "none", f"result of {identity!r}")
        expect_equal(report["identity"], identity, "identity")
        expect_equal(report["addresses"], [], "addresses")


@case
def the_last_at_counts():
    report = spf_json('"o@hara"@contoso.com', "--ip", "192.0.2.25")
    expect_equal((report["domain"], report["result"]), ("contoso.com", "pass"), "domain, result")
    expect_equal(spf_json("@contoso.com", "--ip", "192.0.2.25")["result"], "pass", "no local part")


@case
def a_domain_in_any_script():
    report = spf_json("ohara@b\u00fccher.com", "--ip", "192.0.2.1")
    expect_equal((report["domain"], report["result"]), ("xn--bcher-kva.com", "fail"), "")
    page = spf_page("b\u00fccher.com").out
    expect_in("b\u00fccher.com (xn--bcher-kva.com)", page, "page")
    expect_equal(spf_json("CONTOSO.com.")["domain"], "contoso.com", "domain")


@case
def errors_of_the_evaluation():
    with Lab(ZONE) as lab:
        ask = ["--dns", lab.dns, "--ip", "8.8.8.8", "--timeout", "0.5", "--format", "json"]
        permanent = exdiag("spf", "dead.com", *ask, status=PROBLEMS).report
        temporary = exdiag("spf", "slow.com", *ask, status=INCOMPLETE).report
    expect_equal(permanent["result"], "permerror", "include of a missing name")
    expect_in("gone.com", permanent["reason"], "reason")
    expect_equal(temporary["result"], "temperror", "include of a silent name")
    expect_equal(temporary["addresses_complete"], False, "addresses_complete")
    expect_equal(temporary["tree"]["terms"][0]["node"]["state"], "unknown", "state")


@case
def what_cannot_be_read_is_not_known():
    report = spf_json("refused.com", status=INCOMPLETE)
    expect_equal(report["records"], [], "records")
    expect_equal([one["id"] for one in report["unknown"]], ["spf-none"], "unknown")
    expect_in("UNKNOWN", spf_page("refused.com", status=INCOMPLETE).out, "page")


@case
def what_a_resolver_does_not_know_is_not_known():
    needs_namespace()
    with Lab({"127.0.0.1": ZONE}, port=53):
        system_resolvers("nameserver 127.0.0.1\n")
        for name in ("gone.net", "1.over.com"):
            result = exdiag("spf", name, "--ip", "192.0.2.1", status=INCOMPLETE)
            expect_in("TEMPERROR", result.out, "page")
            expect_in("the resolver of this machine, which may see an internal", result.flat, "page")
            expect_in(f"--domain {name} --only spf --dns", result.out.replace("'", ""), "page")
            report = exdiag("spf", name, "--format", "json", status=INCOMPLETE).report
            check_schema(json.dumps(report), "spf")
            expect_equal([one["id"] for one in report["unknown"]], ["spf-none"], "unknown")
            expect_equal((report["problems"], report["resolver_view"]), ([], True), "problems")
        report = exdiag("spf", "many.com", "--ip", "10.0.0.1", "--format", "json").report
        expect_equal((report["result"], report["resolver_view"]), ("pass", True), "a record")
        expect_in("the resolver of this machine", exdiag("spf", "many.com").flat, "page")
        system_resolvers("")


# ---- the tree and who may send ----


@case
def who_may_send_is_flattened():
    report = spf_json("contoso.com")
    expect_equal(
        report["addresses"],
        [
            "192.0.2.25/32",
            "198.51.100.0/30",
            "198.51.100.4/31",
            "198.51.100.6/32",
            "198.51.100.8/29",
            "198.51.100.16/28",
            "198.51.100.32/27",
            "198.51.100.64/26",
            "198.51.100.128/25",
            "203.0.113.0/24",
            "2001:db8::25/128",
        ],
        "addresses",
    )
    expect_equal([one["network"] for one in report["senders"]], report["addresses"], "senders")
    expect_equal(report["senders"][9]["branch"], "include:spf.northwind.com", "branch")
    expect_equal(report["senders"][9]["domain"], "spf.northwind.com", "domain")
    expect(report["addresses_complete"] and not report["everybody"], "complete, not everybody")
    expect_equal(report["result"], None, "result without --ip")


@case
def each_network_has_its_own_terms():
    zone = """
        near.com TXT "v=spf1 ip4:203.0.113.9 ip4:203.0.113.10 include:i.near.com ip4:198.51.100.0/25 -all"
        i.near.com TXT "v=spf1 ip4:198.51.100.128/25 -all"
        """
    report = spf_json("near.com", zone=zone)
    expect_equal(report["addresses"], ["198.51.100.0/24", "203.0.113.9/32", "203.0.113.10/32"], "")
    branches = [one["branches"] for one in report["senders"]]
    own = ["ip4:198.51.100.0/25", "include:i.near.com"]
    expect_equal(branches, [own, ["ip4:203.0.113.9"], ["ip4:203.0.113.10"]], "branches")
    page = spf_page("near.com", zone=zone).flat
    expect_in("198.51.100.0/24 ip4:198.51.100.0/25, include:i.near.com 203.0.113.9", page, "page")
    expect_in("203.0.113.10 ip4:203.0.113.10", page, "page")
    zone = 'many.com TXT "v=spf1 ' + " ".join(f"ip4:10.0.0.{n}" for n in range(32)) + '"'
    zone = zone[:200] + '" "' + zone[200:400] + '" "' + zone[400:]
    expect_in("10.0.0.3 and others", spf_page("many.com", zone=zone).flat, "page")
    report = spf_json("many.com", zone=zone)
    expect_equal(report["senders"][0]["branches_complete"], False, "branches_complete")
    expect_equal(len(report["senders"][0]["branches"]), 16, "branches")


@case
def the_tree_goes_on_behind_the_limit():
    report = spf_json("over.com", status=PROBLEMS)
    expect_equal((report["lookups"], report["depth"]), (11, 1), "lookups and depth")
    running = [term["running"] for term in report["tree"]["terms"]]
    expect_equal(running, [4, 8, 9, 10, 11, None], "running counts")
    page = spf_page("over.com").out
    expect_in("11 of 10", page, "page")
    before, behind = page.split("limit of 10 lookups", 1)
    expect_in("a:2.over.com", before, "before the limit")
    expect_in("11!", behind, "behind the limit")


@case
def a_loop_is_cut():
    report = spf_json("loop.com", "--ip", "8.8.8.8", status=PROBLEMS)
    below = report["tree"]["terms"][0]["node"]
    expect_equal(below["terms"][0]["node"]["state"], "loop", "state")
    expect_equal(report["result"], "permerror", "result")
    expect_in("a loop", spf_page("loop.com").out, "page")


@case
def terms_that_lead_nowhere_are_said():
    expect_in("does not exist", spf_page("dead.com").flat, "page")
    expect_in("...", spf_page("many.com").out, "page")
    expect_in("ip4:10.0.0.13", spf_page("many.com", "--verbose").out, "page")


@case
def the_sender_of_a_message_is_no_known_sender():
    report = spf_json("many.com", "--ip", "8.8.8.8", status=FINE)
    expect_equal(report["result"], "fail", "result")
    expect_not_in("spf-sender-forgotten", [one["id"] for one in report["problems"]], "problems")


@case
def each_step_with_verbose():
    page = spf_page("contoso.com", "--ip", "203.0.113.9", "--verbose").flat
    expect_in("steps", page, "page")
    expect_in("include:spf.northwind.com asks for spf.northwind.com", page, "page")
    plain = spf_page("contoso.com", "--ip", "203.0.113.9").flat
    expect_in("contoso.com: include:spf.northwind.com > ip4:203.0.113.0/25", plain, "page")
    expect_in("PASS 203.0.113.9", plain, "page")


# ---- problems ----


def marked(report, kind):
    problem = next(one for one in report["problems"] if one["id"] == kind)
    start, end = problem["position"]
    return problem["record"][start:end]


@case
def an_alias_leads_to_the_record():
    zone = 'www.com CNAME real.com\nreal.com TXT "v=spf1 ptr -all"\n'
    report = spf_json("www.com", zone=zone)
    expect_equal((report["domain"], report["name"]), ("www.com", "real.com"), "domain and name")
    expect_in("alias of real.com", spf_page("www.com", zone=zone).flat, "page")


@case
def several_records_are_all_marked():
    report = spf_json("two.com", "--ip", "192.0.2.1", status=PROBLEMS)
    expect_equal(report["result"], "permerror", "result")
    expect_equal(report["records"], ["v=spf1 mx -all", "v=spf1 ip4:203.0.113.7 ~all"], "records")
    expect_equal(report["tree"], None, "tree")
    expect_equal(marked(report, "spf-multiple"), "v=spf1", "what is marked")
    page = spf_page("two.com").out
    expect_equal(page.count("            ^^^^^^"), 2, "marks on the page")


@case
def look_alikes_are_shown():
    page = spf_page("like.com", status=PROBLEMS).out
    expect_in("v=spf1; mx -all\n", page, "page")
    expect_in("^^^", page, "page")
    expect_equal(spf_json("like.com")["records"], [], "records")
    expect_in("does not exist", spf_page("nobody.com", status=PROBLEMS).flat, "page")


@case
def what_to_publish_says_when_and_at_what_risk():
    zone = """
        leer.com TXT "something else"
        post.com TXT "something else"
        post.com MX 10 mail.contoso.com
        null.com MX 0 .
        alike.com TXT "v=spf1; mx -all"
        """
    for domain, first in (
        ("leer.com", 'leer.com. IN TXT "<record-of-all-senders>"'),
        ("post.com", 'post.com. IN TXT "v=spf1 mx ~all"'),
        ("null.com", 'null.com. IN TXT "<record-of-all-senders>"'),
        ("alike.com", 'alike.com. IN TXT "v=spf1 mx -all"'),
    ):
        page = spf_page(domain, zone=zone, status=PROBLEMS)
        better, other = page.out.split("\nbetter ", 1)[1].split("\nor ", 1)
        better, other = " ".join(better.split()), " ".join(other.split())
        expect_in(first, better, "the first alternative")
        expect_in("risk: a sender that", better, "the first alternative")
        expect_in(f"if the domain never sends mail the zone of {domain}, at whoever hosts it " + domain + '. IN TXT "v=spf1 -all"', other, "")
        expect_in("risk: all mail from the domain is then refused", other, "the second")
        for line in page.out.splitlines():
            expect(" IN TXT " not in line or line.startswith(" " * 12 + domain), line)


@case
def a_record_that_is_not_published_yet():
    report = spf_json("--record", "v=spf1 mx ip4:192.0.2.1 -all", "--domain", "contoso.com")
    expect_equal(report["addresses"], ["192.0.2.1/32", "192.0.2.25/32", "2001:db8::25/128"], "")
    report = spf_json("contoso.com", "--record", "v=spf1 mx -all", "--ip", "192.0.2.25")
    expect_equal((report["result"], report["records"]), ("pass", ["v=spf1 mx -all"]), "result")
    report = spf_json("--record", "v=spf1 ip4:192.0.2.1 -all", "--ip", "192.0.2.1")
    expect_equal((report["result"], report["domain"]), ("pass", ""), "without a domain")
    error = spf("--record", "v=spf1 mx -all", "--ip", "192.0.2.1", status=TROUBLE).err
    expect_in("--domain", error, "stderr")
    page = spf_page("--record", "v=spf1 mx a:mail.contoso.com -all", status=INCOMPLETE).flat
    expect_in("asks for the domain's own name", page, "page")


@case
def a_text_that_is_no_record_is_marked():
    for text, mark in (
        ('"v=spf1 mx -all"', '"'),
        ("\u201cv=spf1 mx -all\u201d", "\u201c"),
        ("v=spf1; mx -all", ";"),
        ("v=sfp1 mx -all", "fp1"),
        ("mx -all", "mx"),
    ):
        report = spf_json("--record", text, "--ip", "192.0.2.1", status=PROBLEMS)
        expect_equal(report["records"], [text], "records")
        expect_equal(marked(report, "spf-none"), mark, f"what is marked of {text}")
        expect_equal(report["result"], "none", "result")
    expect_in(" ^ warning: ", " " + spf_page("--record", '"v=spf1 mx"').flat, "page")
    expect_equal(spf_json("--record", "", status=PROBLEMS)["records"], [""], "records")


@case
def the_golden_json_is_as_the_schema_has_it():
    check_schema((ROOT / "tests/golden/spf.json").read_text(), "spf")


@case
def findings_can_be_chosen_and_accepted():
    report = spf_json("two.com", "--severity", "spf-multiple=info", status=FINE)
    expect_equal(report["problems"][0]["severity"], "info", "severity")
    expect_equal(spf_json("two.com", "--skip", "spf-multiple", status=FINE)["problems"], [], "")
    quiet = spf_page("two.com", "--quiet", "--ip", "192.0.2.1", status=PROBLEMS).out
    expect(quiet.startswith("PERMERROR   192.0.2.1"), f"quiet: {quiet!r}")
    expect_in("[spf-multiple]", quiet, "quiet")
    expect_not_in("v=spf1", quiet, "quiet")


@case
def every_place_of_a_problem_is_shown():
    zone = """
        forgets.com TXT "v=spf1 ip4:198.51.100.1 -all"
        forgets.com MX 10 mail.forgets.com
        mail.forgets.com A 192.0.2.9
        vain.com TXT "v=spf1 a:h1.com a:h2.com include:x.com include:y.com -all"
        x.com TXT "v=spf1 a:h3.com a:h4.com -all"
        y.com TXT "v=spf1 a:h5.com -all"
        """
    record = "v=spf1 -ip6:2001:db8::1 -all"
    for arguments in (["forgets.com"], ["forgets.com", "--record", record]):
        page = spf_page(*arguments, zone=zone).flat
        expect_in("[spf-sender-forgotten] mail.forgets.com, which receives", page, "page")
        expect_in("192.0.2.9: fail", page, "page")
    page = spf_page("vain.com", zone=zone, status=PROBLEMS).flat
    for n in range(1, 6):
        expect_in(f"a:h{n}.com asks in vain", page, "page")
    expect_in("record of x.com", page, "page")
    expect_in("record of y.com", page, "page")


@case
def hosts_without_ipv6_are_no_error():
    zone = 'old.com TXT "v=spf1 a:h1.com a:h2.com a:h3.com -all"\n'
    zone += "".join(f"h{n}.com A 192.0.2.{n}\n" for n in (1, 2, 3))
    page = spf_page("old.com", zone=zone, status=FINE).flat
    expect_in("3 of 2 with IPv6: over the limit for receivers that count strictly", page, "page")
    expect_not_in("a permanent error", page, "page")


@case
def the_corrected_record_or_why_there_is_none():
    report = spf_json("--record", "v=spf1 ipv4:192.0.2.1 -all", status=PROBLEMS)
    expect_equal(report["corrected"], "v=spf1 ip4:192.0.2.1 -all", "corrected")
    expect_equal(report["not_corrected"], None, "not_corrected")
    report = spf_json("--record", '"v=spf1 ip4:192.0.2.1 -all"', status=PROBLEMS)
    expect_equal(report["corrected"], "v=spf1 ip4:192.0.2.1 -all", "of a text that is no record")
    report = spf_json("--record", "v=spf1 -all", status=FINE)
    expect_equal((report["corrected"], report["not_corrected"]), (None, None), "nothing to do")
    for record in ("v=spf1 include:nowhere.com -all", "v=spf1 include:loop.com -all"):
        arguments = ["--record", record, "--domain", "x.com"]
        report = spf_json(*arguments, status=PROBLEMS)
        expect(report["corrected"] is None and report["not_corrected"], f"why: {report}")
        page = spf_page(*arguments, status=PROBLEMS).flat
        expect_equal(page.count("no corrected record is proposed: "), 1, f"page: {page}")


@case
def the_json_of_a_huge_record_is_bounded():
    record = "v=spf1 " + "a:x.y " * 10000
    result = spf("--record", record, "--ip", "192.0.2.1", "--format", "json", "--timeout", "2")
    expect(len(result.out) < 4000000, f"{len(result.out)} bytes")
    expect_equal(len(result.report["tree"]["terms"]), 2000, "terms")
    expect_equal(result.report["tree"]["terms_left_out"], 8000, "terms left out")


# ---- mistakes ----


@case
def mistakes_of_usage():
    for arguments, word in (
        ([], "exdiag spf user@example.com"),
        (["a.com", "b.com"], "exdiag audit"),
        (["a.com", "--domain", "b.com"], "one domain"),
        (["a.com", "--ip", "nowhere"], "--ip"),
        (["a.com", "--ip", "192.0.2.1", "--ip", "192.0.2.2"], "one address"),
        (["a.com", "--format", "html"], "text or json"),
        (["a.com", "--save", "x"], "--save"),
    ):
        result = exdiag("spf", *arguments, status=TROUBLE)
        expect_in(word, result.err, f"stderr of {arguments}")
        expect_equal((result.out, result.err.count("\n")), ("", 1), f"output of {arguments}")


@case
def a_page_goes_to_a_file():
    with folder() as place:
        page = place / "page"
        result = spf("contoso.com", "--output", page)
        expect_equal(result.out, "", "stdout")
        expect_in("spf.northwind.com", page.read_text(), "the file")
    result = spf("contoso.com", "--output", "/dev/full")
    expect_equal(result.status, TROUBLE, "exit status with a full disk")


# ---- what a terminal shows ----


@case
def lines_are_drawn_where_they_can_be():
    expect_in("\u251c\u2500 mx", spf_page("contoso.com").out, "page")
    plain = spf("contoso.com", variables={"LC_ALL": "C"}).out
    expect(plain.isascii(), "a page for ASCII alone is ASCII")
    expect_in("|- mx", plain, "page")


@case
def a_page_fits_its_width():
    with Lab(ZONE) as lab:
        for columns in (40, 57, 80, 120):
            for domain in ("contoso.com", "over.com", "macro.com", "two.com"):
                arguments = ["spf", domain, "--dns", lab.dns, "--ip", "192.0.2.1", "--no-color"]
                _, seen, _ = on_terminal(
                    *arguments, columns=columns, variables={"LC_ALL": "C.UTF-8"}, stderr_too=False
                )
                lines = seen.decode().splitlines()
                commands = [line for line in lines if " IN TXT " in line]
                for line in lines:
                    expect(len(line) <= columns or line in commands, f"{columns}: {line!r}")


@case
def colours_on_a_terminal_alone():
    with Lab(ZONE) as lab:
        arguments = ["spf", "contoso.com", "--dns", lab.dns, "--ip", "192.0.2.25"]
        _, seen, _ = on_terminal(*arguments)
        expect_in(b"\x1b[32mPASS", seen, "the terminal")
        _, seen, _ = on_terminal(*arguments, variables={"NO_COLOR": "1"}, stderr_too=False)
        expect_not_in(b"\x1b", seen, "the terminal")
    expect_not_in("\x1b", spf_page("contoso.com", "--ip", "192.0.2.25").out, "a page elsewhere")


# ---- hostile records ----


def lab_text(text):
    """The strings of a TXT record as the lab's files have them."""
    data = text if isinstance(text, bytes) else text.encode()
    strings = [data[at : at + 255] for at in range(0, len(data), 255)]
    return " ".join('"' + "".join(f"\\{byte:03d}" for byte in one) + '"' for one in strings)


def expect_printable(result):
    text = result.out.replace("\n", "")
    expect(text.isprintable(), f"not printable: {[c for c in text if not c.isprintable()][:3]}")


@case
def control_characters_are_spelled_out():
    for text in (
        b"v=spf1 a:\x1b[2J\x07.com -all",
        b"v=spf1 mx\x00 -all\x00",
        b"v=spf1 include:\xff\xfe.com exp=\xe2\x80\xae.com ?all",
        "v=spf1 mx \u2013all \u202e\u200b".encode(),
        b"v=spf1 \x80" + b"\xc3" * 300,
    ):
        zone = f"odd.com TXT {lab_text(text)}"
        for arguments in (["--ip", "192.0.2.1"], ["--ip", "192.0.2.1", "--verbose"], []):
            expect_printable(spf_page("odd.com", *arguments, zone=zone))
        spf_json("odd.com", "--ip", "192.0.2.1", zone=zone)


@case
def huge_records_are_read_in_bounded_time():
    terms = {
        "networks": " ".join(f"ip4:10.{n // 250}.{n % 250}.1" for n in range(4000)),
        "names": " ".join(f"a:h{n}.com" for n in range(4500)),
        "includes": " ".join(f"include:h{n}.com" for n in range(3000)),
        "letters": "a " * 30000,
        "one": "a:" + "x" * 60000 + ".com",
        "errors": "- " * 30000,
    }
    for name, text in terms.items():
        record = ("v=spf1 " + text)[:64000]
        zone = f"huge.com TXT {lab_text(record)}" if len(record) < 20000 else None
        if zone:
            page = spf_page("huge.com", "--ip", "192.0.2.1", "--timeout", "2", zone=zone)
        else:
            page = spf_page("huge.com", "--record", record, "--ip", "192.0.2.1", "--timeout", "2")
        expect(page.out.count("\n") < 700, f"{name}: {page.out.count(chr(10))} lines")
        expect_printable(page)


@case
def a_deep_tree_is_cut():
    zone = "".join(f'd{n}.com TXT "v=spf1 include:d{n + 1}.com -all"\n' for n in range(1000))
    zone += 'd1000.com TXT "v=spf1 -all"\n'
    page = spf_page("d0.com", "--ip", "192.0.2.1", zone=zone, status=PROBLEMS)
    expect_in("not followed", page.flat, "page")
    report = spf_json("d0.com", "--ip", "192.0.2.1", zone=zone, status=PROBLEMS)
    expect_equal(report["result"], "permerror", "result")


main()
