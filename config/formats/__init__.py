"""Formats of dates that differ from Django's: each time names its time zone."""
