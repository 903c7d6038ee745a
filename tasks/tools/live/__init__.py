"""A platform that runs: its copy on an engine, brought up, looked at, and taken away."""
