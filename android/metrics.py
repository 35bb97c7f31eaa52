"""The counter of the app's calls, which tells operators when it is no longer used."""

from prometheus_client import Counter

calls = Counter(
    "h2h_android_calls",
    "Requests of the Android app in the store, by call and by the code it was answered with.",
    ["call", "code"],
)


def count_call(call: str, code: str) -> None:
    """Count one response."""
    calls.labels(call, code).inc()
