"""--token-file, --ntlm and --insecure: mistakes, what --plan says of them, and what never shows."""

from harness import *

TOKEN = "eyJ0eXAiOiJKV1QifQ.bm90IGEgc2VjcmV0IGF0IGFsbA.c2lnbmVk-_~+/=="


def check(*arguments, **keywords):
    with Lab(HEALTHY) as lab:
        return exdiag("check", "contoso.com", "--dns", lab.dns, *arguments, **keywords)


@case
def a_token_is_the_first_line_of_a_file():
    with folder() as place:
        path, evidence = place / "token", place / "evidence"
        path.write_text(f"{TOKEN}\r\nand more\n")
        result = check("--token-file", path, "--save", evidence, "--verbose", status=FINE)
        expect_not_in(TOKEN, result.out + result.err + evidence.read_text(), "what is written")


@case
def what_is_no_token_is_said():
    with folder() as place:
        path = place / "token"
        for text, wanted in (
            ("", "no bearer token"),
            (f"Bearer {TOKEN}", "no bearer token"),
            ("==", "no bearer token"),
            ("a\tb", "no bearer token"),
            (TOKEN + "\x00", "has a NUL in it"),
            ("x" * 40000, "a token has up to 32766 bytes"),
        ):
            path.write_text(text)
            result = check("--token-file", path, status=TROUBLE)
            expect_in(wanted, result.err, f"the message for {text[:20]!r}")
            expect_in(str(path), result.err, "the message")
            expect_not_in(TOKEN, result.err, "the message")
        result = check("--token-file", place / "none", status=TROUBLE)
        expect_in("does not exist", result.err, "the message")
        result = check("--token-file", place, status=TROUBLE)
        expect_in("--token-file", result.err, "the message for a folder")


@case
def options_that_do_not_go_together():
    for arguments, wanted in (
        (["--ntlm"], "--ntlm is how a user logs on: name one with --user"),
        (["--ntlm", "--user", "alice", "--token-file", "t"], "shown one of them"),
        (["--password-file", "p"], "name one with --user"),
    ):
        for plan in ([], ["--plan"]):
            result = check(*arguments, *plan, status=TROUBLE)
            expect_in(wanted, result.err, f"the message for {arguments}")
    expect_in("--token-file", exdiag("check", "--token-file", status=TROUBLE).err, "without a value")


@case
def a_plan_says_how_web_servers_are_logged_on_to():
    for arguments, wanted, absent in (
        ([], None, ["logged on to web servers", "--insecure"]),
        (["--user", "alice"], "by Basic, over verified TLS alone, as: alice", ["by NTLM"]),
        (["--user", "alice", "--ntlm"], "by NTLM, over verified TLS alone, as: alice", ["by Basic"]),
        (["--user", "alice", "--ntlm", "--insecure"], "by NTLM, over TLS of any kind or none", []),
        (["--insecure"], "keep neither Kerberos nor NTLM", ["by Basic"]),
        (["--token-file", "no-such-file"], "over verified TLS alone: no-such-file", ["by Basic"]),
    ):
        result = check(*arguments, "--plan", status=FINE)
        if wanted:
            expect_in(wanted, result.out, f"the plan for {arguments}")
        for word in absent:
            expect_not_in(word, result.out, f"the plan for {arguments}")


@case
def ports_of_web_servers_may_be_named():
    for service in ("backend", "winrm"):
        result = check("--port", f"{service}=1444", "--plan", status=FINE)
        expect_in(f"{service} of servers found on the way: port 1444", result.out, "the plan")


main()
