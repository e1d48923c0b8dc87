"""Tables of the ledger: the head of the log, its entries, their payloads, tree nodes and checkpoints."""

from __future__ import annotations

from django.db import models


class Log(models.Model):
    """The head of this node's one log; the row every append locks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    node = models.CharField(max_length=40)
    algorithm = models.CharField(max_length=20, default="sha256")
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=bytes)  # hashes of the complete subtrees, largest first, 32 bytes each
    last_at = models.DateTimeField(null=True)  # of the last entry; no later one may be earlier
    key_id = models.CharField(max_length=64, blank=True)  # the key that the log itself names as the node's


class Entry(models.Model):
    """One line. `body` holds the canonical bytes that are hashed; the other columns repeat it for queries.

    The indexes end in the number of the entry, so that a page of any filter is read in their order (`pages.py`).
    """

    index = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    desk = models.CharField(max_length=80)
    post = models.CharField(max_length=120)
    subject = models.CharField(max_length=160, db_index=True)
    cause = models.CharField(max_length=160, blank=True)
    basis = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["act", "index"], name="entry_by_act"),
            models.Index(fields=["desk", "index"], name="entry_by_desk"),
            models.Index(fields=["act", "desk", "index"], name="entry_by_act_and_desk"),
        ]


class Payload(models.Model):
    """What an entry is about, with the salt of its hash; erasing deletes this row, never the entry."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = models.BinaryField(max_length=32)
    body = models.BinaryField()


class TreeNode(models.Model):
    """A complete subtree of the Merkle tree: `level` ≥ 1, covering leaves [index·2^level, (index+1)·2^level)."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tree_node")]


class Checkpoint(models.Model):
    """A signed tree head."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    node = models.CharField(max_length=40)
    algorithm = models.CharField(max_length=20, default="ed25519")
    key_id = models.CharField(max_length=64)
    public_key = models.BinaryField(default=bytes)
    signature = models.BinaryField()
    witnesses = models.JSONField(default=list)  # co-signatures of other parties; none yet


class Verification(models.Model):
    """What the server found when it recomputed its own log; a measurement, no act."""

    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    holds = models.BooleanField()
    findings = models.JSONField(default=list)  # [kind, start, end, detail], at most so many as are kept
    bytes_rate = models.BigIntegerField()  # entries a second through bytes and tree
    fields_rate = models.BigIntegerField()  # entries a second through fields and payloads
    seconds = models.FloatField()
    processes = models.PositiveSmallIntegerField(default=1)
