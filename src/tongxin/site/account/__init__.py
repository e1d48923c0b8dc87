"""Login, the second factor, the lock-out, and the choice of a post to act in."""
