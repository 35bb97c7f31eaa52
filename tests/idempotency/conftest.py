"""What these stories share with those of members: things done at the same moment, on both databases."""

from tests.accounts.conftest import at_once, shared_db

__all__ = ["at_once", "shared_db"]
