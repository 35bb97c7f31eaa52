"""Data exports: a zip of everything a member owns."""
