"""What we know: plain Python without framework, clock or I/O."""
