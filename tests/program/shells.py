"""Shells at a terminal, asked for completions by the keys that their users press."""

import os
import pty
import re
import select
import subprocess
import time

from harness import *

READY = b"READY>"

BASH = """
{more}
source {script}
exdiag() {{ printf 'GOT'; printf '<%s>' "$@"; printf 'END\\n'; }}
bind 'set enable-bracketed-paste off' 2>/dev/null
bind 'set bell-style none'
bind '"\\C-xa": insert-completions'
bind '"\\C-xl": possible-completions'
bind 'set completion-query-items -1'
bind 'set page-completions off'
PS1='READY''> '
"""

# Of both completers all matches are inserted at once.
ZSH = """
autoload -Uz compinit
compinit -u -D
{more}
{load}
exdiag() {{ printf 'GOT'; printf '<%s>' "$@"; printf 'END\\n'; }}
unset zle_bracketed_paste
unsetopt beep prompt_cr prompt_sp list_ambiguous
LISTMAX=100000
zstyle ':completion:insert-all::::' completer _all_matches _complete
zstyle ':completion:insert-all:*' insert yes
zle -C insert-all complete-word _generic
bindkey '^Xa' insert-all
zle -C list-all list-choices _generic
bindkey '^Xl' list-all
PS1='READY''> '
"""


class Shell:
    """An interactive shell, in a folder of its own, with a function exdiag that shows its arguments."""

    def __init__(self, arguments, setup, place, columns=2000):
        self.seen = b""
        (place / "setup").write_text(setup)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 1000, columns, 0, 0))
        self.process = subprocess.Popen(
            arguments, stdin=slave, stdout=slave, stderr=slave, cwd=place, start_new_session=True,
            env=environment({"TERM": "dumb", "HOME": str(place), "ZDOTDIR": str(place), "LC_ALL": "C.UTF-8",
                             "HISTFILE": None, "PS1": "$ "}),
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        self.send(f" . {place}/setup\r")
        self.read_until(READY)

    def send(self, text):
        os.write(self.master, text.encode())

    def read_until(self, mark):
        """What came up to the mark, and that; the rest is kept."""
        end = time.monotonic() + DEADLINE
        while mark not in self.seen:
            left = end - time.monotonic()
            expect(left > 0, f"the shell does not answer: {self.seen[-300:]!r}")
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 65536)
        before, mark, self.seen = self.seen.partition(mark)
        return before + mark

    def complete(self, line):
        """The arguments that the line has when all that fits is in it."""
        self.send(line + "\x18a")
        time.sleep(0.05)
        self.send("\r")
        seen = self.read_until(b"END\r\n")
        self.read_until(READY)
        return re.findall(r"<(.*?)>", re.search(r"GOT(.*?)END\r\n", seen.decode(), re.S)[1], re.S)

    def listing(self, line):
        """What the shell lists below the line."""
        self.send(line + "\x18l")
        time.sleep(0.6)
        seen = b""
        while select.select([self.master], [], [], 0.3)[0]:
            seen += os.read(self.master, 65536)
        self.send("\x15\r")
        self.read_until(READY)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8", "replace"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.master)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(DEADLINE)


def needs(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def bash(place, script, more=""):
    needs("bash")
    (place / "exdiag.bash").write_text(script)
    setup = BASH.format(script=place / "exdiag.bash", more=more)
    return Shell(["bash", "--norc", "--noprofile", "-i"], setup, place)


def zsh(place, script, more="", as_file=False):
    needs("zsh")
    load = f"source {place}/_exdiag"
    if as_file:
        more, load = "", ""
    (place / "_exdiag").write_text(script)
    setup = ZSH.format(more=more, load=load)
    if as_file:
        setup = f"fpath=({place} $fpath)\n" + setup
    return Shell(["zsh", "-f", "-i"], setup, place)


def fish(place, script, lines):
    """What fish completes each line to: {line: {word: description}}."""
    needs("fish")
    (place / "exdiag.fish").write_text(script)
    (place / "lines").write_text("".join(line + "\n" for line in lines))
    done = subprocess.run(
        ["fish", "--no-config", "-c",
         f"source {place}/exdiag.fish; while read -l line; echo \"== $line\"; complete -C $line; end < lines"],
        cwd=place, capture_output=True, text=True, timeout=DEADLINE, env=environment({"HOME": str(place)}), check=False,
    )  # fmt: skip
    expect_equal(done.stderr, "", "stderr of fish")
    found = {}
    for part in re.split(r"^== ", done.stdout, flags=re.M)[1:]:
        line, *words = part.splitlines()
        found[line] = dict((word.split("\t", 1) + [""])[:2] for word in words)
    return {line: found.get(line, found.get(line.rstrip(), {})) for line in lines}
