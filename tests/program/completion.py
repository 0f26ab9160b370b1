"""Completion: the scripts of `exdiag completion`, asked through the machinery of each shell."""

from shells import *

SHELLS = ("bash", "zsh", "fish", "powershell")
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
PAGE_SAMPLES = str(BUILD / "tests/page_samples")
VALUES = {  # of options whose words are few
    "--patience": {"quick", "normal", "proof"},
    "--format": {"text", "html", "json", "markdown", "junit", "nagios", "prometheus"},
}
SERVICES = {
    "dns", "smtp", "submission", "submissions", "http", "https", "ldap", "ldaps", "gc", "gc-tls", "ntp",
    "kerberos", "smb", "backend", "winrm",
}  # fmt: skip


def script(shell):
    return exdiag("completion", shell, status=FINE).out


def hostile(what):
    return subprocess.run([PAGE_SAMPLES, what], capture_output=True, text=True, timeout=DEADLINE, check=True).stdout


def commands():
    return re.findall(r"^  ([a-z-]+) ", exdiag("--help").out, re.M)


def options(command):
    return set(re.findall(r"^  (--[a-z-]+) ", exdiag(command, "--help", status=FINE).out, re.M))


def findings():
    return {line.split()[0] for line in exdiag("explain").out.splitlines()}


def probes():
    return {line.split()[0] for line in exdiag("list").out.splitlines() if not line.startswith(" ")}


# ---- the command ----


@case
def one_shell_is_named():
    for arguments in ((), ("bash", "zsh"), ("tcsh",), ("",)):
        expect_in("bash, zsh, fish", exdiag("completion", *arguments, status=TROUBLE).err, arguments)
    expect_in("did you mean 'bash'", exdiag("completion", "bahs", status=TROUBLE).err, "a slip")
    with folder() as place:
        for shell in SHELLS:
            exdiag("completion", shell, "--output", place / shell, status=FINE)
            expect_equal((place / shell).read_text(), script(shell), shell)


@case
def scripts_are_ascii_with_plain_line_ends():
    for shell in SHELLS:
        text = exdiag("completion", shell, status=FINE).out_bytes
        expect(text.isascii(), f"{shell}: not all of it is ASCII")
        expect_not_in(b"\r", text, shell)
        expect_not_in(b"\x1b", text, shell)


@case
def every_option_says_what_it_does():
    for command in commands():
        rows = re.findall(r"^  (--[a-z-]+)( \S+)? *(.*)$", exdiag(command, "--help", status=FINE).out, re.M)
        for name, _, help in rows:
            expect(help.strip(), f"exdiag {command} {name}: no description")


# ---- what is completed ----


def last(arguments, count):
    """What stands behind the first `count` arguments."""
    return set(arguments[count:])


def check_shell(shell):
    """Commands, options, values and arguments, in a shell that inserts all that fits."""
    expect_equal(last(shell.complete("exdiag "), 0) - {"--help", "--version"}, {*commands(), "help"}, "commands")
    expect_equal(shell.complete("exdiag che"), ["check"], "the rest of a command")
    expect_equal(last(shell.complete("exdiag help "), 1), set(commands()), "help")
    for command in commands():
        found = {word.rstrip("=") for word in last(shell.complete(f"exdiag {command} --"), 1)}
        expect_equal(found, options(command), f"options of {command}")
    for option, words in VALUES.items():
        expect_equal(last(shell.complete(f"exdiag check {option} "), 2), words, option)
    expect_equal(last(shell.complete("exdiag spf --format "), 2), {"text", "json"}, "formats of spf")
    expect_equal(shell.complete("exdiag check --format=js"), ["check", "--format=json"], "behind =")
    known = findings()
    expect_equal(last(shell.complete("exdiag check --only "), 2), known | probes(), "--only")
    expect_equal(last(shell.complete("exdiag report --skip "), 2), known | probes(), "--skip")
    expect(known <= last(shell.complete("exdiag explain "), 1), "a finding is missing of explain")
    expect_equal(shell.complete("exdiag check --only spf,mx-banner-st"), ["check", "--only", "spf,mx-banner-stall"],
                 "a list")  # fmt: skip
    expect_equal(shell.complete("exdiag check --only=spf,mx-banner-st"), ["check", "--only=spf,mx-banner-stall"],
                 "a list behind =")  # fmt: skip
    severities = {word.rstrip("=") for word in last(shell.complete("exdiag check --severity "), 2)}
    expect_equal(severities, known, "--severity")
    expect_equal(shell.complete("exdiag check --severity spf-none=cr"), ["check", "--severity", "spf-none=critical"],
                 "a level")  # fmt: skip
    expect_equal(shell.complete("exdiag check --severity=spf-none=cr"), ["check", "--severity=spf-none=critical"],
                 "a level behind =")  # fmt: skip
    services = {word.rstrip("=") for word in last(shell.complete("exdiag check --port "), 2)}
    expect_equal(services, SERVICES, "--port")
    expect_equal(last(shell.complete("exdiag completion "), 1), set(SHELLS), "shells")


