"""What the tables look like between two steps of ``migrate``, told to Django at less cost.

For each step Django builds the classes of all models anew that have to do with the one that
changes, and a client has to do with nearly all.  From an empty database to the newest structure that
is most of the time.  What is new refers to classes that stay as they are: a new model is built
alone, a new field, index or constraint is put on its class.  Every other change has all classes
built anew when they are next asked for.
"""

from __future__ import annotations

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field


class State(ProjectState):
    """A state of the project whose classes grow with it."""

    def clone(self) -> State:
        same = super().clone()
        same.__class__ = State  # Django names its own class there
        return same

    def add_model(self, model_state: ModelState) -> None:
        built = self._built()
        super().add_model(model_state)  # it does not see ``built``
        self._keep(built)
        if built is not None:
            built.render_multiple([model_state])

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Field, preserve_default: bool
    ) -> None:
        built = self._built()
        super().add_field(app_label, model_name, name, field, preserve_default)
        self._keep(built)
        if built is not None:
            model = built.get_model(app_label, model_name)
            model.add_to_class(name, self.models[app_label, model_name].fields[name].clone())
            built.clear_cache()

    def _append_option(
        self, app_label: str, model_name: str, option_name: str, obj: object
    ) -> None:
        built = self._built()
        super()._append_option(app_label, model_name, option_name, obj)
        self._keep(built)
        if built is not None:
            told = built.get_model(app_label, model_name)._meta
            setattr(told, option_name, [*getattr(told, option_name), obj])

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self._built()

    def reload_models(self, models, delay: bool = True) -> None:
        self._built()

    def _built(self):
        """The classes as far as they are built, which this state lets go of."""
        return self.__dict__.pop("apps", None)

    def _keep(self, built) -> None:
        if built is not None:
            self.__dict__["apps"] = built


class Executor(MigrationExecutor):
    """Django's, with such states where a database is made from nothing.

    An update has few steps, and its classes belong to the state before them: there all is as Django
    does it.
    """

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state = super()._create_project_state(with_applied_migrations)
        if not self.loader.applied_migrations:
            state.__class__ = State
        return state
