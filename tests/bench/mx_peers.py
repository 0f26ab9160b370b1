#!/usr/bin/env python3
"""mx_peers.py PORT: every 127.x.y.z is a mail exchanger at this port, all in one process.

Those of 127.2.0.0/16 are healthy, all others accept and stay silent. It prints its port, the
system's choice for 0, and for each line of its standard input how many connections were open
at most, and how many there were. It ends with its input.
"""
import resource
import select
import socket
import sys

REPLIES = {
    b"EHLO": b"250-mx.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"HELO": b"250 mx.example\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", int(sys.argv[1])))
listener.listen(65535)
listener.setblocking(False)
poll = select.epoll()
poll.register(listener, select.EPOLLIN)
poll.register(sys.stdin, select.EPOLLIN | select.EPOLLHUP)
clients = {}
most = count = 0
print(listener.getsockname()[1], flush=True)


def welcome():
    global most, count
    while True:
        try:
            client = listener.accept()[0]
        except BlockingIOError:
            return
        client.setblocking(False)
        clients[client.fileno()] = client
        poll.register(client, select.EPOLLIN)
        count += 1
        most = max(most, len(clients))
        if is_healthy(client):
            client.send(b"220 mx.example ESMTP\r\n")


def is_healthy(client):
    return client.getsockname()[0].startswith("127.2.")


def hear(client):
    try:
        said = client.recv(4096)
    except OSError:
        said = b""
    reply = REPLIES.get(said[:4].upper(), b"502 5.5.2 no\r\n")
    try:
        if said and is_healthy(client):
            client.send(reply)
    except OSError:
        said = b""
    if not said or is_healthy(client) and reply.startswith(b"221"):
        del clients[client.fileno()]
        client.close()


while True:
    for fd, _ in poll.poll():
        if fd == listener.fileno():
            welcome()
        elif fd == sys.stdin.fileno():
            if not sys.stdin.readline():
                sys.exit()
            print(most, count, flush=True)
        elif fd in clients:
            hear(clients[fd])
