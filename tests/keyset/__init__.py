"""The stories of paging."""
