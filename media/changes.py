"""Telling those who keep copies of what a picture's answer holds that it changed: its words, or its variants.

Rooms above media register in their AppConfig.ready; media knows none of them.
"""

from collections.abc import Callable, Sequence

Listener = Callable[[Sequence[int]], None]

_listeners: list[Listener] = []


def hear(listener: Listener) -> Listener:
    """From now on call the listener with the ids of changed pictures, within the transaction that changes them."""
    _listeners.append(listener)
    return listener


def tell(image_ids: Sequence[int]) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(image_ids)
