"""The manual page: what it holds, and that troff and mandoc find nothing to say against it."""

import shlex

from harness import *

PAGE_SAMPLES = str(BUILD / "tests/page_samples")


def page():
    return exdiag("man", status=FINE).out


def run(*words, text=None):
    """(stdout, stderr) of a program that has to succeed."""
    if not shutil.which(words[0]):
        raise Skip(f"{words[0]} is not installed")
    variables = environment({"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANROFFOPT": None, "MANOPT": None})
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=DEADLINE, env=variables,
                          check=False)  # fmt: skip
    expect_equal(done.returncode, 0, f"exit status of {words}: {done.stderr}{done.stdout[:500]}")
    return done.stdout, done.stderr


def plain(text):
    """Without the overstrikes by which grotty makes letters bold."""
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", text)


def lint(text, devices=("utf8", "ascii", "ps")):
    """What mandoc and groff find wrong with a page."""
    with folder() as place:
        (place / "page.1").write_text(text)
        out, err = run("mandoc", "-T", "lint", "-W", "all", str(place / "page.1"))
        expect_equal(out + err, "", "mandoc -T lint")
        for device in devices:
            expect_equal(run("groff", "-man", "-ww", f"-T{device}", str(place / "page.1"))[1], "", f"groff -T{device}")
        expect_equal(run("man", "--warnings", "-l", str(place / "page.1"))[1], "", "man --warnings")


def rendered(text, columns=80):
    with folder() as place:
        (place / "page.1").write_text(text)
        return plain(run("groff", "-man", "-Tutf8", "-P-c", f"-rLL={columns}n", str(place / "page.1"))[0])


def commands():
    return re.findall(r"^  ([a-z-]+) ", exdiag("--help").out, re.M)


@case
def nothing_is_wrong_with_the_page():
    lint(page())


@case
def it_is_found_by_its_name_and_dated():
    with folder() as place:
        exdiag("man", "--output", place / "exdiag.1", status=FINE)
        expect_equal((place / "exdiag.1").read_text(), page(), "--output")
        out, _ = run("lexgrog", str(place / "exdiag.1"))
        expect_in("exdiag - examine the mail", out, "lexgrog")
    version = exdiag("--version").out.strip()
    expect(re.search(rf'^\.TH EXDIAG 1 "\d{{4}}-\d\d-\d\d" "{re.escape(version)}"', page(), re.M), "the title line")
    expect(page().isascii(), "not all of the source is ASCII")


@case
def it_fits_eighty_columns():
    for line in rendered(page()).splitlines():
        expect(len(line) <= 80, f"too long: {line}")
    expect_not_in("\u2010\n", rendered(page()), "a word is divided")


@case
def all_that_the_program_has_is_in_it():
    text = " ".join(rendered(page(), 4000).split())
    for command in commands():
        expect_in(f"exdiag {command}", text, "commands")
        for name, value, help in re.findall(
            r"^  (--[a-z-]+)( \S+)? *(.*)$", exdiag(command, "--help", status=FINE).out, re.M
        ):
            expect_in(f"{name}{value} {' '.join(help.split())}", text, f"options of {command}")
    for line in exdiag("explain").out.splitlines():
        name, severity, title = line.split(None, 2)
        expect_in(f"{name} ({severity}) {' '.join(title.split())}", text, "findings")
    for line in exdiag("list").out.splitlines():
        if line.strip().startswith("in logs:"):
            expect_in("In logs: " + line.split(":", 1)[1].strip(), text, "what shows in logs")
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "SUBJECTS", "OPTIONS", "FINDINGS", "EXIT STATUS",
                    "ENVIRONMENT", "FILES", "WHAT IT SENDS", "EXAMPLES", "SEE ALSO"):  # fmt: skip
        expect_in(f'\n.SH "{section}"\n'.replace('"', "") if section in ("NAME", "SYNOPSIS") else f'.SH "{section}"',
                  page(), "sections")  # fmt: skip


@case
def every_variable_that_is_read_is_in_it():
    read = set()
    for source in (*ROOT.glob("diag/**/*.c"), *ROOT.glob("posix/*.c")):
        read |= set(re.findall(r'(?:getenv|platform_environment\w*)\("(\w+)"', source.read_text()))
    expect(len(read) >= 4, f"only {read} were found")
    environment_section = page().split('.SH "ENVIRONMENT"')[1].split(".SH")[0]
    for name in read:
        expect_in(name, environment_section, "ENVIRONMENT")


@case
def its_examples_are_understood():
    examples = re.findall(r"^\.EX\n(exdiag .*)\n\.EE", page().split('.SH "EXAMPLES"')[1], re.M)
    expect(len(examples) > 6, "examples")
    with Lab(HEALTHY) as lab, folder() as place:
        exdiag("check", "contoso.com", "--dns", lab.dns, "--save", place / "today.jsonl", status=FINE)
        for name in ("SEND20261120-1.LOG", "trace.pcapng"):
            (place / name).write_text("nothing that is read\n")
        for example in examples:
            words = shlex.split(example.replace("\\-", "-"))[1:]
            words = words[: min((i for i, word in enumerate(words) if word in "<>"), default=None)]
            if words[0] == "demo":
                continue
            more = {"check": ["--plan", "--dns", lab.dns], "spf": ["--dns", lab.dns], "audit": ["--dns", lab.dns]}
            if "--save" in words:
                words = [word for word in words if word not in ("--save", "today.jsonl")]
            result = exdiag(*words, *more.get(words[0], []), folder=place, stdin=b"contoso.com\n")
            expect(result.status != TROUBLE, f"{example}: {result.err}")


@case
def hostile_texts_come_out_as_they_are():
    texts = subprocess.run([PAGE_SAMPLES, "texts"], capture_output=True, text=True, check=True).stdout.splitlines()
    source = subprocess.run([PAGE_SAMPLES, "man"], capture_output=True, text=True, check=True).stdout
    lint(source, ["utf8"])
    seen = rendered(source, 400).splitlines()
    for text in texts:
        as_words = [line for line in seen if " ".join(line.split()) == " ".join(text.split())]
        expect(len(as_words) >= 3, f"{text!r} is not there three times, but {len(as_words)}: {seen}")


main()
