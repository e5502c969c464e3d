"""A card whose page is dead in, what takes it off the site out, in the house's own words."""

from __future__ import annotations

from crawler.edits.case import Case, Change, Row, Terms, until_confirmed
from crawler.model import Disposition, Kind, Repair


def _marked(case: Case, terms: Terms) -> tuple[Change, ...]:
    claims = case.place.claims
    if case.place.kind is not Kind.PAGE or not claims.main or not case.subject.dead:
        return ()
    level = case.place.field[: case.place.field.rfind(".") + 1]
    flags, lines = dict(claims.flags), dict(claims.lines)
    changes = []
    for name, value in terms.fix.mark_dead.items():
        field, new = level + name, str(value).lower()
        old = flags.get(field, "")
        if old.lower() != new:
            because = f"its page is dead ({case.subject.code})"
            changes.append(Change(field=field, old=old, new=new, because=because, line=lines.get(field)))
    return tuple(changes)


ROWS: tuple[Row, ...] = (
    Row(
        name="page_is_dead", kind=Repair.MARK_DEAD, disposition=Disposition.REVIEW, find=_marked, waits=until_confirmed
    ),
)
