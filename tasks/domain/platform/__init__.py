"""The platform: its definition files, its neutral model, and the readers between them."""
