"""Registry of what other apps hold of posts, so that it is deleted in chunks before them: there may be too much.

An upper app registers its rows in its `member_data.py`.
"""

from collections.abc import Callable, Sequence

# Deletes at most so many rows of these posts, and says whether there may be more.
EraseDependents = Callable[[Sequence[int], int], bool]

_steps: list[EraseDependents] = []


def add_dependents(step: EraseDependents) -> None:
    """Have a step run, again and again until it says that nothing is left, before posts are deleted."""
    _steps.append(step)


def erase_dependents(post_ids: Sequence[int], limit: int) -> bool:
    """Delete at most `limit` rows of one kind of these posts; returns whether there may be more."""
    return any(step(post_ids, limit) for step in _steps)
