"""What happened, and the matters that events open."""
