"""Tests of members and their accounts."""
