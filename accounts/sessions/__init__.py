"""Login sessions: signing in, tokens, their rotation and their revocation."""
