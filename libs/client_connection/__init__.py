"""Whether the client of a request is still connected, so that nothing is done that nobody waits for."""
