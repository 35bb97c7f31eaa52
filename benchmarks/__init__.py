"""Costs in seconds and bytes, measured by hand on an idle machine; the tests assert none of them.

`make benchmark`: what each request of the API costs, next to the least that it could cost.
`python -m benchmarks.hostile_images`: processor time and memory of each hostile image file, next to a good photo.
`python -m benchmarks.android_posts`: how long the Android app waits for a post with seven images, alone and
with two other phones.
`python -m benchmarks.admin_pages`: SQL statements and time of each page of the admin, on a database of any size.
`python -m benchmarks.outages`: how long clients and probes wait without a database, and what is done above capacity.
"""
