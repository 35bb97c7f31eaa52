"""Views of moderation, a module for each resource."""
