"""What media refuses."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class NotAnImage(APIException):
    """No picture we open, or a broken or dishonest one."""

    status_code = 400
    default_code = "not_an_image"
    default_detail = _("This file is no picture we can open, or it is damaged. Send a JPEG, PNG, WebP, AVIF or HEIC.")


class ImageTooLarge(APIException):
    """More bytes than IMAGE_MAX_BYTES."""

    status_code = 413
    default_code = "image_too_large"
    default_detail = _("This picture has too many bytes. Make it smaller and send it again.")


class ImageTooManyPixels(APIException):
    """More pixels than IMAGE_MAX_PIXELS, or far more than its bytes can hold."""

    status_code = 400
    default_code = "image_too_many_pixels"
    default_detail = _("This picture has too many pixels. Make it smaller and send it again.")


class TooManyImages(APIException):
    """More pictures at once than one post may have."""

    status_code = 400
    default_code = "too_many_images"
    default_detail = _("These are more pictures than one post can have. Send fewer.")


class QuotaExceeded(APIException):
    """A member keeps as much as they may (IMAGE_QUOTA_BYTES, IMAGE_QUOTA_COUNT)."""

    status_code = 403
    default_code = "quota_exceeded"
    default_detail = _("You have used all your room for pictures. Delete some before you send more.")


class ImageNotUsable(APIException):
    """A picture that is unknown, somebody else's or shown already; which of them is nobody's business."""

    status_code = 400
    default_code = "image_not_usable"
    default_detail = _("There is no picture of yours with this id that is still free. Send the picture again.")


class ImageInUse(APIException):
    """A picture cannot be deleted while something shows it."""

    status_code = 409
    default_code = "image_in_use"
    default_detail = _("This picture is shown. Delete the post that shows it, or choose another avatar, first.")


class StorageUnavailable(APIException):
    """Where pictures are kept does not answer; nothing was kept."""

    status_code = 503
    default_code = "storage_unavailable"
    default_detail = _("Pictures cannot be stored at the moment. Try again in a little while.")
    # How long a client had better wait. Seconds.
    wait = 5


class Busy(APIException):
    """So many pictures are being taken in that one more would keep everybody waiting; nothing was kept."""

    status_code = 503
    default_code = "busy"
    default_detail = _("Too many pictures arrive at this moment. Try again in a few seconds.")
    # How long a client had better wait. Seconds.
    wait = 3


# What sending pictures may be refused for, by themselves and with a post.
INTAKE = (NotAnImage, ImageTooLarge, ImageTooManyPixels, QuotaExceeded, StorageUnavailable, Busy)
