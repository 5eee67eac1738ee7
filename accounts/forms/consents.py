"""Forms about consents, blocks, purposes, and telling people that we have their data."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Consent, Contact, ContactBlock, Purpose
from kam.lib.periods import today

from .clients import DateField, VersionedForm


class PurposeForm(VersionedForm):
    class Meta:
        model = Purpose
        fields = ["label_ru", "label_en", "basis", "text_version", "is_active"]
        help_texts = {
            "basis": _(
                "Without consent nobody is written to where the basis is consent. On the other "
                "bases the person need not be asked, and may refuse only a legitimate interest."
            ),
            "text_version": _("Such as “form 4 of 1 September 2025”; offered with each consent."),
            "is_active": _("A purpose out of use allows nothing; what people said stays."),
        }


class ConsentForm(forms.ModelForm):
    """What somebody said to a purpose."""

    given_on = DateField(label=pgettext_lazy("consent", "Said on"))
    until = DateField(
        label=pgettext_lazy("consent", "Holds until"),
        required=False,
        help_text=_("Empty where the text sets no term."),
    )

    class Meta:
        model = Consent
        fields = ["purpose", "answer", "given_on", "channel", "text_version", "source", "until"]
        widgets = {"answer": forms.RadioSelect}
        help_texts = {
            "text_version": _("Needed where the basis is consent."),
            "source": _("A file, a letter, a record: by what you would prove it."),
        }

    field_order = ["purpose", "answer", "given_on", "channel", "text_version", "source", "until"]

    def __init__(self, *args, purpose: Purpose | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Q(is_active=True) | Q(pk=purpose.pk if purpose else None)
        self.fields["purpose"].queryset = Purpose.objects.filter(offered)
        self.fields["purpose"].empty_label = None
        self.fields["given_on"].initial = today()
        if purpose is not None:
            self.fields["purpose"].initial = purpose
            self.fields["text_version"].initial = purpose.text_version


class WithdrawalForm(forms.Form):
    on = DateField(label=_("Taken back on"))
    how = forms.ChoiceField(label=pgettext_lazy("consent", "How"), choices=Consent.Channel.choices)
    about = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Such as the number of the letter."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()


class BlockForm(forms.Form):
    ground = forms.ChoiceField(label=_("On what ground"), choices=ContactBlock.Ground.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Who asked, by which letter, what is to be looked into."),
    )
    until = DateField(
        label=_("At the latest until"),
        required=False,
        help_text=_("Empty: until somebody ends it."),
    )


class UnblockForm(forms.Form):
    reason = forms.CharField(
        label=pgettext_lazy("block", "Why it ends"),
        max_length=300,
        help_text=_("What was found, or who agreed."),
    )


class ToldForm(forms.Form):
    """Those who were told; ``contacts`` are boxes of the list."""

    contacts = forms.ModelMultipleChoiceField(
        queryset=None,  # given with the form: who waits is known only then
        error_messages={
            "required": _("Choose whom you have told."),
            "invalid_choice": _("One of them is not on this list any more. Load it again."),
        },
    )
    on = DateField(label=_("Told on"))
    how = forms.ChoiceField(label=pgettext_lazy("consent", "How"), choices=Contact.Told.choices)

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = waiting
        self.fields["on"].initial = today()
