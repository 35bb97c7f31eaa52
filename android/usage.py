"""How much the app is still used: a counter for each call, so that operators see when the last phone is gone."""

from prometheus_client import Counter

calls = Counter(
    "h2h_android_calls",
    "Requests of the Android app in the store, by call and by the code it was answered with.",
    ["call", "code"],
)


def count(call: str, code: str) -> None:
    """One request was answered."""
    calls.labels(call, code).inc()
