"""Errors of the outbox. They are mistakes in a program or a deployment, never of a client, so they have no status."""


class LeaseLost(Exception):
    """A handler ran longer than its lease without renewing it, and another worker has taken its job."""


class UnknownJobKind(LookupError):
    """No handler is registered for a kind of job: it is misspelt, or its app has no `jobs.py`."""
