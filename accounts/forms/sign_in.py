"""Forms of signing in: the second step, and proving again who sits there."""

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import second_step, sign_in_waits


class ConfirmForm(forms.Form):
    """The present password: whoever sits down at an open browser must not go further."""

    present = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, person: User, **kwargs):
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_present(self):
        return proven(self.person, self.cleaned_data["present"])


def proven(person: User, password: str) -> str:
    """The password where it is this person's; guesses wait for longer and longer."""
    key = sign_in_waits.account_key(person.email, "inside")
    if wait := sign_in_waits.take(key):
        raise forms.ValidationError(sign_in_waits.told(wait))
    if not person.check_password(password):
        raise forms.ValidationError(_("This is not your present password."))
    sign_in_waits.forgive(key)
    return password


class _CodeField(forms.CharField):
    def __init__(self, **options):
        widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20}
        )
        super().__init__(label=gettext_lazy("Code"), max_length=20, widget=widget, **options)


class CodeForm(forms.Form):
    """The second step at the door: a code of the app, or one for emergencies."""

    code = _CodeField()

    def __init__(self, *args, user: User, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self):
        key = sign_in_waits.account_key(self.user.email, "code")
        if wait := sign_in_waits.take(key):
            raise forms.ValidationError(sign_in_waits.told(wait))
        self.authenticator = second_step.used(self.user, self.cleaned_data["code"])
        if self.authenticator is None:
            signals.authentication_failed.send(
                sender=Authenticator, request=context.request, user=self.user, authenticator=None
            )
            raise forms.ValidationError(_("This code is not right, or it was used already."))
        sign_in_waits.forgive(key)
        return self.cleaned_data["code"]

    def save(self):
        post_authentication(context.request, self.authenticator)


class AppForm(forms.Form):
    """The first code of a new app; ``signed`` is the secret that we offered."""

    code = _CodeField()
    signed = forms.CharField(max_length=300, widget=forms.HiddenInput)


class PasskeyForm(AddWebAuthnForm):
    """What the device answers; the answer is checked against what it was asked."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    field_order = ("name", "credential")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # All of ours let in by themselves: the device has to look who is there.
        del self.fields["passwordless"]

    def clean_name(self):
        return self.cleaned_data["name"] or _("Passkey")

    def clean(self):
        data = super().clean()
        credential = data.get("credential")
        if credential and not _looked_who_is_there(credential):
            raise forms.ValidationError(_("This device does not check who is using it."))
        return data


def _looked_who_is_there(credential: dict) -> bool:
    answer = webauthn.parse_registration_response(credential).response
    return answer.attestation_object.auth_data.is_user_verified()


class PasskeyNameForm(forms.Form):
    name = forms.CharField(max_length=60)
