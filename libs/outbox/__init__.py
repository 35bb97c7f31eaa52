"""Transactional outbox: jobs written in the transaction of what they follow, and run after it at least once."""
