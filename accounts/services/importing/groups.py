"""Groups that a list of clients names, and who belongs to them since when.

The cell holds the group's name, or the external id of the company at its head, which then
belongs to the group too and gives it its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import Client, ClientIdentifier, Membership
from kam.lib.periods import start_of_day, today

from .load import Load
from .staging import run, stage

# Loaded as history, a group counts as always known: nothing says when it was formed.
BEGINNING = dt.date(1900, 1, 1)


def join(load: Load, clients: Sequence[int | None]) -> None:
    """Put the client of each row into the group that the row names."""
    wanted: dict[int, str] = {}
    for client, name in zip(clients, load.column("group"), strict=True):
        if client is not None and name:
            wanted[client] = name
    if not wanted:
        return
    wanted = _named(load, wanted)
    groups = _groups(load, set(wanted.values()))
    _write(load, {client: groups[name] for client, name in wanted.items()})


def _named(load: Load, wanted: dict[int, str]) -> dict[int, str]:
    """The same with names of groups in place of external ids of their heads."""
    heads = dict(
        ClientIdentifier.objects.filter(
            source=load.source, external_id__in=set(wanted.values())
        ).values_list("external_id", "client_id")
    )
    names = dict(Client.objects.filter(pk__in=heads.values()).values_list("pk", "name"))
    named = {
        client: names[heads[group]] if group in heads else group[:255]
        for client, group in wanted.items()
    }
    for group in set(wanted.values()) & heads.keys():
        named.setdefault(heads[group], names[heads[group]])
    return named


def _groups(load: Load, names: set[str]) -> dict[str, int]:
    """Ids of the groups by name; those that are not there are made."""
    rows = Client.objects.filter(kind=Client.Kind.GROUP, name__in=names).order_by("-pk")
    found = {name: group for group, name in rows.values_list("pk", "name")}
    fresh = Client.objects.bulk_create(
        Client(kind=Client.Kind.GROUP, name=name, lifecycle=Client.Lifecycle.ACTIVE)
        for name in sorted(names - found.keys())
    )
    counts = load.report.counts("groups")
    counts.created += len(fresh)
    counts.unchanged += len(found)
    return found | {group.name: group.pk for group in fresh}


def _write(load: Load, group_of: dict[int, int]) -> None:
    """Close memberships in other groups as of today and open the new ones.

    A first load as history knows no earlier group, so the membership holds from the beginning.
    """
    stage("staged_member", {"member": "bigint", "grp": "bigint"}, group_of.items())
    run(
        """
        DELETE FROM staged_member s USING accounts_membership m
         WHERE m.member_id = s.member AND m.group_id = s.grp
           AND m.known_to IS NULL AND m.until IS NULL
        """
    )
    day = today()
    left = """
        FROM staged_member s, accounts_membership m
        WHERE m.member_id = s.member AND m.known_to IS NULL AND m.until IS NULL
    """
    # What was known before stays readable; the new row says when the membership ended.
    run(
        f"""
        INSERT INTO accounts_membership (member_id, group_id, since, until, known_from)
        SELECT m.member_id, m.group_id, m.since, %s, %s {left} AND m.since < %s
        """,
        [day, load.now, day],
    )
    run(
        """
        UPDATE accounts_membership m SET known_to = %s FROM staged_member s
         WHERE m.member_id = s.member AND m.known_to IS NULL AND m.until IS NULL
        """,
        [load.now],
    )
    had_group = set(
        Membership.objects.filter(member__in=list(group_of)).values_list("member_id", flat=True)
    )
    always = load.history
    run(
        """
        INSERT INTO accounts_membership (member_id, group_id, since, known_from)
        SELECT member, grp,
               CASE WHEN %(always)s AND NOT member = ANY(%(had)s) THEN %(start)s::date
                    ELSE %(day)s::date END,
               CASE WHEN %(always)s AND NOT member = ANY(%(had)s) THEN %(beginning)s::timestamptz
                    ELSE %(now)s::timestamptz END
          FROM staged_member
        """,
        {
            "always": always,
            "had": sorted(had_group),
            "start": BEGINNING,
            "day": day,
            "beginning": start_of_day(BEGINNING),
            "now": load.now,
        },
    )
    moved = run(
        "UPDATE accounts_client c SET group_id = s.grp FROM staged_member s WHERE c.id = s.member"
    )
    load.report.counts("memberships").created += moved
