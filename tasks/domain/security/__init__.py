"""Security: what is wrong with how a platform is defined, and what to change."""
