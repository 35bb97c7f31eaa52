"""The room of members, a file for each story."""
