"""The company's own sections for plans, each with its guiding question."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import PlanSection, PlanTemplate
from accounts.services.plan_sections import MOST_SECTIONS, SECTION_FIELDS
from kam.lib.editing import rows_over

from .clients import VersionedForm

EMPTY_ROWS = 2


class PlanTemplateForm(VersionedForm):
    class Meta:
        model = PlanTemplate
        fields = ["name", "archived"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["archived"]


class PlanTemplateSectionForm(forms.Form):
    """A row of the table of sections.  An emptied name takes the section out."""

    order = forms.IntegerField(label=_("No."), min_value=1, max_value=999, required=False)
    name = forms.CharField(label=_("Section"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=PlanSection.Kind.choices, required=False, initial="text"
    )
    question = forms.CharField(label=_("Guiding question"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self):
        data = super().clean()
        if data.get("question") and not data.get("name"):
            self.add_error("name", _("Name the section."))
        return data


class SectionRows(forms.BaseFormSet):
    def sections(self) -> list[dict]:
        """Rows with a name, in their order."""
        rows = []
        for place, form in enumerate(self.forms):
            data = form.cleaned_data
            if data.get("name"):
                row = {name: data[name] for name in SECTION_FIELDS}
                row["kind"] = row["kind"] or PlanSection.Kind.TEXT
                rows.append(((data.get("order") or 999, place), row))
        return [row for _key, row in sorted(rows, key=lambda each: each[0])]


def section_rows(data, rows: list[dict]) -> SectionRows:
    """The table of sections: those there are and some empty rows."""
    factory = forms.formset_factory(
        PlanTemplateSectionForm,
        formset=SectionRows,
        extra=EMPTY_ROWS,
        max_num=MOST_SECTIONS,
        absolute_max=MOST_SECTIONS + 5,
    )
    initial = [{**row, "order": number} for number, row in enumerate(rows, 1)]
    return rows_over(
        lambda data: factory(data, initial=initial, prefix="sections"), data, "sections"
    )
