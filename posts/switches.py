"""Switches of this app."""

from libs.switches.registry import declare_switch
from posts.errors import PostingClosed

POSTING = declare_switch("posting", "new posts", error=PostingClosed)
