"""Real servers from Debian's packages, at addresses of loopback in a network of their own.

Each is an object that runs from `with` to its end, in a folder of its own, with a clock that
is `offset` seconds ahead of the machine's:

    with Network() as network:
        domain = Domain(network, "corp.test")
        dc1 = DomainController(domain, "127.0.0.10")
        mail = MailServer(network, "127.0.0.21", offset=-540)
        with network.up(dc1, mail):
            ...

A server whose programs are not installed raises Skip, which says their names.
"""
