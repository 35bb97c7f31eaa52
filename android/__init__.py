"""The compatibility API of the released Android app, and nothing else; docs/android.md says how to delete it."""
