"""How Django draws forms: ``{{ form }}`` and ``{{ field.as_field_group }}`` are components too.

The list of errors is ``templates/django/forms/errors/list/ul.html``, found by Django's own name.
"""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Set as ``FORM_RENDERER``: labels above, help below, errors with a shape."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
