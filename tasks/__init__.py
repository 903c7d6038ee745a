"""What one step does."""
