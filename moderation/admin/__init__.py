"""The moderators' admin: reports, decisions about them, and the posts, comments and members that they are about."""

from moderation.admin import appeals, comments, decisions, log_entries, members, posts, reports, words

__all__ = ["appeals", "comments", "decisions", "log_entries", "members", "posts", "reports", "words"]
