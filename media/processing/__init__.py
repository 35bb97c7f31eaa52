"""Image processing: decoding uploads within bounds and re-encoding them."""
