"""The version of the product: the same input and the same version give the same digest."""

VERSION = "0.1.0"  # pyproject.toml says the same, a test compares
