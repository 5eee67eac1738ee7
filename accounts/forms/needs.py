"""Forms about needs and the themes that gather them."""

from django import forms
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact, Interaction, Need, ProductFamily, Theme
from accounts.selectors import ledger
from accounts.selectors import needs as found
from accounts.selectors.blocks import blocked
from accounts.services.needs import NEXT
from kam.lib.editing import VersionedForm
from kam.lib.formatting import day
from kam.lib.periods import today

from .agreements import ProductField
from .clients import DateField

TALKS = 30


class TalkField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        said = obj.subject or obj.text[:60]
        kind = obj.get_kind_display()
        return f"{day(obj.date, language=get_language() or 'en')}, {kind}: {said}"


class NeedForm(VersionedForm):
    by_when = DateField(label=_("By when they want it"), required=False)
    interaction = TalkField(
        label=_("In which talk"), queryset=None, required=False, empty_label=_("none of these")
    )
    new_theme = forms.CharField(
        label=_("Or a new theme"),
        max_length=200,
        required=False,
        help_text=_("What other clients may want, too, in a few words."),
    )
    product = ProductField(
        label=_("Product"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"list": "products"}),
        help_text=_("Its code or its whole name."),
    )

    class Meta:
        model = Need
        fields = [
            "what", "purpose", "by_when", "source", "contact", "interaction", "theme", "new_theme",
            "family", "product", "low", "high", "likelihood",
        ]  # fmt: skip
        widgets = {"what": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "what": _("In the client's words."),
            "purpose": _("What it is to give them."),
            "high": _("One sum is enough: the other end may stay empty."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        entities = ledger.legal_entities(client, today())
        need = self.instance
        if need.pk:
            self.initial["product"] = need.product.code if need.product else ""
        people = self.fields["contact"]
        people.queryset = Contact.objects.filter(client__in=entities).filter(
            ~blocked() & Q(left_on__isnull=True) | Q(pk=need.contact_id)
        )
        people.empty_label = _("Nobody named")
        talks = Interaction.objects.filter(client__in=entities)
        latest = talks.filter(known_to__isnull=True).order_by("-date", "-pk").values("pk")[:TALKS]
        self.fields["interaction"].queryset = talks.filter(
            Q(pk__in=latest) | Q(pk=need.interaction_id)
        ).order_by("-date", "-pk")
        self.fields["theme"].queryset = found.themes()
        self.fields["theme"].empty_label = _("None yet")
        self.fields["family"].queryset = ProductFamily.objects.all()
        self.fields["family"].empty_label = _("None")

    def clean(self):
        data = super().clean()
        if data.get("theme") and data.get("new_theme", "").strip():
            self.add_error("new_theme", _("Choose a theme or name a new one, not both."))
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("The upper end lies below the lower one."))
        if (low is None) != (high is None):
            data["low"] = data["high"] = low if high is None else high
            # The row is checked as it will be saved.
            self.cleaned_data = data
        return data


class NeedStepForm(forms.Form):
    """Where a need goes from here."""

    state = forms.ChoiceField(label=_("It is now"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is lost, outlived, or goes back."),
    )

    def __init__(self, *args, need: Need, **kwargs):
        super().__init__(*args, **kwargs)
        labels = dict(Need.State.choices)
        self.fields["state"].choices = [(state, labels[state]) for state in NEXT[need.state]]


class ThemeForm(VersionedForm):
    class Meta:
        model = Theme
        fields = ["name", "description"]
        help_texts = {"description": _("What belongs here and what does not.")}

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class MergingForm(forms.Form):
    into = forms.ModelChoiceField(
        queryset=None,
        label=_("Into which theme"),
        help_text=_("All needs of this theme move there; this one leads to it from then on."),
    )

    def __init__(self, *args, theme: Theme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = found.themes().exclude(pk=theme.pk)
