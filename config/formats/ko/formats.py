"""Formats of Korean pages and e-mails; Django puts the half of the day after the hour."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i T"
SHORT_DATETIME_FORMAT = "Y-n-j H:i T"
TIME_FORMAT = "A g:i"