def check_what_is_not_completed(shell):
    for line in ("exdiag check --domain ", "exdiag check --server ", "exdiag check --timeout ",
                 "exdiag check --port smtp=", "exdiag spf ", "exdiag nothing "):  # fmt: skip
        expect_equal(shell.complete(line), line.split()[1:], line)
    expect(set(shell.complete("exdiag list ")) <= {"list", "--help", "--version"}, "arguments of list")
    expect_equal(shell.complete("exdiag check --domain --form"), ["check", "--domain", "--form"], "a value")
    expect_equal(shell.complete("exdiag check -- --form"), ["check", "--", "--form"], "behind --")


def check_files(shell, place):
    (place / "sub").mkdir()
    (place / "sub" / "it's a trace.pcapng").write_text("")
    (place / "$(touch pwned)").write_text("")
    for line in ("check ", "check --save ", "report ", "check --ca-file "):
        got = shell.complete(f"exdiag {line}sub/it")
        expect_equal(got, [*line.split(), "sub/it's a trace.pcapng"], line)
    expect_equal(shell.complete("exdiag check --save=sub/it"), ["check", "--save=sub/it's a trace.pcapng"], "behind =")
    expect_equal(shell.complete("exdiag check --file ex01=sub/it"), ["check", "--file", "ex01=sub/it's a trace.pcapng"],
                 "--file HOST=")  # fmt: skip
    expect_equal(shell.complete("exdiag check --save \\$"), ["check", "--save", "$(touch pwned)"], "a hostile name")
    expect(not (place / "pwned").exists(), "a name of a file was run")


def check_nothing_expands(shell, place):
    for typed in ("'$(touch pwned)'", "\\`touch", "\"a'b", "[", "*", "~", "{a,b}", "\\", "spf,$(touch"):
        for option in ("--only", "--format", "--severity", "--dns", "--nonsense"):
            shell.send(f"exdiag check {option} {typed}\x18a")
            time.sleep(0.02)
            shell.send("\x05\x15\r")
            shell.read_until(READY)
    expect(not (place / "pwned").exists(), "what was typed was run")


def in_bash(more):
    with folder() as place, bash(place, script("bash"), more) as shell:
        check_shell(shell)
        check_what_is_not_completed(shell)
        check_files(shell, place)
        check_nothing_expands(shell, place)


@case
def bash_alone():
    in_bash("")


@case
def bash_with_its_package():
    if not os.path.exists(BASH_COMPLETION):
        raise Skip("bash-completion is not installed")
    in_bash(f". {BASH_COMPLETION}")


@case
def bash_without_compopt_and_with_other_options():
    """As bash 3.2 is, and as some people set theirs."""
    with folder() as place, bash(place, script("bash"), "enable -n compopt; set -u; shopt -s nocasematch") as shell:
        check_shell(shell)
        expect_equal(shell.complete("exdiag check --save setu"), ["check", "--save", "setup"], "a file")


@case
def bash_that_cuts_words_elsewhere():
    with folder() as place, bash(place, script("bash"), "COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}") as shell:
        check_shell(shell)


@case
def zsh_that_sources_it():
    with folder() as place, zsh(place, script("zsh")) as shell:
        check_shell(shell)
        check_what_is_not_completed(shell)
        check_files(shell, place)
        check_nothing_expands(shell, place)
        seen = shell.listing("exdiag check --format ")
        for text in ("a page to pass on", "for other programs"):
            expect_in(text, seen, "descriptions")


