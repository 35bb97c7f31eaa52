"""What this app contributes to clean-up."""

from libs.cleanup import add_cleanup_task
from media.purge import purge_unreferenced

add_cleanup_task("images", lambda: purge_unreferenced().images)
