"""What differs per environment."""
