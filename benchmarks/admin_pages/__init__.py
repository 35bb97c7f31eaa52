r"""What each page of the admin costs on the database of DATABASE_URL: `python -m benchmarks.admin_pages`.

Each row is a page: its SQL statements, and milliseconds from the request to the whole response, in this process, median
of five. CPU is that of this process and of its connection to a PostgreSQL on the same machine, which tells more on one
that is not idle. Pages are those of a senior moderator, of an operator for jobs, and of the records with most to show.
Appeals, words, jobs and reports of a comment, of which `manage.py seed` makes none, are added. All of it happens in one
transaction that is rolled back. It takes two minutes with a million posts, a million comments and 100,000 reports:

    manage.py seed --members 20000 --posts 1000000 --blocks 200000 --images 0 --comments 1000000 \
        --reports 100000 --open-reports 95000
"""
