"""What must hold when the power goes or a process dies: nothing confirmed is lost, nothing is half, nothing is doubled."""
