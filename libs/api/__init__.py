"""A strict base for HTTP APIs on Django REST framework: what a client sends is either understood or refused.

Every error is a problem+json, which `problems.py` renders and docs/errors.md lists.
"""
