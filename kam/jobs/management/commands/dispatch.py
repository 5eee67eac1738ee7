import signal

from django.core.management.base import BaseCommand

from kam.jobs.dispatcher import loop


class Command(BaseCommand):
    help = "Hand due jobs to Celery until stopped by SIGTERM or SIGINT."

    def handle(self, *args, **options):
        stopping = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.append(True))
        loop(lambda: bool(stopping))
