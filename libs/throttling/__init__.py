"""Rate limits counted in Redis or in the process, and the address of a client.

The numbers are in config/throttle_rates.py, which docs/api.md lists; views name the scope of each action.
"""
