"""Secrets in the memory and the environment of a server process."""

import subprocess
import sys

import pytest

# Prints whether a child can read the environment of its parent, before and after the parent hides its memory. Not as
# root, who can read everything; setuid turns dumping off, so the script turns it on again first.
SCRIPT = """
import ctypes, os
from libs.process_memory import PR_SET_DUMPABLE, hide_memory

def child_reads_environment():
    parent, child = os.getpid(), os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        open(f"/proc/{parent}/environ").read()
    except PermissionError:
        os._exit(1)
    os._exit(0)

if os.geteuid() == 0:
    os.setuid(65_534)
ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
print(child_reads_environment())
hide_memory()
print(child_reads_environment())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of processes is hidden on Linux only")
def test_a_child_process_cannot_read_the_servers_environment() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
