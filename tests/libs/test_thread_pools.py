"""The priority of the threads of a pool."""

import os
import sys
import threading

import pytest

from libs.thread_pools import CallerThreadPoolExecutor, lower_priority

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux only")


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_the_threads_of_a_pool_have_the_priority_that_it_gives_them() -> None:
    lowest = 19
    with CallerThreadPoolExecutor(1, initializer=lower_priority, initargs=(lowest,)) as pool:
        assert pool.submit(_niceness).result() == lowest


def test_a_thread_with_less_priority_does_not_ask_for_more_which_the_system_refuses() -> None:
    with CallerThreadPoolExecutor(1, initializer=lower_priority, initargs=(19,)) as pool:
        pool.submit(lower_priority, 1).result()
        assert pool.submit(_niceness).result() == 19
