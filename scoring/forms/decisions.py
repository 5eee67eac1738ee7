"""What people type when they decide: overrides, and the company's present list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.clients import ClientNameField, DateField
from accounts.models import Client, ClientIdentifier
from accounts.selectors.clients import folded
from kam.lib.periods import today
from scoring.models import ListOverride

MOST_NAMES = 500


class OverrideForm(forms.Form):
    client = ClientNameField(
        label=gettext_lazy("Client"), help_text=gettext_lazy("Its name or INN.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Rule"), choices=ListOverride.Kind)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    until = DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day it holds; empty means until it is ended."),
    )

    def clean_client(self):
        if self.cleaned_data["client"] is None:
            raise forms.ValidationError(_("Name a client."))
        return self.cleaned_data["client"]

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until is not None and until < today():
            raise forms.ValidationError(_("This day is over."))
        return until


class TakeOverForm(forms.Form):
    """The present list: a client on a line, by name, INN or the id of another system."""

    names = forms.CharField(
        label=gettext_lazy("Clients, one on a line"),
        help_text=gettext_lazy("Name, INN or the id from your system; paste a column."),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=100_000,
    )
    reason = forms.CharField(
        label=gettext_lazy("Where the list comes from"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_names(self) -> list[Client]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["names"].splitlines()]
        lines = list(dict.fromkeys(filter(None, lines)))
        if len(lines) > MOST_NAMES:
            raise forms.ValidationError(
                _("At most %(most)s clients at once.") % {"most": MOST_NAMES}
            )
        found, errors = resolve(lines)
        if errors:
            raise forms.ValidationError(errors)
        return found


def resolve(lines: list[str]) -> tuple[list[Client], list[str]]:
    """Clients that lines name, and a sentence for each line that names none or several."""
    by_key: dict[str, list[Client]] = {}
    keys = [folded(line) for line in lines]
    served = Client.objects.filter(group__isnull=True)
    for client in served.filter(sort_name__in=keys):
        by_key.setdefault(client.sort_name, []).append(client)
    for client in served.filter(inn__in=lines).exclude(inn=""):
        by_key.setdefault(client.inn, []).append(client)
    ids = ClientIdentifier.objects.filter(external_id__in=lines, client__group__isnull=True)
    for row in ids.select_related("client"):
        by_key.setdefault(row.external_id, []).append(row.client)
    clients, errors = [], []
    for line, key in zip(lines, keys, strict=True):
        matches = {c.pk: c for c in by_key.get(key, []) + by_key.get(line, [])}
        if len(matches) == 1:
            clients += matches.values()
        elif matches:
            errors.append(_("“%(line)s” fits several clients; give the INN.") % {"line": line})
        else:
            errors.append(_("“%(line)s” is no client that we serve.") % {"line": line})
    return clients, errors
