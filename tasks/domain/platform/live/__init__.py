"""What runs, written down as definitions, so that the same readers and checks look at it."""
