"""An installation with running duties is brought to the present version."""
