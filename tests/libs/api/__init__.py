"""Tests of the strict API base."""
