"""What all servers of the lab have in common: a folder, processes, a clock that is moved."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from harness import DEADLINE, Skip, expect_equal, needs_namespace, wait_until

LIBRARIES = pathlib.Path("/usr/lib")
PREPARED = 5 * DEADLINE  # of a domain above all, on a machine that has much else to do


def faketime():
    """libfaketime, which is loaded before a program to move the clock that it sees."""
    for library in sorted(LIBRARIES.glob("*/faketime/libfaketime.so.1")):
        return str(library)
    raise Skip("libfaketime is not there")


def clock_variables(offset):
    """The environment of a process whose clock is so many seconds ahead."""
    if offset == 0:
        return {}
    return {
        "LD_PRELOAD": faketime(),
        "FAKETIME": f"{offset:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def needs_programs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise Skip(f"not installed: {', '.join(missing)}")


def accepts(address, port):
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


class Network:
    """A folder and a shared memory in which servers live, of the test's own network and mounts.
    Both go when the block ends, with whatever libfaketime leaves there."""

    def __enter__(self):
        needs_namespace()
        Server.run("mount", "-t", "tmpfs", "-o", "mode=1777", "none", "/dev/shm")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="exdiag-peers."))
        self.folder.chmod(0o755)
        return self

    def __exit__(self, *_):
        Server.run("umount", "--lazy", "/dev/shm")
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def up(self, *servers):
        """Starts them all side by side, waits until the last is ready; ends them with the block."""
        with contextlib.ExitStack() as stack:
            for server in servers:
                stack.callback(server.stop)
                server.start()
            for server in servers:
                server.await_ready()
            yield servers


class Server:
    """One server at one address. A kind of server says its PROGRAMS and PORTS (TCP, at which it
    accepts when it is ready), and launches its processes in start()."""

    PROGRAMS = ()
    PORTS = ()

    def __init__(self, network, address, offset=0):
        needs_programs(*self.PROGRAMS)
        clock_variables(offset)  # raises Skip where the clock cannot be moved
        self.address = address
        self.offset = offset
        self.folder = network.folder / f"{type(self).__name__}-{address}"
        self.folder.mkdir()
        self.processes = []

    def __enter__(self):
        try:
            self.start()
            self.await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        raise NotImplementedError

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    @staticmethod
    def run(*command, **variables):
        """To its end, by the machine's own clock; it must succeed."""
        command = [str(word) for word in command]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PREPARED, check=False,
            env={**os.environ, **variables},
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def launch(self, *command, offset=None, **variables):
        """A process in the foreground, whose clock is the server's; what it writes is the log's."""
        moved = clock_variables(self.offset if offset is None else offset)
        with open(self.folder / "output.log", "ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **moved, **variables}, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)

    def is_ready(self):
        return all(accepts(self.address, port) for port in self.PORTS)

    def await_ready(self):
        wait_until(lambda: self.has_ended() or self.is_ready())
        if self.has_ended():
            raise AssertionError(f"{self.folder.name} has ended: {self.log()[-2000:]}")

    def has_ended(self):
        return any(process.poll() is not None for process in self.processes)

    def log(self):
        """All that it wrote: its output and the files of its folder that are named .log."""
        files = sorted(self.folder.glob("*.log"))
        return "".join(path.read_text(errors="replace") for path in files)

    def stop(self):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        end = time.monotonic() + DEADLINE / 10
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, end - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):  # whoever is left of its group
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(DEADLINE)
        self.processes.clear()
