"""A small town, and the same town at any size: members who write, show pictures, follow and block, as in real life.

The plan says how large and which one; the same plan builds the same rows, at any time and in any database. Everything
here is for laptops, tests and load tests: it makes accounts whose password is known.
"""
