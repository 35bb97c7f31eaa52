"""The moderators' admin: reports, decisions about them, and the posts and members that they are about."""

from moderation.admin import appeals, decisions, members, posts, reports, words

__all__ = ["appeals", "decisions", "members", "posts", "reports", "words"]
