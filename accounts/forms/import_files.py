"""How a file is read: kind, source, encoding, signs, VAT, and what each column means."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.importing import Recognised
from accounts.models import ImportBatch
from accounts.services.importing.field_words import choices

LEAVE_OUT = "-"
# What changes the columns themselves: the page asks how the file looks then.
READ_ANEW = ("kind", "encoding", "delimiter", "sheet")
_VAT_RATE = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")


class BringForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV, XLSX, a list or register of 1C, a bank statement, CommerceML; up to 1 GB."
        ),
    )
    source = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "A short name of the system, such as 1c: ids and document numbers are unique in it. "
            "Empty: as the last file with the same columns."
        ),
    )


class ReadForm(forms.Form):
    """Bound or not, it always has the columns of the file as fields ``column-0``, ``column-1``…"""

    kind = forms.ChoiceField(label=gettext_lazy("What is in it"), choices=ImportBatch.Kind.choices)
    source = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
        max_length=60,
        initial="default",
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[
            ("", gettext_lazy("as found")), ("utf-8", "UTF-8"), ("cp1251", "Windows-1251"),
            ("cp866", "CP866 (DOS)"), ("koi8-r", "KOI8-R"), ("cp1252", "Windows-1252"),
            ("utf-16", "UTF-16"),
        ],
    )  # fmt: skip
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Between columns"),
        required=False,
        choices=[
            ("", gettext_lazy("as found")), (";", gettext_lazy("semicolon ;")),
            (",", gettext_lazy("comma ,")), ("\t", gettext_lazy("tab")), ("|", "|"),
        ],
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal sign where unclear"),
        required=False,
        choices=[("", gettext_lazy("as found")), (",", "1 234,56"), (".", "1,234.56")],
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Order of dates where unclear"),
        required=False,
        choices=[
            ("", gettext_lazy("as found")), ("dmy", gettext_lazy("day, month, year")),
            ("mdy", gettext_lazy("month, day, year")), ("ymd", gettext_lazy("year, month, day")),
        ],
    )  # fmt: skip
    vat = forms.ChoiceField(
        label=gettext_lazy("Amounts and VAT"),
        required=False,
        choices=[
            ("", gettext_lazy("as the file shows")),
            ("included", gettext_lazy("VAT is in the amount")),
            ("excluded", gettext_lazy("VAT comes on top")),
            ("none", gettext_lazy("no VAT at all")),
        ],
    )
    vat_rate = forms.CharField(
        label=gettext_lazy("VAT rate, %"),
        required=False,
        max_length=5,
        help_text=gettext_lazy("Where no column tells it."),
    )
    history = forms.ChoiceField(
        label=gettext_lazy("When did we know it?"),
        required=False,
        choices=[
            ("", gettext_lazy("on its own day for the first file of its kind, else today")),
            ("yes", gettext_lazy("on its own day: history")),
            ("no", gettext_lazy("today")),
        ],
    )

    def __init__(self, data=None, *, found: Recognised, **options):
        super().__init__(data, **options)
        self.found = found
        fields = [(LEAVE_OUT, _("leave out"))]
        fields += [(name, label) for name, label in choices(str(found.kind.value))]
        for number, column in enumerate(found.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column.title,
                required=False,
                choices=fields,
                initial=column.field or LEAVE_OUT,
            )
        if found.kind.value != "documents":
            for name in ("vat", "vat_rate"):
                del self.fields[name]
        for name in READ_ANEW:
            self.fields[name].widget.attrs |= {
                "hx-get": ".", "hx-trigger": "change", "hx-include": "closest form",
                "hx-target": "#reading",
            }  # fmt: skip
        if found.container not in ("csv", "csv.gz"):
            for name in ("encoding", "delimiter"):
                del self.fields[name]

    def columns(self) -> list[dict[str, Any]]:
        """Each column of the file with its field and examples, for the table of the page."""
        return [
            {"column": column, "field": self[f"column-{number}"]}
            for number, column in enumerate(self.found.columns)
        ]

    def settings(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("column-")]

    def clean_vat_rate(self) -> str:
        text = self.cleaned_data["vat_rate"].strip().removesuffix("%").strip()
        if text and not _VAT_RATE.fullmatch(text):
            raise forms.ValidationError(_("A rate is a number of per cent, such as 20."))
        return text.replace(",", ".")

    def clean(self):
        data = super().clean()
        taken: dict[str, str] = {}
        for number, column in enumerate(self.found.columns):
            name = data.get(f"column-{number}") or LEAVE_OUT
            if name == LEAVE_OUT:
                continue
            if name in taken and name not in _MAY_REPEAT:
                self.add_error(
                    f"column-{number}",
                    _("“%(first)s” is taken as this already.") % {"first": taken[name]},
                )
            taken[name] = column.title
        return data

    def options(self) -> dict[str, Any]:
        """What :func:`accounts.services.import_files.decide` keeps of it."""
        found = self.cleaned_data
        chosen = {
            column.title: "" if name == LEAVE_OUT else name
            for number, column in enumerate(self.found.columns)
            if (name := found.get(f"column-{number}") or LEAVE_OUT) != (column.field or LEAVE_OUT)
        }
        options = {
            name: found.get(name, "")
            for name in ("encoding", "delimiter", "sheet", "decimal", "dates")
        }
        vat = found.get("vat", "")
        rate = found.get("vat_rate", "")
        options["vat"] = f"{vat}:{rate}" if vat in ("included", "excluded") and rate else vat
        options["map"] = chosen
        return options

    def known_as_history(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data.get("history", ""))


# Of several columns for one of these the reader takes the first and leaves the others.
_MAY_REPEAT = frozenset({"phone", "email", "status", "posted", "deleted"})
