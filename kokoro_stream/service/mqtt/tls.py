"""A TLS socket that does not outlive its handshake."""

from __future__ import annotations

import ssl


class TlsSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails: paho forgets it then, and it would stay open until it is collected."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
