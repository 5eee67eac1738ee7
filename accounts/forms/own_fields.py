"""Forms of own fields and tags: what a company asks of its clients beyond what the product has."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, OwnField
from accounts.selectors import own_fields as known
from accounts.selectors.own_fields import MOST_TAGS
from kam.lib.editing import VersionedForm

from .days import DateField

LONGEST_TAG = 40
MOST_OPTIONS = 50
LONGEST_ANSWER = 500
LARGEST = Decimal(10) ** 15
_BETWEEN = re.compile(r"[,;\n]")


class TagsField(forms.CharField):
    """Short words between commas; a list of them, sorted, each once.  Programs may send a list."""

    def __init__(self, **options):
        options.setdefault("help_text", _("Short words, with commas between them."))
        super().__init__(required=False, max_length=2_000, **options)

    def to_python(self, value):
        if isinstance(value, list | tuple):
            value = ",".join(str(each) for each in value)
        words = (" ".join(each.split()) for each in _BETWEEN.split(super().to_python(value)))
        found: dict[str, str] = {}
        for word in filter(None, words):
            found.setdefault(word.casefold(), word)
        return sorted(found.values(), key=str.casefold)

    def validate(self, value):
        if len(value) > MOST_TAGS:
            raise ValidationError(_("At most %(most)s tags.") % {"most": MOST_TAGS})
        for word in value:
            if len(word) > LONGEST_TAG:
                raise ValidationError(
                    _("“%(tag)s” is too long for a tag: at most %(most)s characters.")
                    % {"tag": word[:LONGEST_TAG], "most": LONGEST_TAG}
                )

    def run_validators(self, value):
        """What is stored is a list; its words are checked above."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial, data):
        try:
            return list(initial or []) != self.to_python(data)
        except ValidationError:
            return True


class _Answer:
    """An own field in a form: which field it is, and its answer as ``Client.own`` keeps it."""

    def __init__(self, field: OwnField, name: str, made: forms.Field):
        self.field, self.name, self.made = field, name, made

    def kept(self, value: Any) -> Any:
        """None where nothing was answered."""
        if value in (None, ""):
            return None
        if self.field.kind == OwnField.Kind.NUMBER:
            return int(value) if value == int(value) else float(value)
        if self.field.kind == OwnField.Kind.DAY:
            return value.isoformat()
        if self.field.kind == OwnField.Kind.YES:
            return value == "yes"
        return value

    def initial(self, value: Any) -> Any:
        if self.field.kind == OwnField.Kind.YES:
            return "" if value is None else "yes" if value else "no"
        if self.field.kind == OwnField.Kind.DAY:
            return known.as_day(value)
        return value


def name_of(field: OwnField) -> str:
    """The field's name in forms."""
    return f"own_{field.pk}"


def answer_of(field: OwnField, value: Any = None) -> _Answer:
    """``value``: the answer kept so far, which stays possible though it is no choice any more."""
    told: dict[str, Any] = {"label": field.name, "help_text": field.help, "required": False}
    made: forms.Field
    if field.kind == OwnField.Kind.NUMBER:
        made = forms.DecimalField(
            max_digits=20, decimal_places=4, min_value=-LARGEST, max_value=LARGEST, **told
        )
    elif field.kind == OwnField.Kind.DAY:
        made = DateField(**told)
    elif field.kind == OwnField.Kind.YES:
        made = forms.ChoiceField(choices=[("", "—"), ("yes", _("yes")), ("no", _("no"))], **told)
    elif field.kind == OwnField.Kind.CHOICE:
        before = [value] if isinstance(value, str) and value not in ("", *field.options) else []
        options = [*field.options, *before]
        made = forms.ChoiceField(choices=[("", "—"), *((each, each) for each in options)], **told)
    else:
        made = forms.CharField(max_length=LONGEST_ANSWER, **told)
    return _Answer(field, name_of(field), made)


def answers_of(client: Client) -> list[_Answer]:
    """A form's fields for what is asked today."""
    own = client.own or {}
    return [answer_of(field, own.get(field.key)) for field in known.asked()]


def own_of(client: Client, answers: list[_Answer], data: dict[str, Any]) -> dict[str, Any]:
    """``Client.own`` with the answers of a form; those of retired fields stay as they are."""
    own = dict(client.own or {})
    for each in answers:
        if each.name not in data:
            continue
        value = each.kept(data[each.name])
        if value is None:
            own.pop(each.field.key, None)
        else:
            own[each.field.key] = value
    return own


class OwnFieldForm(VersionedForm):
    """What a field asks.  Its kind is chosen once."""

    options = forms.CharField(
        label=_("Answers, one a line"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For “One of a list”. An answer that you take away stays where it was given."),
    )
    position = forms.IntegerField(
        label=_("Place in the form"), min_value=1, max_value=999, initial=1
    )

    class Meta:
        model = OwnField
        fields = ["name", "kind", "options", "help", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["help"].help_text = _("Stands under the field, as this line does.")
        if self.instance.pk:
            del self.fields["kind"]
            self.initial["options"] = "\n".join(self.instance.options)
            if self.instance.kind != OwnField.Kind.CHOICE:
                del self.fields["options"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_options(self):
        lines = (" ".join(each.split()) for each in self.cleaned_data["options"].splitlines())
        options = list(dict.fromkeys(filter(None, lines)))
        if len(options) > MOST_OPTIONS:
            raise ValidationError(_("At most %(most)s answers.") % {"most": MOST_OPTIONS})
        for each in options:
            if len(each) > 120:
                raise ValidationError(
                    _("An answer has at most %(most)s characters.") % {"most": 120}
                )
        return options

    def clean(self):
        data = super().clean()
        kind = data.get("kind", self.instance.kind if self.instance.pk else "")
        if (
            kind == OwnField.Kind.CHOICE
            and not data.get("options")
            and "options" not in self.errors
        ):
            self.add_error("options", _("Write the answers to choose from, one a line."))
        return data

    def _post_clean(self):
        """The service writes; the form only checks that the name is free."""
        name = self.cleaned_data.get("name", "")
        same = OwnField.objects.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if name and same.exists():
            self.add_error("name", _("There is a field of this name."))
