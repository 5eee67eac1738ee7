"""Room to grow: a part of the client's page, and what the client says it buys in all."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.potential import WalletForm
from accounts.models import Client
from accounts.selectors import potential as found
from accounts.services import clients, potential
from kam.lib.views import find, find_editable, wants_part


@require_GET
def client_potential(request, pk):
    client = find(Client, queryset=Client.objects.select_related("group"), pk=pk)
    row = found.potential_of(client)
    context = {
        "client": client,
        "editable": clients.may_edit(client),
        "potential": row,
        "reasons": found.reasons_of(row) if row else [],
        "wallet": found.wallet_of(client),
    }
    part = "_potential" if wants_part(request) else "potential"
    return render(request, f"accounts/clients/{part}.html", context)


@require_http_methods(["GET", "POST"])
def wallet_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not clients.may_edit(client):
        return redirect("client_detail", pk=pk)
    find_editable(Client, pk=pk)
    form = WalletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            potential.state_wallet(
                client,
                data["amount"],
                date=data["date"],
                source=data["source"],
                author=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Noted. The growth potential is being computed anew."))
            return redirect("client_detail", pk=pk)
    context = {"client": client, "form": form, "said": found.wallets_of(pk)}
    part = "_wallet_form" if wants_part(request) else "wallet_form"
    return render(request, f"accounts/clients/{part}.html", context)
