"""The stories of rates and addresses."""
