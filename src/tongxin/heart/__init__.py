"""The heart: what every field of cooperation shares."""
