"""A demo workspace: facts from accounts, and on top of them ratings, a matrix and a ranking."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Client, Edit, Organisation, Product, ProductFamily, Standing, Team, User
from accounts.services import history
from accounts.services.allocation import allocate
from accounts.services.demo import (
    agreements,
    benefits,
    connections,
    consents,
    efforts,
    goals,
    handovers,
    initiatives,
    invitations,
    kams,
    lists,
    meetings,
    needs,
    offers,
    onboarding,
    planned_changes,
    plans,
    processes,
    promises,
    radar,
    relationships,
    removals,
    retention,
    sales_plans,
    surveys,
    tasks,
    webhooks,
    years,
)
from accounts.services.demo.load import Loaded, load
from accounts.services.demo.people import address
from accounts.services.demo.shapes import Size
from accounts.services.demo.statistics import analyse_loaded
from accounts.services.demo.words import en, ru
from accounts.services.demo.words.vocabulary import Words
from accounts.services.potential import request_refresh
from accounts.signals import workspace_made
from kam.audit.services import record
from kam.lib.company import company
from kam.lib.models import CompanyRecord
from kam.lib.periods import start_of_day
from scoring.library import ensure_library, prospects_matrix
from scoring.models import Criterion, Matrix, MatrixVersion

from .backtests import Asked, request_backtest
from .demo_decisions import decide_so_far
from .demo_reasons import REASONS
from .ratings import AT_ONCE, Opinion, record_opinions
from .requests import request_ranking
from .versions import Choice, activate, draft_of, save_draft

WORDS = {words.language: words for words in (ru.WORDS, en.WORDS)}

# Two criteria that data tells, wholly or in part, and one that only people can: coverage varies.
CRITERIA = (("profit", 45), ("potential", 30), ("values", 25))
SELECTED = 30
# Entry and exit apart, and how long a trial lasts.
GAP, DWELL_DAYS = 3, 90
# Up to this many clients the history of payments is told day by day; beyond, as it is known today.
CLIENTS_WITH_HISTORY = 20_000
RATED_CLIENTS = 0.9
RATED_CRITERIA = 0.8
SECOND_OPINIONS = 0.15
CHANGED_OPINIONS = 0.12
RATED_WITHIN_DAYS = 400
# So many had been rated before, within the first year of the history: a backtest begins there.
RATED_EARLY = 0.9
# A backtest of a larger workspace is for people to ask for.
CLIENTS_WITH_BACKTEST = 20_000
# What people think of a client on average, by how things stand with it, and for how many days they
# can have known: whoever rated it earlier rated a client that bought.
MEAN_RATING = {"active": 6.6, "prospect": 6.0, "dormant": 4.4, "lost": 3.4}
KNOWN_DAYS = {"dormant": 120, "lost": 270}
SPREAD = 1.9


def make_workspace(
    language: str, size: Size, progress: Callable[[int, int], None] | None = None
) -> Loaded:
    """Fill an empty workspace and ask for its first ranking.  Runs for a system actor.

    Raises ClientsExist where there are clients already.  Facts come in one transaction, what was
    thought of them in a second one, so that it is planned with the sizes of the first, and the rest
    in a third one: rankings and backtests are computed meanwhile, where somebody is at work.
    """
    words = WORDS[language]
    with transaction.atomic():
        loaded = load(words, size, progress)
        _introduce(words)
    analyse_loaded()
    with history.switched_off():
        version = judge_so_far(words, size, loaded)
        request_refresh()
        if size.clients <= CLIENTS_WITH_BACKTEST:
            _try_on_history(version)
    with history.switched_off():
        if size.clients <= CLIENTS_WITH_HISTORY:
            _serve_key_clients(words, size, loaded)
        administrators = (p for p in loaded.people if p.role == User.Role.ADMINISTRATOR)
        administrator = next(administrators)
        connections.connect(words.language, administrator)
        invitations.invite(words, size.as_of, administrator)
        workspace_made.send(sender=Client, people=loaded.people, day=size.as_of)
        record(
            "demo.loaded",
            details={"language": language, "seed": size.seed, "clients": size.clients},
        )
    return loaded


def judge_so_far(words: Words, size: Size, loaded: Loaded) -> MatrixVersion:
    """What people thought of the loaded clients and decided about them: ratings, the criteria (their
    version is returned), the decisions of the past; payments are allocated.  Runs for a system
    actor."""
    with_history = size.clients <= CLIENTS_WITH_HISTORY
    if not with_history:
        allocate(history=False)
    ensure_library()
    opinions = record_opinions(_in_rounds(_opinions(words, size, loaded.people)))
    loaded.rows["scoring_rating"] = opinions.created + opinions.updated
    version = _choose_criteria(words, loaded.people)
    with translation.override(words.language):
        request_ranking(prospects_matrix(version.author))
        if with_history:
            decide_so_far(version, words, size, loaded.people)
            allocate(history=True)
    return version


def _introduce(words: Words) -> None:
    """Say which company this is; nobody is led through a first hour here."""
    now = company()
    CompanyRecord.objects.update_or_create(
        defaults={
            "name": words.company,
            "currency": now.currency,
            "time_zone": now.time_zone,
            "first_hour_over": True,
        }
    )


def _choose_criteria(words: Words, people: list[User]) -> MatrixVersion:
    """Make the demo's criteria the active version of the main matrix; asks for a ranking."""
    matrix = Matrix.objects.get(is_main=True)
    author = next(person for person in people if person.role == User.Role.MANAGER)
    with translation.override(words.language):
        matrix.name = _("Main criteria")
        matrix.save(update_fields=["name"])
        draft = draft_of(matrix, author)
        by_key = Criterion.objects.in_bulk(field_name="key")
        save_draft(
            draft,
            [Choice(by_key[key], Decimal(weight)) for key, weight in CRITERIA],
            selection=MatrixVersion.Selection.TOP_N,
            selection_value=SELECTED,
            min_coverage=draft.min_coverage,
            gap=GAP,
            dwell_days=DWELL_DAYS,
        )
        return activate(
            draft,
            _("Profit today, what may come of it, and whether we work well together."),
            author,
        )
    return draft


