"""The fields of cooperation; strangers to one another."""
