"""What the outbox refuses. These are faults of a program or a deploy, never of a client, so they have no status."""


class LeaseLost(Exception):
    """A handler took longer than its lease without renewing it, and another worker has its job now."""


class UnknownJobKind(LookupError):
    """No handler is registered for a kind of job: a typing error, a missing `jobs.py`, or rows of newer code."""
