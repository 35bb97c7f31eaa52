"""The stories of the outbox."""
