"""How the programme comes to run."""
