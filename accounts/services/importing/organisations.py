"""Our own legal entities, in whose name documents are issued."""

from accounts.models import Organisation


def organisations(names: set[str]) -> dict[str, int]:
    """Ids by name; those that are not there are made."""
    short = {name: name[:255] for name in names}
    found = dict(Organisation.objects.filter(name__in=short.values()).values_list("name", "pk"))
    fresh = Organisation.objects.bulk_create(
        Organisation(name=name) for name in sorted(set(short.values()) - found.keys())
    )
    found |= {organisation.name: organisation.pk for organisation in fresh}
    return {name: found[cut] for name, cut in short.items()}
