"""Image processing: uploaded files become JPEGs of a limited size, at a limited cost."""
