"""The app's calls."""
