"""Forms about clients, the people there, what was said and done, and groups."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.importing.identifiers import check_inn, check_kpp
from accounts.importing.messages import message
from accounts.importing.table import Issue
from accounts.models import Client, Contact, Interaction, User
from accounts.selectors import people as directory
from accounts.selectors.blocks import blocked
from accounts.selectors.clients import folded
from kam.lib.editing import VersionedForm
from kam.lib.periods import today

from .days import DateField
from .own_fields import TagsField, answers_of, own_of

LEADING = ("administrator", "manager")
HOME_COUNTRIES = ("", "RU")


class ClientForm(VersionedForm):
    """A client by hand.  KAM and team are for those who lead; a KAM's new client is their own."""

    # People paste "INN/KPP" and spaces; what is too long is said in words.
    inn = forms.CharField(label=_("INN"), required=False, max_length=40)
    kpp = forms.CharField(label=_("KPP"), required=False, max_length=20)
    tags = TagsField(label=_("Tags"))

    class Meta:
        model = Client
        fields = [
            "name", "kind", "lifecycle", "owner", "team", "sales_manager", "legal_name", "inn", "kpp", "segment",
            "country", "region", "city", "employees", "turnover", "tags",
        ]  # fmt: skip
        help_texts = {"country": _("Two letters, such as RU or KZ.")}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.answers = answers_of(self.instance)
        for each in self.answers:
            self.fields[each.name] = each.made
            self.initial[each.name] = each.initial((self.instance.own or {}).get(each.field.key))
        seller = self.fields["sales_manager"]
        seller.queryset = directory.people_beside(person) | User.objects.filter(
            pk=self.instance.sales_manager_id
        )
        seller.empty_label = _("Nobody named")
        if person.role in LEADING:
            self.fields["owner"].queryset = directory.people_to_assign(person)
            self.fields["team"].queryset = directory.teams_to_assign(person)
            for name in ("owner", "team"):
                self.fields[name].empty_label = _("Nobody") if name == "owner" else _("None")
        else:
            del self.fields["owner"], self.fields["team"]
        if self.instance.pk:
            # What has members or belongs to a group stays what it is.
            groups = (Client.Kind.GROUP,)
            choices = [(k, v) for k, v in Client.Kind.choices if k not in groups]
            if self.instance.kind == Client.Kind.GROUP:
                del self.fields["kind"]
            else:
                self.fields["kind"].choices = choices

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_country(self):
        country = self.cleaned_data["country"].strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Write the country as two letters, such as RU or KZ."))
        return country

    def clean(self):
        data = super().clean()
        inn, kpp = data.get("inn", ""), data.get("kpp", "")
        if data.get("country", "") in HOME_COUNTRIES:  # others have numbers of their own kinds
            checked = check_inn(inn) if inn else None
            if checked and checked.error:
                self._refuse("inn", checked.error, inn)
            elif checked:
                data["inn"] = checked.value or ""
                kpp = kpp or checked.kpp or ""
            checked = check_kpp(kpp, data.get("inn")) if kpp else None
            if checked and (checked.error or checked.warning == "kpp.not_allowed_for_ip"):
                self._refuse("kpp", checked.error or checked.warning, kpp)
            elif checked:
                data["kpp"] = checked.value or ""
        for name, longest in (("inn", 12), ("kpp", 9)):
            if len(data.get(name) or "") > longest:
                self.add_error(name, _("At most %(longest)s characters.") % {"longest": longest})
        if not self.instance.pk and self.person.role not in LEADING:
            data |= {"owner": self.person, "team": self.person.team}
        return data

    def values(self):
        """The answers to own fields as the one column that keeps them."""
        values = super().values()
        own = own_of(self.instance, self.answers, values)
        rest = {name: v for name, v in values.items() if not name.startswith("own_")}
        return {**rest, "own": own}

    def _refuse(self, field: str, code: str, value: str) -> None:
        issue = Issue(None, None, code, {"value": value[:60]})
        self.add_error(field, message(issue, get_language() or "en"))

    def twins(self):
        """Other clients that the person may see with the same INN and KPP."""
        inn = self.cleaned_data.get("inn")
        if not inn:
            return Client.objects.none()
        same = Client.objects.filter(inn=inn, kpp=self.cleaned_data.get("kpp", ""))
        return same.exclude(pk=self.instance.pk)


class InteractionForm(VersionedForm):
    """Something said or done with a client.  The id of a note is its version."""

    date = DateField(label=_("Date"))
    satisfaction = forms.IntegerField(
        label=_("Satisfaction, 1 to 10"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("Only if the client said it."),
        widget=forms.NumberInput(attrs={"min": 1, "max": 10}),
    )

    class Meta:
        model = Interaction
        fields = ["kind", "date", "contact", "subject", "text", "satisfaction"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        people = Contact.objects.filter(client=client)
        # Whoever is blocked stays where they stand already.
        self.fields["contact"].queryset = people.filter(~blocked() | Q(pk=self.instance.contact_id))
        self.fields["contact"].label = _("With whom")
        self.fields["contact"].empty_label = _("Not one person")
        self.fields["subject"].required = True
        self.fields["text"].label = _("What was said and agreed")
        if not self.instance.pk:
            self.fields["kind"].initial = Interaction.Kind.CALL
            self.fields["date"].initial = today()

    def clean_date(self):
        if self.cleaned_data["date"] > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return self.cleaned_data["date"]


class ClientNameField(forms.CharField):
    """One client that the person may see, named by its name or INN; suggestions come from
    ``client_suggestions``.  ``kinds`` limits which it may be."""

    def __init__(self, *, only_groups: bool = False, **options):
        self.only_groups = only_groups
        super().__init__(max_length=255, **options)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        clients = Client.objects.order_by("pk")
        if self.only_groups:
            clients = clients.filter(kind=Client.Kind.GROUP)
        by_inn = clients.filter(inn=text.strip()) if text.strip().isdecimal() else clients.none()
        found = list(by_inn[:2]) or list(clients.filter(sort_name=folded(text))[:2])
        if not found:
            raise forms.ValidationError(_("There is no client with this name or INN."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several clients have this name; give the INN."))
        return found[0]


class MembershipForm(forms.Form):
    """The group that a company joins, and since when."""

    group = ClientNameField(
        label=_("Group"),
        only_groups=True,
        help_text=_("Begin to write its name."),
        widget=forms.TextInput(
            attrs={
                "list": "group-names",
                "autocomplete": "off",
                "hx-get": reverse_lazy("client_suggestions"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#group-names",
            }
        ),
    )
    since = DateField(label=_("Since"), initial=today)


class LeavingForm(forms.Form):
    until = DateField(label=_("First day outside the group"), initial=today)
