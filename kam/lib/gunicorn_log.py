"""gunicorn's own lines, in the form of all others where ``LOG_FORMAT`` is json."""

import os

from gunicorn.glogging import Logger

from .logs import Context, Json


class Lines(Logger):
    def setup(self, cfg):
        super().setup(cfg)
        if os.environ.get("LOG_FORMAT") != "json":
            return
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.addFilter(Context())
            handler.setFormatter(Json())
