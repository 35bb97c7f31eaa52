"""Replayed answers for repeated requests: the header `Idempotency-Key`."""
