"""The settings of production pass Django's own list of what to look after, without one warning."""

import os
import secrets
import subprocess
import sys


def test_the_production_settings_pass_the_deploy_check():
    settings = {
        "SECRET_KEY": secrets.token_urlsafe(48), "SITE_URL": "https://kam.example", "DEBUG": "0",
        "ALLOWED_HOSTS": "kam.example",
        "DATABASE_URL": "postgres://kam_app:x@127.0.0.1:1/kam", "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=kept | settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
