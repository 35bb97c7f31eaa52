"""Data exports: a zip of everything that a member owns."""
