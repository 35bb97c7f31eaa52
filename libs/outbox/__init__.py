"""Durable jobs: written in the transaction of the effect they follow, run after it, at least once."""
