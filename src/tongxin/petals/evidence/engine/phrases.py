"""What a system says of a file, as sentences of the engine; marks for translators."""

from __future__ import annotations

from tongxin.shared.phrases import phrase


def gettext_noop(message: str) -> str:
    """Return a message as it is: it is marked for the translators, and needs no Django for that."""
    return message


# What a system says of a file, by the name of its error
TROUBLES = {
    "FileNotFoundError": phrase("No such file or directory"),
    "PermissionError": phrase("Permission denied"),
    "IsADirectoryError": phrase("Is a directory"),
    "NotADirectoryError": phrase("Not a directory"),
}


def why(error: OSError) -> str:
    """Return what the system says of a file that it does not open or write."""
    return TROUBLES.get(type(error).__name__, error.strerror or type(error).__name__)
