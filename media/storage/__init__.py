"""Files in S3 or on the local disk."""
