"""Circuit breakers, whatever the service."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.circuit_breaker import CircuitBreaker, CircuitOpen
from tests.redis_outages import StoppedClock


def test_while_one_caller_tries_however_long_all_others_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, trying, answer = StoppedClock(monkeypatch), threading.Event(), threading.Event()
    breaker = CircuitBreaker("a slow one", (OSError,), pause_seconds=1)
    assert breaker.call_with_fallback(Path("/nowhere").read_text, lambda: "without") == "without"
    clock.shift(1)
    with ThreadPoolExecutor(1) as threads:
        trial = threads.submit(breaker.call, lambda: [trying.set(), answer.wait(60)])  # type: ignore[func-returns-value]
        assert trying.wait(60)
        clock.shift(100)
        with pytest.raises(CircuitOpen):
            breaker.call(str)
        answer.set()
        trial.result()
    assert breaker.call(lambda: "back") == "back"


def test_a_trial_that_fails_for_another_reason_is_repeated_later(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StoppedClock(monkeypatch)
    breaker = CircuitBreaker("a strange one", (OSError,), pause_seconds=1)
    breaker.call_with_fallback(Path("/nowhere").read_text, str)
    clock.shift(1)
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: str(1 / 0))
    assert breaker.call_with_fallback(lambda: "with", lambda: "without") == "without"
    clock.shift(1)
    assert breaker.call_with_fallback(lambda: "with", lambda: "without") == "with"