def _serve_key_clients(words: Words, size: Size, loaded: Loaded) -> None:
    """What people know of and have agreed with the clients on the list, as they would write it."""
    chosen = Standing.objects.filter(
        value__in=[Standing.Value.KEY, Standing.Value.TRIAL, Standing.Value.WATCH],
        until__isnull=True,
        known_to__isnull=True,
    )
    clients = list(Client.objects.filter(pk__in=chosen.values("client_id")).order_by("pk"))
    parts = (
        relationships, agreements, processes, sales_plans, promises, offers, goals, needs,
        meetings, handovers, kams, onboarding, years, surveys, benefits, initiatives, planned_changes, consents,
        radar, webhooks, tasks, lists,
    )  # fmt: skip
    # Plans hold the goals that were written before.
    for part in (*parts, plans, efforts):
        part.fill(clients, words.language, size.as_of, loaded.people, size.seed)
    removals.fill(clients, words.language, size.as_of)
    retention.fill(clients, words.language, size.as_of, loaded.people, size.seed)


def _try_on_history(version: MatrixVersion) -> None:
    """Ask for two backtests of the version in use beside the one before it."""
    before = version.matrix.versions.filter(number__lt=version.number).order_by("-number").first()
    versions = tuple(each.pk for each in (version, before) if each is not None)
    for target in ("level", "growth"):
        asked = Asked(versions, origins=3, step=3, horizon=12, target=target)
        request_backtest(version.matrix, asked, version.author)


