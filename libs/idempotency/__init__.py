"""Idempotency-Key: a repeated request gets the response of the first and has no further effect."""
