"""Inviting a person, and what the invited person says."""

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import PersonInvitation, User

from .people import NAMED, PasswordField


class PersonInvitationForm(forms.ModelForm):
    class Meta:
        model = PersonInvitation
        fields = ["name", "email", "role", "team", "language"]
        labels = NAMED


class JoinForm(forms.Form):
    """The first words of a new person."""

    name = forms.CharField(label=NAMED["name"], max_length=150)
    password = PasswordField(label=_("Your password"))

    def __init__(self, *args, email: str, **kwargs):
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        if data.get("password"):
            person = User(email=self.email, name=data.get("name", ""))
            try:
                password_validation.validate_password(data["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
