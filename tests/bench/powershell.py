#!/usr/bin/env python3
"""powershell.py BUILD: what looking at one server's PowerShell directories takes, and at twenty's."""

import asyncio
import pathlib
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
EXDIAG, LAB_WEB, LAB_DNS = f"{BUILD}/exdiag", f"{BUILD}/tests/lab_web", f"{BUILD}/tests/lab_name_server"
FAR = [f"127.0.92.{number}" for number in range(1, 21)]
NAMES = [f"ex{number:02}.contoso.com" for number in range(1, 21)]
NEAR, HALF_WAY, PORTS = "127.0.93.1", 0.05, (80, 443, 444)


async def carry(reader, writer):
    """Each piece of a stream arrives HALF_WAY later, in order."""
    loop, pieces = asyncio.get_running_loop(), asyncio.Queue()

    async def write():
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not piece:
                writer.close()
                return
            writer.write(piece)

    task = asyncio.create_task(write())
    try:
        while piece := await reader.read(65536):
            pieces.put_nowait((loop.time() + HALF_WAY, piece))
    except ConnectionError:
        pass
    pieces.put_nowait((loop.time() + HALF_WAY, b""))
    await task


async def pass_on(port, reader, writer):
    await asyncio.sleep(2 * HALF_WAY)  # of the handshake of TCP
    there = await asyncio.open_connection(NEAR, port)
    await asyncio.gather(carry(reader, there[1]), carry(there[0], writer), return_exceptions=True)


async def measure(names, dns):
    words = [word for name in names for word in ("--server", name)]
    start = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        EXDIAG, "check", *words, "--only", "powershell", "--dns", dns, "--quiet",
        stdout=asyncio.subprocess.DEVNULL)  # fmt: skip
    status = await process.wait()
    return time.monotonic() - start, status


async def main(dns):
    for address in FAR:
        for port in PORTS:
            await asyncio.start_server(lambda r, w, port=port: pass_on(port, r, w), address, port)
    print("PowerShell directories at three ports, 9 requests a server, 100 ms between question and answer")
    one, status = await measure(NAMES[:1], dns)
    print(f"  one server: {one:.2f} s, exit status {status}")
    twenty, status = await measure(NAMES, dns)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # of what ends half-way
    print(f"  twenty servers: {twenty:.2f} s, exit status {status}")
    if twenty > one + 1:
        sys.exit(f"powershell.py: {twenty - one:.2f} s more than for one")


def serve(*command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


with tempfile.TemporaryDirectory() as folder:
    zone = pathlib.Path(folder, "contoso.zone")
    zone.write_text("".join(f"{name} A {address}\n" for name, address in zip(NAMES, FAR)))
    servers = [serve(LAB_DNS, "--port", "53", f"127.0.0.1={zone}")]
    for port in PORTS:
        tls = [] if port == 80 else ["--tls", "--name", "*.contoso.com"]
        servers.append(serve(LAB_WEB, "--port", str(port), *tls, f"{NEAR}=powershell=fine"))
    try:
        asyncio.run(main("127.0.0.1:53"))
    finally:
        for server in servers:
            server.communicate()
