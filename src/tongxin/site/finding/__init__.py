"""What leads people to a thing: notifications and the search."""
