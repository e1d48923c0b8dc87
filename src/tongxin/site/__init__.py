"""The house's front: settings, login, shell, home, boards, API root, command line."""
