"""The web process never talks to the broker: it does not even load a client for it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

LOAD_THE_WEB = """
import json, sys
from kam.wsgi import application
from django.urls import get_resolver

def load(resolver):
    for entry in resolver.url_patterns:
        getattr(entry, "callback", None) or load(entry)

load(get_resolver())
print(json.dumps([name for name in sys.modules if name.split(".")[0] in
                  {"redis", "kombu", "celery", "amqp"}]))
"""


def test_no_web_module_loads_a_broker_client():
    done = subprocess.run(
        [sys.executable, "-c", LOAD_THE_WEB], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.strip().splitlines()[-1]) == []


def test_asking_for_work_loads_none_either():
    """Naming a kind of job imports every app's tasks, and still nothing of the broker."""
    code = LOAD_THE_WEB.replace(
        "load(get_resolver())", "from kam.jobs import registry; registry.kinds()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.strip().splitlines()[-1]) == []
