"""What this app contributes to erasure, exports and profiles."""

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.exports import member_files
from accounts.member_data_registry import (
    ErasureStage,
    ProfileCount,
    add_erasure_step,
    add_export_file,
    add_profile_count,
)
from accounts.models import Export, Follow, Member
from accounts.profiles.follows import followed_by, followers_of
from libs.cleanup import chunk_ids, delete_chunk
from media.models import Image


def erase_exports(member: Member, limit: int) -> bool:
    """Delete data exports, files included."""
    exports = Export.objects.filter(pk__in=chunk_ids(member.exports.all(), limit))
    exports.delete_files_later()
    return exports.delete()[0] == limit


def erase_tokens(member: Member, limit: int) -> bool:
    """Delete the records of refresh tokens; their foreign key would only be set to null."""
    return delete_chunk(OutstandingToken.objects.filter(user=member.pk), limit) == limit


def erase_related_rows(member: Member, limit: int) -> bool:
    """Delete the rows of all apps that would be deleted with the member's own: there may be too many for one go."""
    for relation in Member._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is models.CASCADE:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: member.pk})
            if delete_chunk(rows, limit) == limit:
                return True
    return False


def erase_images(member: Member, limit: int) -> bool:
    """Discard the member's images, which nothing uses any more; without an owner the next chunk leaves them out."""
    ids = chunk_ids(Image.objects.filter(owner=member.pk), limit)
    Image.objects.discard(ids)
    Image.objects.filter(pk__in=ids).update(owner=None)
    return len(ids) == limit


add_erasure_step(ErasureStage.ACCOUNT, erase_exports)
add_erasure_step(ErasureStage.ACCOUNT, erase_tokens)
add_erasure_step(ErasureStage.ACCOUNT, erase_related_rows)
add_erasure_step(ErasureStage.IMAGES, erase_images)

add_export_file("profile", member_files.export_profile)
add_export_file("terms", member_files.export_terms)
add_export_file("sessions", member_files.export_sessions)
add_export_file("security-events", member_files.export_security_events)
add_export_file("blocks", member_files.export_blocks)
add_export_file("mutes", member_files.export_mutes)
add_export_file("following", member_files.export_following)
add_export_file("followers", member_files.export_followers)

add_profile_count(
    "followers", ProfileCount(lambda member: Follow.objects.filter(followed=member.pk), visible_rows=followers_of)
)
add_profile_count(
    "following", ProfileCount(lambda member: Follow.objects.filter(follower=member.pk), visible_rows=followed_by)
)
