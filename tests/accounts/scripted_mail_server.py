"""A mail server without encryption that replies at each stage as a test wants: with another reply, or not at all."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

SILENCE = "silence"
CLOSE = "close"


class ScriptedMailServer:
    """Records envelopes and e-mails. `replies` has other replies by stage: CONNECT, EHLO, MAIL, RCPT, DATA, END, QUIT.

    Silence lasts until the client hangs up. Each reply to a whole e-mail takes `delay` seconds.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.replies: dict[str, str] = {}
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.delay = 0.0
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
        # A client that is killed resets its connection.
        with client, client.makefile("rb") as lines, suppress(ConnectionError):
            stage, default = "CONNECT", "220 ready"
            while self._reply(client, stage, default):
                if stage == "DATA" and "DATA" not in self.replies:
                    if not (message := _read_message(lines)):
                        return
                    self.messages.append(message)
                    time.sleep(self.delay)
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


def _read_message(lines: BinaryIO) -> bytes:
    """Read an e-mail up to its end; nothing when the client hangs up before that."""
    read: list[bytes] = []
    while not read or read[-1] != b".\r\n":
        if not (line := lines.readline()):
            return b""
        read.append(line)
    return b"".join(read[:-1])


@contextmanager
def running_mail_server() -> Iterator[ScriptedMailServer]:
    """Start a server on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ScriptedMailServer(listener)
        threading.Thread(target=server.accept, daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
