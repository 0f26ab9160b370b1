"""Who asks: somebody with the tickets of one file, or with none."""

import os
import subprocess

from harness import DEADLINE, expect_equal

from .samba import PASSWORD


class Caller:
    """Who has the tickets of one file; without logging on, none."""

    def __init__(self, folder, name, realm, kdc):
        self.name = name
        self.realm = realm
        self.tickets = f"FILE:{folder}/{name}.ccache"
        self.configuration = folder / f"{name}.conf"
        self.configuration.write_text(
            f"[libdefaults]\ndefault_realm = {realm}\ndns_lookup_kdc = false\nrdns = false\n"
            f"[realms]\n{realm} = {{\n kdc = {kdc}\n}}\n"
        )

    def variables(self, **more):
        return {
            **os.environ, "KRB5CCNAME": self.tickets, "KRB5_CONFIG": str(self.configuration),
            "ASAN_OPTIONS": "verify_asan_link_order=0", "https_proxy": "http://127.0.0.99:1",
            "http_proxy": "http://127.0.0.99:1", **more,
        }  # fmt: skip

    def log_on(self):
        done = subprocess.run(
            ["kinit", f"{self.name}@{self.realm}"], input=PASSWORD, text=True, timeout=DEADLINE,
            capture_output=True, check=False, env=self.variables(),
        )  # fmt: skip
        expect_equal(done.returncode, 0, f"kinit: {done.stderr}")
        return self
