"""Login sessions: login, tokens, their rotation and their revocation."""
