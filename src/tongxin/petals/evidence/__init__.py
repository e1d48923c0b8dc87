"""Evidence: bulletins read into facts, each with its place in the source."""
