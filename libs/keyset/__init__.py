"""Keyset pagination: ids in time order, cursors, and pages."""
