"""Rate limits counted in Redis or in the process, and the address of a client.

The numbers are THROTTLE_RATES in config/settings.py, which docs/settings.md lists; views name the scope of each action.
"""
