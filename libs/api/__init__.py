"""What both ends of the wire agree on: JSON in and out, text, ids, and the refusal of what nobody asked for."""
