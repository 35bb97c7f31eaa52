"""Querysets whose SQL is made once: the hot reads of the server, in the words of the ORM at the price of SQL."""
