"""What the demo's people make of their lists: tags, own fields, views, a card made twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from accounts.models import Client, Interaction, OwnField, SavedView, User
from accounts.selectors.saved_views import kept
from accounts.services import clients as services
from accounts.services import own_fields, saved_views

TEXTS = {
    "en": {
        "window": "Delivery window", "windows": ("before 10 am", "10 am to 4 pm", "after 4 pm"),
        "tender": "Next tender", "branded": "Own brand on packaging",
        "help": "When their store takes goods in.",
        "tags": ("season", "exhibition 2026", "eco", "chain"),
        "lost": "Lost and dormant", "eco": "Interested in eco packaging", "mine": "No KAM yet",
        "copy": "{name} LLC", "note": "They asked for the price list once more.",
    },
    "ru": {
        "window": "Окно доставки", "windows": ("до 10:00", "10:00–16:00", "после 16:00"),
        "tender": "Следующий тендер", "branded": "Свой бренд на упаковке",
        "help": "Когда их склад принимает товар.",
        "tags": ("сезонный", "выставка 2026", "эко", "сеть"),
        "lost": "Спящие и потерянные", "eco": "Интересуются эко-упаковкой", "mine": "Пока без КАМа",
        "copy": "ООО {name}", "note": "Снова просили прайс-лист.",
    },
}  # fmt: skip


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Returns how many clients have got tags or answers.  Runs for the system."""
    told, rng = TEXTS[language], np.random.default_rng([seed, 0, 44])
    window = own_fields.create(
        {"name": told["window"], "kind": "choice", "options": list(told["windows"]),
         "help": told["help"], "position": 1}
    )  # fmt: skip
    tender = own_fields.create({"name": told["tender"], "kind": "day", "position": 2})
    branded = own_fields.create({"name": told["branded"], "kind": "yes", "position": 3})
    touched = [client for client in clients if rng.random() < 0.8]
    for client in touched:
        tags = sorted(tag for tag in told["tags"] if rng.random() < 0.3)
        own = {window.key: told["windows"][int(rng.integers(3))]}
        if rng.random() < 0.4:
            own[tender.key] = (as_of + dt.timedelta(days=int(rng.integers(20, 300)))).isoformat()
        if rng.random() < 0.5:
            own[branded.key] = bool(rng.random() < 0.6)
        Client.objects.filter(pk=client.pk).update(tags=tags, own=own)
    _views(told, people)
    _copy(told, clients, as_of)
    return len(touched)


def clear() -> None:
    """Remove the demo's own fields; views go with their people."""
    names = [told[key] for told in TEXTS.values() for key in ("window", "tender", "branded")]
    OwnField.objects.filter(name__in=names).delete()


def _views(told: dict, people: Sequence[User]) -> None:
    lead = next((each for each in people if each.role == User.Role.MANAGER), None)
    kam = next((each for each in people if each.role == User.Role.KAM), None)
    company, team = SavedView.Shared.COMPANY, SavedView.Shared.TEAM
    for person, name, query, shared in (
        (lead, told["lost"], "lifecycle=dormant&sort=-place", company),
        (lead, told["mine"], "owner=none", team),
        (kam, told["eco"], f"tag={told['tags'][2]}", team),
    ):
        if person is not None:
            saved_views.save(person, "client_list", kept(query), {"name": name, "shared": shared})


def _copy(told: dict, clients: Sequence[Client], as_of: dt.date) -> None:
    """Somebody wrote a known client down once more, under its full name."""
    known = next((each for each in clients if each.inn and each.kind != Client.Kind.GROUP), None)
    if known is None:
        return
    copy = Client.objects.create(
        name=told["copy"].format(name=known.name), inn=known.inn, kpp=known.kpp,
        city=known.city, country=known.country, lifecycle=Client.Lifecycle.PROSPECT,
        owner=known.owner, team=known.team,
    )  # fmt: skip
    Interaction.objects.create(
        client=copy, author=known.owner, source=services.BY_HAND, key=f"copy-{known.pk}",
        kind=Interaction.Kind.CALL, date=as_of - dt.timedelta(days=9), subject=told["note"],
    )  # fmt: skip