@case
def zsh_that_finds_it_in_its_path():
    with folder() as place, zsh(place, script("zsh"), as_file=True) as shell:
        check_shell(shell)


@case
def fish_with_descriptions():
    known, lines = findings(), ["exdiag ", "exdiag help ", "exdiag check --only ", "exdiag check --only spf,",
                                "exdiag check --only=spf,", "exdiag check --severity ", "exdiag explain ",
                                "exdiag check --severity spf-none=", "exdiag check --port ", "exdiag spf --format ",
                                "exdiag check --save exd", "exdiag check exd", "exdiag check --domain ",
                                "exdiag list ", "exdiag completion ", "exdiag check --patience=",
                                *(f"exdiag {command} --" for command in commands())]  # fmt: skip
    with folder() as place:
        found = fish(place, script("fish"), lines)
    for line, words in found.items():
        for word, description in words.items():
            expect(description or word.startswith("exdiag."), f"{line}: {word} has no description")
    expect_equal(set(found["exdiag "]), {*commands(), "help"}, "commands")
    expect_equal(set(found["exdiag help "]), set(commands()), "help")
    for command in commands():
        expect_equal(set(found[f"exdiag {command} --"]), options(command), command)
    expect_equal(set(found["exdiag check --only "]), known | probes(), "--only")
    expect_equal(set(found["exdiag check --only spf,"]), {f"spf,{word}" for word in known | probes()}, "a list")
    expect_equal(set(found["exdiag check --only=spf,"]), {f"--only=spf,{word}" for word in known | probes()}, "--only=")
    expect_equal(set(found["exdiag check --severity "]), {f"{word}=" for word in known}, "--severity")
    expect_equal(set(found["exdiag check --severity spf-none="]),
                 {f"spf-none={level}" for level in ("critical", "warning", "info")}, "levels")  # fmt: skip
    expect(known <= set(found["exdiag explain "]), "a finding is missing of explain")
    expect_equal(set(found["exdiag check --port "]), {f"{word}=" for word in SERVICES}, "--port")
    expect_equal(set(found["exdiag spf --format "]), {"text", "json"}, "formats of spf")
    expect_equal(set(found["exdiag check --patience="]), {f"--patience={word}" for word in VALUES["--patience"]}, "=")
    expect_equal(set(found["exdiag completion "]), set(SHELLS), "shells")
    for line in ("exdiag check --save exd", "exdiag check exd"):
        expect_equal(set(found[line]), {"exdiag.fish"}, line)
    for line in ("exdiag check --domain ", "exdiag list "):
        expect_equal(found[line], {}, line)


# ---- texts that would leave their quotes ----


def hostile_texts():
    return hostile("texts").splitlines()


@case
def hostile_texts_in_bash():
    with folder() as place, bash(place, hostile("bash")) as shell:
        found = last(shell.complete("exdiag check --"), 1)
        expect_equal(found, {f"--option-{chr(97 + i)}" for i in range(len(hostile_texts()))}, "options")
        seen = subprocess.run(
            ["bash", "-c", "source ./exdiag.bash; _exdiag_words checks; printf '%s\\n' \"${words[@]}\""],
            cwd=place, capture_output=True, text=True, timeout=DEADLINE, check=True,
        ).stdout.splitlines()  # fmt: skip
        expect_equal(seen, hostile_texts(), "words")
        shell.listing("exdiag check ")
        expect(not (place / "pwned").exists(), "a text was run")


@case
def hostile_texts_in_zsh():
    texts = hostile_texts()
    with folder() as place, zsh(place, hostile("zsh")) as shell:
        for line in ("exdiag check --", "exdiag check ", "exdiag check --option-b "):
            seen = shell.listing(line)
            for text in texts:
                expect_in(text, seen, line)
        found = {word.rstrip("=") for word in last(shell.complete("exdiag check --"), 1)}
        expect_equal(found, {f"--option-{chr(97 + i)}" for i in range(len(texts))}, "options")
        expect(not (place / "pwned").exists(), "a text was run")


@case
def hostile_texts_in_fish():
    texts = hostile_texts()
    with folder() as place:
        found = fish(place, hostile("fish"), ["exdiag check --", "exdiag check ", "exdiag check --option-b "])
        expect(not (place / "pwned").exists(), "a text was run")
    for line, words in found.items():
        expect_equal(set(words.values()), set(texts), line)


main()
