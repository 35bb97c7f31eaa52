"""The moderators' admin: reports, decisions about them, and the posts and members that they are about."""

from moderation.admin import decisions, members, posts, reports

__all__ = ["decisions", "members", "posts", "reports"]
