"""Views of comments, one module per resource."""