def _opinions(words: Words, size: Size, people: list[User]) -> Iterator[Opinion]:
    """What KAMs, and now and then their managers, think of the clients they care for."""
    rng = np.random.default_rng([size.seed, 0, 1])
    criteria = list(Criterion.objects.filter(rated_by_people=True, in_library=True))
    reasons = REASONS[words.language]
    begun = size.months * 30
    managers = {person.team_id: person for person in people if person.role == User.Role.MANAGER}
    # Served clients only: what is thought of a group holds for its members.
    served = Client.objects.filter(owner__isnull=False, group__isnull=True).order_by("pk")
    for pk, owner_id, team_id, lifecycle in served.values_list(
        "pk", "owner_id", "team_id", "lifecycle"
    ):
        if rng.random() > RATED_CLIENTS:
            continue
        liking = rng.normal(0, SPREAD)
        for criterion in criteria:
            if rng.random() > RATED_CRITERIA:
                continue

            def opinion(
                rater_id: int, days_ago: int, known=lifecycle, criterion=criterion, pk=pk,
                liking=liking,
            ):  # fmt: skip
                if days_ago > KNOWN_DAYS.get(known, days_ago):
                    known = "active"
                value = int(np.clip(round(rng.normal(MEAN_RATING[known] + liking, 0.7)), 1, 10))
                texts = reasons[criterion.key].for_rating(value)
                day = size.as_of - dt.timedelta(days=days_ago)
                return Opinion(
                    client_id=pk,
                    criterion_id=criterion.pk,
                    value=Decimal(value),
                    rater_id=rater_id,
                    date=day,
                    reason=texts[int(rng.integers(len(texts)))],
                    known_from=start_of_day(day),
                )

            if begun > RATED_WITHIN_DAYS + 60 and rng.random() < RATED_EARLY:
                # Long ago nobody knew yet how things would turn out.
                early = int(rng.integers(max(RATED_WITHIN_DAYS + 60, begun - 365), begun))
                yield opinion(owner_id, early, known="prospect")
            days_ago = int(rng.integers(1, RATED_WITHIN_DAYS))
            if rng.random() < CHANGED_OPINIONS:
                yield opinion(owner_id, days_ago + int(rng.integers(60, 200)))
            yield opinion(owner_id, days_ago)
            if team_id in managers and rng.random() < SECOND_OPINIONS:
                yield opinion(managers[team_id].pk, int(rng.integers(1, RATED_WITHIN_DAYS)))


def _in_rounds(opinions: Iterable[Opinion]) -> Iterator[Opinion]:
    """The same opinions, of a few thousand the first of each place first, then the second ones: they
    are written together until a place comes again."""
    opinions = iter(opinions)
    while some := list(islice(opinions, AT_ONCE)):
        seen: Counter[tuple] = Counter()
        rounds = []
        for each in some:
            rounds.append(seen[each.place])
            seen[each.place] += 1
        for at in np.argsort(rounds, kind="stable").tolist():
            yield some[at]


def clear_workspace() -> None:
    """Remove every client with all that hangs on it, the products, and the demo's people.

    Rankings that were published stay in the history without their clients.  Runs for a system
    actor, in one transaction.
    """
    with history.switched_off(), connection.cursor() as cursor:
        # What hangs on people goes in an order of its own; a load before may have made keys strict.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # Lines and allocations have no constraint that would take them along.
        cursor.execute("TRUNCATE accounts_line, accounts_allocation, accounts_client CASCADE")
        Matrix.objects.update(current_run=None)
        for model in (Product, ProductFamily, Organisation):
            model.objects.all().delete()
        retention.clear()
        needs.clear()
        processes.clear()
        webhooks.clear()
        invitations.clear()
        goals.clear()
        kams.clear()
        lists.clear()
        tasks.clear()
        years.clear()
        surveys.clear()
        radar.clear()
        efforts.clear()
        CompanyRecord.objects.all().delete()
        addresses = Q()
        for words in WORDS.values():
            for person in words.people:
                addresses |= Q(email=address(words, person.address))
        User.objects.filter(addresses).delete()
        Edit.objects.filter(client_ref__isnull=False).delete()
        Edit.objects.filter(relation=User._meta.db_table).delete()
        Team.objects.filter(people__isnull=True).delete()
        record("demo.cleared")
