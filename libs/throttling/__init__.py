"""Rate limits counted in Redis or in the process, and the address of a client."""
