"""Findings of the doctor, and the list of what it examines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Finding:
    """What was found about one thing: a level, a sentence, and what to do if it is not ok."""

    level: str
    about: str
    text: str
    advice: str = ""


Examination = Callable[[], Iterator[Finding]]
_examinations: dict[str, Examination] = {}


def examination(name: str) -> Callable[[Examination], Examination]:
    """Have the doctor run the decorated function, which yields findings and gives every outside call a timeout."""

    def register(function: Examination) -> Examination:
        _examinations[name] = function
        return function

    return register


def examine_all() -> Iterator[Finding]:
    """Yield the findings of all examinations; one that raises an error is a failure, and stops no other."""
    for name, examine in _examinations.items():
        try:
            yield from examine()
        # Whatever a driver raises. The text may quote a URL with a password, so that it is not shown.
        except Exception as error:  # noqa: BLE001
            yield Finding(FAIL, name, f"cannot be examined: {type(error).__name__}", "See the log of the server.")
