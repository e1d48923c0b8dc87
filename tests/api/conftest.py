"""The scene of the authorisation tables serves here too."""

from tests.authorisation.conftest import scene

__all__ = ["scene"]
