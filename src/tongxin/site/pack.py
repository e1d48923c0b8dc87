"""Loads a region pack whole: region, procedures, instruments, in one order, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import recounting
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.reader import Known, ReadInstrument, read_files
from tongxin.heart.cases import actions as cases
from tongxin.heart.cases import notice_files, promises
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.region import actions as region
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.reading import PackInvalid
from tongxin.shared import reading


@dataclass(frozen=True)
class Loaded:
    """How much a pack brought, and what was left out because its terms are illustrative."""

    procedures: int
    instruments: int
    left_out: tuple[str, ...]
    recounted: int = 0  # running provisional dues and promises that a calendar of the pack settled


def load(pack: Path) -> Loaded:
    """Load everything in the folder. Raises PackInvalid, naming every fault, before a procedure is entered.

    Procedures and instruments with illustrative terms bind nobody for real: in `run` they are read, so that
    their faults are told, but not entered.
    """
    region.load_region(pack)
    try:
        procedures = read_procedures(pack)
        notices = notice_files.read_all((pack / "notices").glob("*.yaml"))
        known = known_words()
        named = known.procedures | {p.procedure for p in procedures}
        instruments = read_instruments(pack, replace(known, procedures=named))
    except reading.Unreadable as bad:
        raise _invalid(bad) from bad
    left_out: list[str] = []

    def entered(name: str, terms: str) -> bool:
        if settings.MODE == "run" and terms == "illustrative":
            left_out.append(name)
            return False
        return True

    procedures = [p for p in procedures if entered(p.procedure, p.provenance.terms)]
    instruments = [i for i in instruments if entered(i.model.agreement, i.model.provenance.terms)]
    for procedure in procedures:
        cases.load_procedure(procedure, by=SYSTEM)
    for notice in notices:
        if entered(notice.notice, notice.provenance.terms):
            cases.load_notice(notice, by=SYSTEM)
    for instrument in instruments:
        agreements.load_instrument(instrument, by=SYSTEM)
    recounted = recounting.recount_provisional() + promises.recount_provisional()
    return Loaded(len(procedures), len(instruments), tuple(left_out), recounted)


def _invalid(bad: reading.Unreadable) -> PackInvalid:
    refused = PackInvalid(bad.faults)
    refused.kept = _("Places, offices and calendars were loaded; no procedure and no instrument was entered.")
    return refused


def read_procedures(pack: Path) -> list[ProcedureFile]:
    """Read the procedure files; raises Unreadable with the faults of all files together, by line."""
    found: list[ProcedureFile] = []
    faults: list[reading.Fault] = []
    for path in sorted((pack / "procedures").glob("*.yaml")):
        try:
            source = reading.read_path(path)
            found.append(ProcedureFile.model_validate(source.content))
        except reading.Unreadable as bad:
            faults += bad.faults
        except ValidationError as error:
            faults += source.fail(error, ProcedureFile)
    if faults:
        raise reading.Unreadable(faults)
    return found


def read_instruments(pack: Path, known: Known) -> list[ReadInstrument]:
    """Read every instrument file; raises BadInstrument with the faults of all files together."""
    return read_files(sorted((pack / "instruments").glob("*.yaml")), known)
