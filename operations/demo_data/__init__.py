"""Generates members, posts, images, follows and blocks, to look at and to measure with; never in production."""

DEMO_MEMBER = "mina@heart.example"
DEMO_READER = "jun@heart.example"
DEMO_MODERATOR = "sora@heart.example"
DEMO_PASSWORD = "a-small-town-by-the-sea"
