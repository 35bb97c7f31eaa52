"""Views of notifications, one module per resource."""
