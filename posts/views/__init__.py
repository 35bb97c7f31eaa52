"""Views of posts, one module per resource."""
