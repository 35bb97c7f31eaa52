"""Events of this app (libs.events)."""

from collections.abc import Sequence

from libs.events import Event

# A decision of which the member whom it concerns is notified: the ids of the member, who is locked, and the decision.
MEMBER_NOTIFIED = Event[[int, int]]()
# A decision has given reports an outcome, which may replace an earlier one: the ids of the reports, which are locked.
REPORTS_DECIDED = Event[[Sequence[int]]]()
