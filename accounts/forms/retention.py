"""For how many months each kind of personal data is kept."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import RetentionRules
from accounts.services.retention import KEYS

from .clients import VersionedForm


class RetentionForm(VersionedForm):
    class Meta:
        model = RetentionRules
        fields = KEYS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        for name in KEYS:
            field = self.fields[name]
            field.widget.attrs |= {
                "min": least(name),
                "max": most(name),
                "step": 1,
                "inputmode": "numeric",
            }
            field.error_messages["invalid"] = _("Write a whole number of months, or nothing.")

    def clean(self):
        """The bounds in words that name them: 'at least 6 months'."""
        values = super().clean()
        for name in KEYS:
            if name in self.errors:
                continue
            months = values.get(name)
            if months is not None and not least(name) <= months <= most(name):
                said = {"least": least(name), "most": most(name)}
                self.add_error(name, gettext("From %(least)s to %(most)s months, or empty.") % said)
        return values


def least(name: str) -> int:
    return _bounds(name)[0]


def most(name: str) -> int:
    return _bounds(name)[1]


def _bounds(name: str) -> tuple[int, int]:
    low, high = RetentionRules._meta.get_field(name).validators[:2]
    return low.limit_value, high.limit_value
