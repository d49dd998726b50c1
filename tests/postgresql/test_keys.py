"""Every table's first key is the owner, as a database sharded by owner wants it, and none can be forgotten."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models
from django.test.utils import isolate_apps

from goodterms import owned, sql
from goodterms.accounts.models import Owner
from goodterms.people.models import Identity, Person
from goodterms.postgresql.schema import FOUND_BY_OWNER, REFERENCE_TABLES
from tests.ledger.made import NOON, make_owner, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

WITHOUT_OWNER = {"goodterms_owner", "goodterms_user", "goodterms_user_groups", "goodterms_user_user_permissions"}
REFERENCE = WITHOUT_OWNER | set(REFERENCE_TABLES)

# What is written into a catalogue in numbers, by its names.
_NAMES = """ARRAY(
    SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number ORDER BY k.place)"""


Later = tuple[type[models.Model], "models.ForeignKey[Owner, Owner]"]


class ForeignKey(NamedTuple):
    """A foreign key as the database has it."""

    table: str
    columns: list[str]
    to_table: str
    to_columns: list[str]
    is_deferred: bool


def foreign_keys() -> list[ForeignKey]:
    mine = _NAMES.format(numbers="conkey", table="conrelid")
    theirs = _NAMES.format(numbers="confkey", table="confrelid")
    found = sql.fetch(
        f"SELECT conrelid::regclass::text, {mine}, confrelid::regclass::text, {theirs}, condeferrable AND condeferred "
        "FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'goodterms%%' ORDER BY 1, 2"
    )
    return [ForeignKey(*row) for row in found]


def indexes(*, only_unique: bool) -> list[tuple[str, list[str]]]:
    columns = _NAMES.format(numbers="indkey::int2[]", table="indrelid")
    found = sql.fetch(
        f"SELECT indrelid::regclass::text, {columns} FROM pg_index "
        "WHERE indrelid::regclass::text LIKE 'goodterms%%' AND (indisunique OR NOT %s) ORDER BY 1, 2",
        [only_unique],
    )
    return [(table, columns) for table, columns in found]


def owned_models() -> list[type[models.Model]]:
    every = apps.get_app_config("goodterms").get_models(include_auto_created=True)
    return [model for model in every if model._meta.db_table not in REFERENCE]


def test_every_table_has_an_owner_or_is_known_not_to() -> None:
    for model in owned_models():
        assert "owner_id" in {field.column for field in model._meta.local_fields}, model


def test_every_key_of_a_table_begins_with_the_owner() -> None:
    found = indexes(only_unique=True)
    assert {table for table, _ in found} >= {model._meta.db_table for model in owned_models()}
    assert [key for key in found if key[0] not in REFERENCE and key[1][0] != "owner_id"] == []


def test_every_foreign_key_between_tables_of_an_owner_holds_the_owner_on_both_sides() -> None:
    found = {(key.table, key.columns[-1]): key for key in foreign_keys()}
    wanted = [
        (model._meta.db_table, field.column, field.related_model._meta)
        for model in owned_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table not in REFERENCE
    ]
    assert len(wanted) > 20
    for table, column, to in wanted:
        key = ForeignKey(table, ["owner_id", column], to.db_table, ["owner_id", str(to.pk.column)], is_deferred=True)
        assert found[table, column] == key


def test_what_every_shard_has_leads_to_nothing_that_is_sharded() -> None:
    leading = [key for key in foreign_keys() if key.table in REFERENCE]
    assert {key.table for key in leading} >= set(REFERENCE_TABLES)
    assert [key for key in leading if key.to_table in {model._meta.db_table for model in owned_models()}] == []


def test_models_keep_to_the_owner_in_joins_wherever_a_key_leads_to_a_row_of_theirs() -> None:
    for model in owned_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table not in REFERENCE:
                assert isinstance(field, owned.ForeignKey | owned.OneToOneField), field


def test_a_row_can_be_found_by_its_number_alone_where_it_may_be() -> None:
    """Django saves a row by its number; a table in which that would mean reading all of it is not saved to so."""
    found = indexes(only_unique=False)
    by_number = {table for table, columns in found if columns[0] in {"id", "person_id", "entry_id"}}
    everything = {model._meta.db_table for model in owned_models()}
    assert everything - by_number == set(FOUND_BY_OWNER)


def test_no_table_has_two_indexes_of_the_same_columns() -> None:
    found = sql.fetch(
        "SELECT indexrelid::regclass::text FROM pg_index i WHERE indrelid::regclass::text LIKE 'goodterms%%' "
        "AND EXISTS (SELECT 1 FROM pg_index o WHERE o.indrelid = i.indrelid AND o.indexrelid < i.indexrelid "
        "AND o.indkey = i.indkey AND o.indclass = i.indclass AND o.indpred IS NULL AND i.indpred IS NULL)"
    )
    assert found == []


def test_a_row_that_leads_to_another_owners_is_refused() -> None:
    olga, otto = make_owner("Olga"), make_owner("Otto")
    theirs = Identity(owner=otto, person=make_person(olga), kind="email", value="a@b.test", is_current=True)
    theirs.key, theirs.source, theirs.seen_at = "k" * 64, "owner", NOON
    theirs.save()
    with pytest.raises(DatabaseError, match="goodterms_person"):
        connection.check_constraints()


def test_a_row_cannot_be_given_to_another_owner_while_others_lead_to_it() -> None:
    olga, otto = make_owner("Olga"), make_owner("Otto")
    alice = make_person(olga)
    make_person(olga, "Bob", merged_into=alice)
    Person.objects.filter(pk=alice.pk).update(owner=otto)
    with pytest.raises(DatabaseError, match="goodterms_person"):
        connection.check_constraints()


@pytest.fixture
def later() -> Iterator[Later]:
    """A table of a later version, without its owner, and the owner: Django adds some columns one by one."""
    with isolate_apps("goodterms"):

        class Table(models.Model):
            person = models.OneToOneField(Person, models.PROTECT, related_name="+")
            before = models.ForeignKey("self", models.PROTECT, null=True, db_index=False)

            class Meta:
                app_label = "goodterms"
                db_table = "goodterms_later"

            def __str__(self) -> str:
                return ""

        owner = models.ForeignKey(Owner, models.PROTECT, db_index=False, related_name="+")
        owner.set_attributes_from_name("owner")
        owner.model = Table
        yield Table, owner


def test_a_table_of_a_later_version_gets_such_keys_by_itself(
    later: Later,
) -> None:
    model, owner = later
    with connection.schema_editor() as editor:
        editor.create_model(model)
        editor.add_field(model, owner)
    keys = [columns for table, columns in indexes(only_unique=True) if table == "goodterms_later"]
    assert keys == [["owner_id", "id"], ["owner_id", "person_id"]]
    leading = {tuple(key.columns): key.to_columns for key in foreign_keys() if key.table == "goodterms_later"}
    assert leading == {
        ("owner_id", "before_id"): ["owner_id", "id"],
        ("owner_id", "person_id"): ["owner_id", "id"],
        ("owner_id",): ["id"],
    }
