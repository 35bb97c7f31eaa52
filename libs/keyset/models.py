"""The base model of records with ids in time order."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from libs.compiled_inserts import insert_unless_exists
from libs.keyset.ids import new_id


class TimeOrdered(models.Model):
    """A record whose id is made by `new_id` and never used again."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> list[Any]:
        """Insert the record, which Django's `save` calls; one whose id is taken gets another one."""
        if raw:
            # Fixtures are stored as they are.
            inserted: list[Any] = super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
            return inserted
        while not insert_unless_exists(self, "id", using=using):
            self.pk = new_id()
        return []


New = TypeVar("New", bound=TimeOrdered)


def save_all(records: Sequence[New]) -> Sequence[New]:
    """Save new records of one model by one statement, in the caller's transaction.

    When an id among them is taken, they are saved one by one, and that record gets another id.
    """
    try:
        with transaction.atomic():
            return type(records[0])._base_manager.bulk_create(records) if records else records
    except IntegrityError:
        for record in records:
            record.save()
    return records
