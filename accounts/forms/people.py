"""Forms about people: the first administrator, persons, teams, one's own profile, API keys."""

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Team, User
from kam.lib.editing import VersionedForm

from .sign_in import proven

NAMED = {"name": _("Name and surname")}


class PasswordField(forms.CharField):
    def __init__(self, **options):
        super().__init__(
            label=options.pop("label", _("Password")),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("At least 12 characters; a few words in a row are best."),
            **options,
        )


class PersonForm(VersionedForm):
    """A person as the administrator sees them.  A new person needs a first password."""

    password = PasswordField(label=_("First password"))

    class Meta:
        model = User
        fields = [
            "name", "email", "role", "function", "team", "key_slots", "language", "is_active",
        ]  # fmt: skip
        labels = NAMED

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["password"].required = False
            self.fields["password"].label = _("New password")

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        data = super().clean()
        if data.get("password"):
            person = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                password_validation.validate_password(data["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class SetupForm(PersonForm):
    """The first administrator of an empty installation."""

    password = PasswordField()

    class Meta:
        model = User
        fields = ["name", "email", "language"]
        labels = NAMED


class TeamForm(VersionedForm):
    class Meta:
        model = Team
        fields = ["name"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "theme", "compact", "shortcuts", "task_mail"]
        labels = NAMED


class PasswordForm(forms.Form):
    """Changing one's own password: the present one proves who is asking."""

    present = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = PasswordField(label=_("New password"))

    def __init__(self, *args, person: User, **kwargs):
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_present(self):
        return proven(self.person, self.cleaned_data["present"])

    def clean_password(self):
        password_validation.validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]


class TokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself."),
    )

    class Meta:
        model = ApiToken
        fields = ["name", "scopes", "expires_at"]
        widgets = {"expires_at": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
