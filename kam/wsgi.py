import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

application = get_wsgi_application()

# What the API is described by takes a second: made before the workers part, so that the first
# requests of a new one are as quick as the others.  Needs the settings only, no database.
from kam.lib import api_contract  # noqa: E402

api_contract.operations()
