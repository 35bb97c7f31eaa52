"""What a request of the API costs, next to the least that the same answer can cost: `python -m benchmarks.api`.

It starts PostgreSQL, Redis and the servers itself, on free ports of this machine:

- `ours`: this project with production settings, on gunicorn with 2 processes of 4 threads; rate limits, session check
  and request log on, the log in a file.
- `uncached`: the same without the cache of the newest posts (`FEED_CACHE_POSTS=0`).
- `limit` (`limit.py`): one hand-written statement a request in a bare WSGI program, on granian with 2 processes. It
  checks the token's signature and returns the same posts, which is verified before anything is measured.
- `stock` (`stock_views.py`): Django REST framework as its tutorial writes it, on our tables, on gunicorn as ours.

The figure is CPU seconds of server, PostgreSQL and Redis for 1,000 requests. It moves by a tenth on a busy machine, on
which requests per second move by a factor of two. The client's CPU is not counted. Servers alternate inside a round,
and ratios are taken inside a round.
"""
