"""The ground of the admin's pages: tables that may be large, and that nobody edits by hand."""
