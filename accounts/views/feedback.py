"""What a client says of us and gains from us: surveys, benefits, words for others, referrals."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.selectors import benefits, ledger
from accounts.selectors import surveys as found
from kam.lib.periods import today

from .clients import _found, head
from .references import shown

SHOWN = 50


@require_GET
def client_feedback(request, pk):
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    brought = benefits.referrals(day, by=entities)
    came, revenue = benefits.brought(brought)
    context = {
        "invitations": found.of_clients(entities)[:SHOWN],
        "waiting": found.waiting_of(entities)[:SHOWN],
        "benefits": benefits.benefits_of(entities)[:SHOWN],
        "totals": benefits.totals_of(entities, day),
        "references": shown(benefits.references_of(entities)[:SHOWN], day),
        "brought": brought,
        "came": came,
        "brought_revenue": revenue,
        "today": day,
    }
    return render(request, "accounts/clients/feedback.html", context | head(client))
