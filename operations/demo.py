"""The people of the demo town whom a newcomer can sign in as; a local server only."""

DEMO_MEMBER = "mina@heart.example"
DEMO_MODERATOR = "sora@heart.example"
DEMO_PASSWORD = "a-small-town-by-the-sea"
