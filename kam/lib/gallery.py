"""The living page of all components: what there is, and how it looks and behaves.

Its figures are made up on the spot and are about nobody; charts of the product come from
``reports.charts``, the one here only shows the frame around a chart.
"""

import datetime as dt
import math

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .views import wants_part

PARTS = (
    {"label": _("Average invoice"), "points": 3.2, "colour": 1, "rating": 8, "weight": 0.4},
    {"label": _("Profit potential"), "points": 2.45, "colour": 2, "rating": 7, "weight": 0.35},
    {"label": _("Tenure"), "points": 1.5, "colour": 3, "rating": 6, "weight": 0.25},
)
ROWS = (
    {"place": 1, "name": "Северная кухня", "owner": "АК", "revenue": 18_412_300, "growth": 0.182},
    {"place": 2, "name": "Orlov & Sons", "owner": "МВ", "revenue": 12_050_900, "growth": -0.043},
    {"place": 3, "name": "Белый парус", "owner": "АК", "revenue": 9_377_640, "growth": 0.007},
    {"place": 4, "name": "ИП Ганина", "owner": "МВ", "revenue": 1_204_115, "growth": None},
)
KEY_LINE_AFTER = 3


class Example(forms.Form):
    """Every kind of input once."""

    name = forms.CharField(label=_("Client"), help_text=_("As people in the company call it."))
    segment = forms.ChoiceField(
        label=_("Segment"),
        choices=[("retail", _("Retail")), ("service", _("Service"))],
        required=False,
    )
    date = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[("up", _("More is better")), ("down", _("Less is better"))],
        widget=forms.RadioSelect,
        initial="up",
    )
    mail = forms.BooleanField(label=_("Send it by mail"), required=False)


def component_gallery(request):
    if wants_part(request):
        return render(request, "components/_gallery_sheet.html")
    waves = [8 + 3 * math.sin(month / 2) + month / 5 for month in range(24)]
    first = dt.date(2025, 1, 1)
    months = [first.replace(month=month).isoformat() for month in range(1, 13)]
    return render(
        request,
        "components/gallery.html",
        {
            "form": Example(),
            "wrong_form": Example({"name": "", "segment": "retail", "direction": "up"}),
            "parts": PARTS,
            "rows": [
                {
                    **row,
                    "months": [value * (1 + 0.1 * row["place"]) for value in waves],
                    "cut": row["place"] == KEY_LINE_AFTER,
                }
                for row in ROWS
            ],
            "levels": range(1, 11),
            "series": range(1, 9),
            "moment": dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC),
            "chart_figure": _example_chart(months, waves),
            "chart_table": {
                "head": [_("Month"), _("Revenue, million")],
                "rows": [
                    [dt.date.fromisoformat(month), round(value, 1)]
                    for month, value in zip(months, waves, strict=False)
                ],
            },
        },
    )


@require_POST
def component_echo(request):
    """Where the ratings of the gallery are posted to; keeps nothing."""
    return HttpResponse(status=204)


def _example_chart(months: list[str], values: list[float]) -> dict:
    """This year as bars, the year before as a line that carries its own label."""
    before = [value * 0.82 for value in values[:12]]
    label = {
        "xref": "paper",
        "x": 1,
        "y": before[-1],
        "text": str(_("a year ago")),
        "showarrow": False,
        "xanchor": "left",
        "xshift": 8,
        "font": {"color": "var(--series-3)"},
    }
    return {
        "data": [
            {
                "type": "bar",
                "x": months,
                "y": values[:12],
                "name": str(_("this year")),
                "hovertemplate": "%{x|%B %Y}: %{y:.1f}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": months,
                "y": before,
                "name": str(_("a year ago")),
                "line": {"color": "var(--series-3)", "width": 2.5},
                "hovertemplate": "%{x|%B %Y}: %{y:.1f}<extra></extra>",
            },
        ],
        "layout": {
            "yaxis": {"rangemode": "tozero"},
            "xaxis": {"tickformat": "%b", "dtick": "M1"},
            "annotations": [label],
            "margin": {"r": 88},
        },
    }
