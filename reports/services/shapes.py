"""What stands in a report or a business review, as plain JSON.

    {"schema": 2, "title", "sub", "as_of", "ranking": date or null, "currency",
     "headline": one sentence or "", "company", "reader",
     "before": {"ends", "figures": {key: value}} or null, "changes": [sentence, …],
     "texts": [{"key", "title", "text"}],
     "figures": [{"key", "label", "kind", "value", "note", "source", "path"}],
     "tables": [{"key", "title", "empty", "columns": [{"label", "kind", "sum", "share"}],
                 "rows": [[…]], "links": ["/clients/3/", …], "state": column or null,
                 "keys": ["3", …], "total": […], "rolls": true}],
     "charts": [{"key", "title", "subtitle", "figure", "table", "note", "missing", "height"}]}

kind: "money" (company currency, net of VAT), "percent" (a fraction), "number", "text", "day".
``sum``: the column is added up in the workbook, ``share``: there each row's part of that sum stands
beside it.  ``state``: the column whose change is told in ``changes``.  ``before`` and ``changes``
are what the report before said when this one was made: nothing of a kept report is asked for later.
Tables of built reports also have ``keys``, by which rows are told apart where their links differ
each time, ``total``, a value for each column, and ``rolls``: rows come and go and mean nothing by it.
Their reports have ``chosen``, the choices (:class:`reports.figures.built_choices.Definition`).
The first schema has no headline, company, reader, before, changes and texts.
``source`` is the address of the REST API that tells the figure, ``path`` where it stands in the
answer: whoever doubts it can ask again at the same date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

SCHEMA = 2
Figure = dict[str, Any]
Table = dict[str, Any]


def figure(
    key: str, label: str, kind: str, value: Any, source: str = "", path: str = "", note: str = ""
) -> Figure:
    return {
        "key": key, "label": label, "kind": kind, "value": value, "note": note,
        "source": source, "path": path,
    }  # fmt: skip


def new_table(key: str, title: str, empty: str, columns: Iterable[tuple[str, ...]]) -> Table:
    """A table without rows.  Columns are (label, kind), and "sum", "share" where those apply.

    ``state``: the column whose change is told; ``whose``: the one that tells rows of one name apart.
    """
    heads = [
        {"label": label, "kind": kind, "sum": "sum" in more, "share": "share" in more}
        for label, kind, *more in columns
    ]
    return {
        "key": key, "title": title, "empty": empty, "columns": heads, "rows": [], "links": [],
        "state": None, "whose": None,
    }  # fmt: skip


def told_in_part(table: Table, whole: int) -> Table:
    """The table, which has room for some of ``whole`` rows only: its title says how many, and rows
    that come and go mean nothing."""
    shown = len(table["rows"])
    if shown < whole:
        words = {"title": table["title"], "shown": shown, "all": whole}
        table["title"] = _("%(title)s: the first %(shown)s of %(all)s") % words
        table["rolls"] = True
    return table


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: days and exact sums as texts."""
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder))
