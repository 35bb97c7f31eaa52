"""A mail server without encryption that replies at each stage as a test wants: with another reply, or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SILENCE = "silence"
CLOSE = "close"


class ScriptedMailServer:
    """Records envelopes and e-mails. `replies` has other replies by stage: CONNECT, EHLO, MAIL, RCPT, DATA, END, QUIT.

    Silence lasts until the client hangs up.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.replies: dict[str, str] = {}
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self._listener = listener
        self.port = int(listener.getsockname()[1])

    def accept(self) -> None:
        """Serve until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            stage, default = "CONNECT", "220 ready"
            while self._reply(client, stage, default):
                if stage == "DATA" and "DATA" not in self.replies:
                    self.messages.append(b"".join(iter(lines.readline, b".\r\n")))
                    stage, default = "END", "250 taken"
                    continue
                line = lines.readline().decode()
                self.commands.append(line.strip())
                stage = line[:4].strip().upper()
                default = "354 go on" if stage == "DATA" else "250 ok"
                if not line:
                    return

    def _reply(self, client: socket.socket, stage: str, default: str) -> bool:
        reply = self.replies.get(stage, default)
        if reply == SILENCE:
            # Returns nothing when the client hangs up.
            client.recv(1)
        if reply in (SILENCE, CLOSE):
            return False
        client.sendall(f"{reply}\r\n".encode())
        return True


@contextmanager
def running_mail_server() -> Iterator[ScriptedMailServer]:
    """Start a server on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ScriptedMailServer(listener)
        threading.Thread(target=server.accept, daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
