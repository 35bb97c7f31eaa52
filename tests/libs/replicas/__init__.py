"""Tests of reads from replicas."""
