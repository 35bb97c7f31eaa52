"""What members say, and who hears it."""
