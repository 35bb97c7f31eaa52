"""Views of the Android compatibility API."""
