"""The base model of records with ids in time order."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, router, transaction

from libs.keyset.ids import new_id


class TimeOrdered(models.Model):
    """A record whose id is made by `new_id` and never used again."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as Django does; a new record whose id is taken gets another one."""
        if not self._state.adding:
            return super().save(*args, **kwargs)
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        try:
            with transaction.atomic(using=using):
                super().save(*args, **kwargs)
        except IntegrityError:
            if not type(self)._base_manager.using(using).filter(pk=self.pk).exists():
                raise
            self.pk = new_id()
            super().save(*args, **kwargs)


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
