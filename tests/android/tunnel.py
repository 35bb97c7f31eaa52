"""A phone's way to a real server, on which requests and answers get lost as they do in a train."""

import re
import socket
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from django.urls import resolve

from tests.android.okhttp import Answer, NetworkError, Request, over_socket, phone_bytes

# The answer to a request that was done is thrown away, or the request is cut off in the middle.
ANSWER, REQUEST = "answer", "request"


@dataclass
class Tunnel:
    """Sends as the app's HTTP client does, and loses one in four, of the `seed`'s choice; of pages one in fifteen.

    What is lost does not depend on the clock: the same n-th request to the same address is, whatever came between.
    """

    host: str
    port: int
    seed: str
    connections: Counter[str] = field(default_factory=Counter)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    to_lose: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._send = over_socket(self.host, self.port)

    def lose_answers(self, call: str, times: int) -> None:
        """Throw away the next answers to this call, after the server was done."""
        self.to_lose[call, ANSWER] += times

    def cut_requests(self, call: str, times: int) -> None:
        """Send the next of these calls by half."""
        self.to_lose[call, REQUEST] += times

    def __call__(self, request: Request, access: str, patience: float) -> Answer:
        """The answer; raises NetworkError when it is lost, AssertionError when the server gives none in time."""
        call = resolve(request.path.partition("?")[0]).url_name or ""
        fate = self._fate(call, request)
        if fate:
            self.lost[call, fate] += 1
        if fate == REQUEST:
            self._cut(request, access)
        else:
            answer = self._answer(call, request, access, patience)
        if fate:
            raise NetworkError(f"the {fate} was lost")
        return answer

    def _answer(self, call: str, request: Request, access: str, patience: float) -> Answer:
        try:
            answer = self._send(request, access, patience)
        except NetworkError as fault:
            raise AssertionError(f"{call}: the network is well, and there is no answer") from fault
        self.answered[call, "ok" if answer.is_good else answer.json()["code"]] += 1
        return answer

    def _fate(self, call: str, request: Request) -> str:
        address = re.sub(r"(/|member_id=)\d+", r"\1N", f"{request.method} {request.path}")
        self.connections[address] += 1
        for fate in (REQUEST, ANSWER):
            if self.to_lose[call, fate]:
                self.to_lose[call, fate] -= 1
                return fate
        chance = Random(f"{self.seed} {address} {self.connections[address]}")
        one_in = 15 if call == "posts" else 4
        return chance.choice([ANSWER, REQUEST]) if chance.randrange(one_in) == 0 else ""

    def _cut(self, request: Request, access: str) -> None:
        """Send half of it on a connection of its own, and be gone."""
        sent = phone_bytes(request, access, f"{self.host}:{self.port}")
        with socket.create_connection((self.host, self.port), 5.0) as connection:
            connection.sendall(sent[: len(sent) // 2])
