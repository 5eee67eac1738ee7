"""What people make of lists: saved views, own fields, what was decided of twins."""

from accounts.models import Client, Edit, OwnField, SavedView, Twin, User


def common(world) -> None:
    world.common["own_field"] = OwnField.objects.create(
        name="Delivery window", kind="choice", options=["Morning", "Evening"]
    )


def lists(world, relation: str, client: Client, word: str, owner: User) -> None:
    world.add(relation, world.common["own_field"])
    shared = "nobody" if relation == "foreign" else "team"
    view = SavedView.objects.create(
        person=owner, page="client_list", query=f"segment={word}", name=f"{word} view",
        shared=shared,
    )  # fmt: skip
    world.add(relation, view)
    twin = Twin.objects.create(
        kept=client, other_id=987_000, other_name=f"{word} twin", decision="two", person=owner
    )
    world.add(relation, twin)
    answer = {world.common["own_field"].key: f"{word} hours"}
    edit = Edit.objects.create(
        relation="accounts_client", object_id=client.pk, client_ref=client.pk, did="changed",
        before={"segment": f"{word} before"}, after={"segment": f"{word} after"}, actor=owner,
        actor_name=str(owner),
    )  # fmt: skip
    world.add(relation, edit)
    Client.objects.filter(pk=client.pk).update(tags=[f"{word} tag"], own=answer)
