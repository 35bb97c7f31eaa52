"""Tests of push messages."""
