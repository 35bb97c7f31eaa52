"""Passwords and e-mail addresses: validation, change and reset."""
