"""Loads a region pack whole: region, procedures, instruments, in one order, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.reader import BadInstrument, Fault, Known, ReadInstrument, read_file
from tongxin.heart.cases import actions as cases
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.region import actions as region
from tongxin.heart.region.acting import SYSTEM


def load(pack: Path) -> dict[str, int]:
    """Load everything in the folder; return how many of each kind it holds. Raises BadInstrument or BadPack."""
    region.load_region(pack)
    procedures = read_procedures(pack)
    for procedure in procedures:
        cases.load_procedure(procedure, by=SYSTEM)
    instruments = read_instruments(pack, known_words())
    for instrument in instruments:
        agreements.load_instrument(instrument, by=SYSTEM)
    return {"procedures": len(procedures), "instruments": len(instruments)}


def read_procedures(pack: Path) -> list[ProcedureFile]:
    """Read the procedure files; a bad one is named with what is wrong in it."""
    found = []
    for path in sorted((pack / "procedures").glob("*.yaml")):
        try:
            found.append(ProcedureFile.model_validate(YAML(typ="safe").load(path)))
        except ValidationError as error:
            faults = [
                Fault(path.name, 1, f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors()
            ]
            raise BadInstrument(faults) from error
    return found


def read_instruments(pack: Path, known: Known) -> list[ReadInstrument]:
    """Read every instrument file; raises BadInstrument with the faults of all files together."""
    found: list[ReadInstrument] = []
    faults: list[Fault] = []
    for path in sorted((pack / "instruments").glob("*.yaml")):
        try:
            found.append(read_file(path, known))
        except BadInstrument as bad:
            faults += bad.faults
    if faults:
        raise BadInstrument(faults)
    return found
