"""Tables of the front of the house: tries to log in that failed, for the lock-out."""

from __future__ import annotations

from django.db import models


class FailedLogin(models.Model):
    """A try that failed, or is still being checked. Names are kept as hashes; rows go after a day."""

    name_hash = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
