"""An app with one job, which is slow enough to be killed in the middle."""
