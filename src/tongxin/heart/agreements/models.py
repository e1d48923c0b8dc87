"""Tables of agreements: instruments in versions, clauses, duties, performances, rings."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Instrument(models.Model):
    """A law, an agreement, a plan or a decision of a joint body; its id is never reused."""

    class Kind(models.TextChoices):
        LAW = "law"
        AGREEMENT = "agreement"
        PLAN = "plan"
        DECISION = "decision"

    id = models.SlugField(primary_key=True, max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    field = models.CharField(max_length=20)  # the petal it belongs to
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)


class InstrumentVersion(models.Model):
    """One text of an instrument, with the days between which it binds; written `id@number`."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        RATIFIED = "ratified"
        IN_FORCE = "in_force"
        ENDED = "ended"

    id = models.CharField(primary_key=True, max_length=100)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True, blank=True)
    parties = models.JSONField(default=list)  # jurisdiction and group ids
    provenance = models.JSONField(default=dict)
    illustrative = models.BooleanField(default=True)
    canonical_hash = models.CharField(max_length=64)
    source_file = models.CharField(max_length=160)
    source_text = models.TextField()
    body = models.JSONField(default=dict)  # the canonical body that is hashed and signed
    has_bars = models.BooleanField(default=False, db_index=True)
    written_by = models.CharField(max_length=120, blank=True)  # post; empty: it came with the region pack
    proposed_at = models.DateTimeField(null=True, blank=True)
    ratified_at = models.DateTimeField(null=True, blank=True)
    # These two instants alone decide whether a version binds; `state` follows them, rung by the ticker.
    binds_from = models.DateTimeField(null=True, blank=True)
    binds_until = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, blank=True)  # replaced, expired, terminated
    entered_at = models.DateTimeField(null=True, blank=True)  # when this register came to know it
    # A termination that was proposed: ends_at, hash, proposed_at, post; agreed_at once every party has signed it.
    ending = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="one_version_number")]
        indexes = [models.Index(fields=["binds_from", "binds_until"], name="versions_by_binding")]


class Draft(models.Model):
    """A text that an office writes on; it may hold faults. When it is proposed it becomes a version."""

    class State(models.TextChoices):
        OPEN = "open"
        PROPOSED = "proposed"
        DISCARDED = "discarded"

    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")  # whose draft it is
    post = models.CharField(max_length=120)  # that wrote it last
    file = models.CharField(max_length=160)
    text = models.TextField()
    edition = models.PositiveIntegerField(
        default=1
    )  # how often it was changed: nobody overwrites unseen words
    proposed_as = models.ForeignKey(
        InstrumentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts"
    )
    returned = models.JSONField(default=list)  # refusals to sign: party, desk, post, reason, hash, at
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["desk", "state"], name="drafts_by_desk")]


class Signature(models.Model):
    """One authorised post of a party signed the hash of a text, or of its ending; a law is entered by two of these."""

    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(max_length=80)  # jurisdiction or group id; empty for the entry of a law
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120)
    person = models.ForeignKey("region.Person", null=True, on_delete=models.PROTECT, related_name="+")
    stood_in_for = models.ForeignKey(  # whose absence was bridged: the two count as one person
        "region.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    canonical_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "party", "person", "canonical_hash"],
                name="one_signature_a_person_and_hash",
            )
        ]


class Departure(models.Model):
    """A party's notice that it leaves an instrument, and the day from which new matters do not bind it."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="departures")
    party = models.CharField(max_length=80)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Clause(models.Model):
    """The smallest binding part of a version; `body` is what the machine reads."""

    id = models.CharField(primary_key=True, max_length=160)  # id@number/clause
    version = models.ForeignKey(InstrumentVersion, on_delete=models.CASCADE, related_name="clauses")
    name = models.SlugField(max_length=60)
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    event = models.CharField(
        max_length=60, blank=True, db_index=True
    )  # that it waits for; empty: it waits for none
    title_zh = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    text_zh = models.TextField()
    text_en = models.TextField()
    body = models.JSONField()
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()


class Performance(models.Model):
    """An act that serves one duty or several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    act = models.CharField(max_length=80)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="performances")
    post = models.CharField(max_length=120)
    message = models.ForeignKey(
        "exchange.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="performances"
    )
    channel = models.CharField(max_length=12, default="platform")  # platform, telephone
    carried = models.JSONField(default=dict)
    withheld = models.JSONField(default=list)  # fields a clause demanded and a bar forbade: field, bar
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)


