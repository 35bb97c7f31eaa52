"""Tests of rate limits and client addresses."""
