"""API views of profiles, follows and blocks."""
