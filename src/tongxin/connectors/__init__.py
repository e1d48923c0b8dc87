"""Ways to outside systems."""
