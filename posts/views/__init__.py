"""API views of posts."""
