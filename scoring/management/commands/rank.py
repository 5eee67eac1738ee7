"""Rank the clients now and print the top of the list."""

import datetime as dt
import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Client, ClientIdentifier
from kam.lib.scoping import acting_system
from scoring.models import Matrix, MatrixVersion, RankingRow, RankingRun
from scoring.services.ranking import run_ranking


class Command(BaseCommand):
    help = "Rank the clients by a matrix as of a date, publish the ranking and print it."

    def add_arguments(self, parser):
        parser.add_argument("--matrix", metavar="NAME", help="default: the main matrix")
        parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE")
        parser.add_argument("--top", type=int, default=20, metavar="N", help="rows to print")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, matrix, as_of, top, json: bool, **options):
        with acting_system("rank command"):
            run = run_ranking(active_version(matrix), as_of)
            answer = describe(run, top)
        self.stdout.write(as_json(answer) if json else as_text(answer))


def active_version(name: str | None) -> MatrixVersion:
    matrices = Matrix.objects.all()
    matrix = matrices.filter(name=name).first() if name else matrices.filter(is_main=True).first()
    if matrix is None:
        names = ", ".join(matrices.values_list("name", flat=True))
        raise CommandError(f"no matrix {name or ''!r}; there are: {names}")
    version = matrix.versions.filter(status=MatrixVersion.Status.ACTIVE).first()
    if version is None:
        raise CommandError(f"matrix {matrix.name!r} has no active version")
    return version


def describe(run: RankingRun, top: int) -> dict:
    """The run and its first rows, JSON-ready."""
    rows = list(RankingRow.objects.filter(run_id=run.pk, place__lte=top).order_by("place"))
    ids = [row.client_id for row in rows]
    names = dict(Client.objects.filter(pk__in=ids).values_list("pk", "name"))
    external: dict[int, dict[str, str]] = {}
    for pk, source, code in ClientIdentifier.objects.filter(client_id__in=ids).values_list(
        "client_id", "source", "external_id"
    ):
        external.setdefault(pk, {})[source] = code
    return {
        "matrix": run.version.matrix.name,
        "version": run.version.number,
        "as_of": run.as_of.isoformat(),
        "run": run.pk,
        "clients": run.clients,
        "rated": run.rated,
        "selected": run.selected,
        "line": run.line,
        "tie_at_line": run.tie_at_line,
        "rows": [
            {
                "place": row.place,
                "rank": row.rank or None,
                "client": row.client_id,
                "external_ids": external.get(row.client_id, {}),
                "name": names.get(row.client_id, ""),
                "score": None if row.rank == 0 else round(row.score, 9),
                "coverage": round(row.coverage, 9),
                "selected": bool(row.selected),
            }
            for row in rows
        ],
    }


def as_json(answer: dict) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)


def as_text(answer: dict) -> str:
    lines = [
        _("%(matrix)s, version %(version)s, as of %(as_of)s") % answer,
        _("clients %(clients)s, ranked %(rated)s, selected %(selected)s") % answer,
        "",
    ]
    drawn = False
    for row in answer["rows"]:
        if answer["line"] is not None and not row["selected"] and not drawn:
            lines.append(_("---- key line at %.2f points ----") % answer["line"])
            drawn = True
        score = "—" if row["score"] is None else f"{row['score']:.2f}"
        rank = row["rank"] or "—"
        mark = "*" if row["selected"] else " "
        lines.append(f"{rank:>5} {mark} {score:>6}  {row['coverage']:>5.0%}  {row['name']}")
    return "\n".join(lines)
