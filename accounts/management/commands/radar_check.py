"""How good the detectors of problems are: on planted troubles, and on the company's own past."""

import datetime as dt

from django.core.management.base import BaseCommand

from accounts.models import Client
from accounts.radar import trial
from accounts.selectors.order_days import order_days
from accounts.services.radar_facts import watched
from kam.lib.periods import today
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = "Precision and recall of the detectors of problems."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--clients", type=int, default=300)

    def handle(self, *args, seed, clients, **options):
        self.stdout.write(f"Planted troubles, {clients} clients, seed {seed}:")
        self.stdout.write("detector       planted  found  false  precision  recall  days (median)")
        for kind, tally in trial.run(seed, clients).items():
            days = sorted(tally.days)
            middle = days[len(days) // 2] if days else "—"
            self.stdout.write(
                f"{kind:<14} {tally.planted:>7}  {tally.found:>5}  {tally.false:>5}  "
                f"{share(tally.precision):>9}  {share(tally.recall):>6}  {middle}"
            )
        with acting_system("check of the radar"):
            self._own_past()

    def _own_past(self):
        day = today()
        begin = day - dt.timedelta(days=365)
        ids = list(Client.objects.filter(watched()).values_list("pk", flat=True))
        found = order_days(ids, begin - dt.timedelta(days=730), day)
        seen = trial.late_orders([sorted(set(each)) for each in found.values()], begin, day)
        self.stdout.write(
            f"Own past, {len(ids)} clients, a year of weeks, label: no order in three times the "
            f"expected gap.\n{seen.gaps} gaps, {seen.lost} of them lost, {seen.said} told as late, "
            f"{seen.both} of both: precision {share(seen.precision)}, recall {share(seen.recall)}"
        )


def share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
