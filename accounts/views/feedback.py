"""What a client says of us: surveys answered, and what waits for an answer."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.selectors import ledger
from accounts.selectors import surveys as found
from kam.lib.periods import today

from .clients import _found, head

SHOWN = 50


@require_GET
def client_feedback(request, pk):
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    context = {
        "invitations": found.of_clients(entities)[:SHOWN],
        "waiting": found.waiting_of(entities)[:SHOWN],
        "today": day,
    }
    return render(request, "accounts/clients/feedback.html", context | head(client))
