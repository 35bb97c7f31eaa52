"""Settings of the stock server: Django's and REST framework's defaults where this project has its own."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES, JWT_KEYS

ROOT_URLCONF = "benchmarks.api.stock_views"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": {}}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "PAGE_SIZE": 20,
}
# So that it accepts the same tokens.
SIMPLE_JWT = {
    "SIGNING_KEY": JWT_KEYS[0].partition(":")[2],
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": "typ",
    "JTI_CLAIM": "jti",
    "AUDIENCE": "v1",
    "ISSUER": "heart-to-heart",
}