class Duty(models.Model):
    """What the bound desk owes the owed desk, one thing by a time. Overdue is computed, never stored."""

    class Purpose(models.TextChoices):
        DO = "do"
        CONFIRM = "confirm"
        STAND_DOWN = "stand_down"

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        SUSPENDED = "suspended"
        MET = "met"
        EXCUSED = "excused"
        VOID = "void"
        FAILED = "failed"

    TERMINAL = ("met", "excused", "void", "failed")
    STANDING = ("open", "claimed", "suspended")

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="duties")
    clause_key = models.CharField(max_length=160)  # instrument/clause, without the version
    thread = models.CharField(max_length=80, db_index=True)  # matter:M-… or case:WT-…
    matter = models.ForeignKey(
        "events.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    bound_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="owes")
    owed_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="is_owed")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    subject = models.CharField(max_length=120, blank=True)  # or period; of a confirm, the round it confirms
    round = models.PositiveSmallIntegerField(default=1)
    opened_by = models.CharField(max_length=160)  # event:… or message:…
    opened_at = models.DateTimeField()  # when the round opened
    starts_at = models.DateTimeField()  # when its clock began
    due_at = models.DateTimeField(db_index=True)
    due_count = models.JSONField(default=dict)  # clock, within, calendar and version, spans counted
    baseline_due_at = models.DateTimeField(null=True, blank=True)  # of a delivery: the first date, kept
    needed_by = models.DateTimeField(null=True, blank=True)  # when the receiver needs it: shown, never scored
    no_time_left = models.BooleanField(default=False)  # past at birth through a computed time: counted apart
    wanted = models.JSONField(
        default=dict
    )  # what matching said: computed times, facts carried, fields withheld
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    performance = models.ForeignKey(
        Performance, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    told = models.JSONField(default=dict)  # facts and computed times as they stood when it was met
    delivered_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(
        null=True, blank=True
    )  # until when the owed desk accepts or sends back
    pauses = models.JSONField(default=list)  # suspensions and times at the owed desk: from, until, ground
    sent_back = models.PositiveSmallIntegerField(default=0)
    ring_at = models.DateTimeField(
        null=True, blank=True
    )  # a note of the ticker: nothing rings before; null: look
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=400, blank=True)
    illustrative = models.BooleanField(default=True)
    drill = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clause_key", "thread", "bound_desk", "owed_desk", "purpose", "subject", "round"],
                name="one_duty_per_key_and_round",
            ),
            models.UniqueConstraint(
                fields=["clause_key", "thread", "bound_desk", "owed_desk", "purpose", "subject"],
                condition=Q(state__in=["open", "claimed", "suspended"]),
                name="one_open_round_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="duties_by_state"),
            models.Index(fields=["state", "ring_at"], name="duties_by_ring"),
            models.Index(fields=["bound_desk", "state", "due_at"], name="duties_by_bound"),
            models.Index(fields=["owed_desk", "state", "due_at"], name="duties_by_owed"),
            models.Index(fields=["clause_key", "due_at"], name="duties_by_clause"),
            models.Index(fields=["clause", "due_at", "id"], name="duties_of_clause"),
            models.Index(fields=["bound_desk", "state", "ended_at"], name="duties_by_end"),
            models.Index(fields=["bound_desk", "matter"], name="matters_by_bound"),
            models.Index(fields=["owed_desk", "matter"], name="matters_by_owed"),
            models.Index(  # holds all that a score counts, so that the table itself is not read
                fields=[
                    "clause_key",
                    "bound_desk",
                    "purpose",
                    "illustrative",
                    "due_at",
                    "state",
                    "delivered_at",
                    "drill",
                    "no_time_left",
                    "sent_back",
                ],
                name="duties_by_score",
            ),
        ]

    @property
    def terminal(self) -> bool:
        """Whether the duty has ended for good."""
        return self.state in self.TERMINAL


class Ring(models.Model):
    """A reminder or an escalation that was rung, once a step."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="rings")
    step = models.CharField(max_length=40)  # a row of jobs.ROWS
    post = models.CharField(max_length=120, blank=True)
    skipped = models.BooleanField(default=False)  # nobody there: the next step was taken at once
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "step", "post"], name="one_ring_per_step")]


class DueMove(models.Model):
    """A due that moved: from when to when, and why. Each move is a ledger entry."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="moves")
    old = models.DateTimeField()
    new = models.DateTimeField()
    why = models.CharField(
        max_length=40
    )  # correction, computed_time, calendar, suspension, sent_back, agreed
    cause = models.CharField(max_length=160)
    at = models.DateTimeField()


class ClauseConflict(models.Model):
    """Two demands on one errand that exclude each other; both coordination offices decide which one rules."""

    thread = models.CharField(max_length=80, db_index=True)
    bound_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    owed_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    votes = models.JSONField(default=dict)  # coordination desk: the clause that shall rule, by which post
    ruling = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "bound_desk", "owed_desk", "one", "other"], name="one_conflict_a_pair"
            )
        ]


class AgendaItem(models.Model):
    """A duty that every step failed to get done: a line on the agenda of the next leaders' meeting.

    Whether it stands there now is computed: its duty stands, and no resolution keeps it off (see `agenda.standing`).
    """

    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="agenda_item")
    meeting = models.CharField(max_length=80, db_index=True)  # the desk that keeps this meeting's agenda
    put_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["put_at", "id"], name="agenda_by_time")]


class Resolution(models.Model):
    """What a leaders' meeting resolved on an item, recorded by a coordination office. It never changes."""

    class Kind(models.TextChoices):
        DATED = (
            "dated"  # a day by which it shall be done; when that day passes, the item is on the agenda again
        )
        NOTED = "noted"
        RETURNED = "returned"  # to the offices, which go on between themselves

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="resolutions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    met_on = models.DateField()  # the day of the meeting
    by_day = models.DateField(null=True, blank=True)  # of `dated`; the due and the score do not move with it
    text = models.TextField()
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")  # that recorded it
    post = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "met_on"], name="one_resolution_a_meeting")]
