"""SwitchState: a switch that an operator has turned, so that it stays so after a restart."""

from django.db import models
from django.utils import timezone


class SwitchState(models.Model):
    """The state of one switch; a switch without a row is on."""

    name = models.CharField(max_length=40, unique=True)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.name}: {'on' if self.is_on else 'off'}"
