"""Static files that come in the wheels of our dependencies: Plotly and the Onest typeface.

Nothing third-party is committed and nothing is fetched from elsewhere at run time.
"""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

# URL path under static/ -> (package, glob inside the package)
FILES = {
    "vendor/plotly.min.js": ("plotly", "package_data/plotly.min.js"),
    "vendor/onest.ttf": ("fontpkg_onest", "**/*.ttf"),
}


def locate(package: str, pattern: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return next(iter(sorted(Path(spec.submodule_search_locations[0]).glob(pattern))), None)


class WheelFinder(BaseFinder):
    """Finds the files named in :data:`FILES`, and nothing else of those packages."""

    def __init__(self, *args, **kwargs):
        self.paths = {url: locate(*place) for url, place in FILES.items()}

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = self.paths.get(path)
        if find_all:
            return [str(found)] if found else []
        return str(found) if found else None

    def list(self, ignore_patterns):
        for url, path in self.paths.items():
            if path:
                yield url, _OneFile(path)


class _OneFile(FileSystemStorage):
    """A storage that opens one file whatever it is asked for (collectstatic copies by it)."""

    prefix = ""

    def __init__(self, path: Path):
        super().__init__(location=path.parent)
        self.file = path

    def path(self, name):
        return str(self.file)


class ManifestStorage(ManifestStaticFilesStorage):
    """Hashed names, ES modules included."""

    support_js_module_import_aggregation = True
