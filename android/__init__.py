"""The wire of the Android app that is in the store, and nothing else: docs/android.md says how to delete it one day."""
