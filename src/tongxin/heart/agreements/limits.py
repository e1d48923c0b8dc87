"""How long, how far and how many: the limits of the clause language, in one place. docs/language.md lists them.

They lie beyond what an agreement between offices needs, and within what clocks can count, columns can hold and a check
can judge while somebody types.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_DAY, LAST_DAY = date(1949, 1, 1), date(2199, 12, 31)
LENGTH = timedelta(days=3660)  # ten years: every length of time that has no limit of its own
WORKING_DAYS = timedelta(days=2000)  # of `clock: days`: about eight years
LATE = timedelta(days=366)  # of `if_late.after`: the last step comes after a multiple of it

VERSION = 9999
HOURS = 87_840  # a question's `hours:`: ten years
PARAM = 1_000_000  # any other number beside a question
NUMBER = 10**15  # a number that an event's data must have

TITLE = {"zh": 160, "en": 200}  # of the instrument; what the columns hold
CLAUSE_TITLE = {"zh": 120, "en": 160}
WORDS = 1000  # of a purpose, of what is delivered, of a reason, of `known_from`, of `source`
TEXT = 10_000  # of a clause or a bar
VALUE = 200  # of a word that an event's data must have, or that stands beside a question
FILE = 160  # of the file's name

CLAUSES = 500
BARS = 200
LIST = 2000  # parties, fields, procedures, values
YIELDS = 100
REASONS = 200

WARNINGS = 100  # that are told beside a text
PAIRS = 50_000  # of clauses that are compared for them
