"""A strict base for HTTP APIs on Django REST framework: what a client sends is either understood or refused."""
