"""Profiles, follows and blocks."""
