"""The API's face of this room, a file for each resource."""
