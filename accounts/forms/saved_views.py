"""The name of a saved view, and who sees it."""

from accounts.models import SavedView
from kam.lib.editing import VersionedForm


class SavedViewForm(VersionedForm):
    class Meta:
        model = SavedView
        fields = ["name", "shared"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())
