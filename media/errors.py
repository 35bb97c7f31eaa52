"""Errors of image uploads."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class NotAnImage(APIException):
    """The file is not an image of an accepted format, is broken, or makes false claims."""

    status_code = 400
    default_code = "not_an_image"
    default_detail = _("This file is damaged, or not a photo that can be opened. Send a JPEG, PNG, WebP, AVIF or HEIC.")


class ImageTooLarge(APIException):
    """The file has more than IMAGE_MAX_BYTES."""

    status_code = 413
    default_code = "image_too_large"
    default_detail = _("This photo's file is too large. Make it smaller and send it again.")


class ImageTooManyPixels(APIException):
    """The image has more than IMAGE_MAX_PIXELS, or far more pixels than its bytes can hold."""

    status_code = 400
    default_code = "image_too_many_pixels"
    default_detail = _("This photo has too many pixels. Make it smaller and send it again.")


class TooManyImages(APIException):
    """The request has more images than POST_MAX_IMAGES."""

    status_code = 400
    default_code = "too_many_images"
    default_detail = _("These are more photos than one post can have. Send fewer.")


class QuotaExceeded(APIException):
    """The member has used up IMAGE_QUOTA_BYTES or IMAGE_QUOTA_COUNT."""

    status_code = 403
    default_code = "quota_exceeded"
    default_detail = _("You have used all your space for photos. Delete some before you send more.")


class ImageNotUsable(APIException):
    """The image is unknown, somebody else's or used already; the response does not tell which."""

    status_code = 400
    default_code = "image_not_usable"
    default_detail = _("One of these photos is not yours, is used already or was deleted. Send the photo again.")


class ImageInUse(APIException):
    """The image cannot be deleted while a post or an avatar shows it."""

    status_code = 409
    default_code = "image_in_use"
    default_detail = _("This photo is in use. First delete the post that shows it, or choose another profile photo.")


class StorageUnavailable(APIException):
    """Storage does not answer; nothing was stored."""

    status_code = 503
    default_code = "storage_unavailable"
    default_detail = _("Photos cannot be stored right now. Try again in a moment.")
    # The Retry-After header. Seconds.
    wait = 5


class Busy(APIException):
    """As many uploads are being processed as may be, or the machine has no time for this one; nothing was stored."""

    status_code = 503
    default_code = "busy"
    default_detail = _("Too many photos are being sent right now. Try again in a few seconds.")
    # The Retry-After header. Seconds.
    wait = 3


class UploadsClosed(APIException):
    """Operators have turned off uploads for a while; nothing was stored."""

    status_code = 503
    default_code = "uploads_closed"
    default_detail = _("Photos are not accepted at the moment. Try again later.")
    # The Retry-After header. Seconds.
    wait = 600


# What an upload may be refused for, by itself or with a post.
UPLOAD_ERRORS = (NotAnImage, ImageTooLarge, ImageTooManyPixels, QuotaExceeded, StorageUnavailable, Busy, UploadsClosed)
