"""Tests of keyset pagination."""
