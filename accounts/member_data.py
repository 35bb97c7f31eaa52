"""What this app contributes to erasure, exports, profiles and clean-up."""

from accounts import erasure, purge
from accounts.exports import member_files
from accounts.member_data_registry import ErasureStage, add_erasure_step, add_export_file, add_profile_count
from accounts.models.export import erase_exports_of
from accounts.profiles.profiles import followed_by, followers_of
from libs.cleanup import add_cleanup_task

add_erasure_step(ErasureStage.ACCOUNT, erase_exports_of)

add_export_file("profile", member_files.export_profile)
add_export_file("terms", member_files.export_terms)
add_export_file("sessions", member_files.export_sessions)
add_export_file("security-events", member_files.export_security_events)
add_export_file("blocks", member_files.export_blocks)
add_export_file("following", member_files.export_following)
add_export_file("followers", member_files.export_followers)

add_profile_count("followers", followers_of)
add_profile_count("following", followed_by)

add_cleanup_task("members", erasure.erase_due)
add_cleanup_task("sessions", purge.purge_sessions)
add_cleanup_task("codes", purge.purge_codes)
add_cleanup_task("events", purge.purge_security_events)
add_cleanup_task("guesses", purge.purge_password_guesses)
add_cleanup_task("exports", purge.purge_exports)
add_cleanup_task("admin_sessions", purge.purge_admin_sessions)
