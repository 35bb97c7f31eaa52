"""The password hasher."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class LowMemoryArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's smaller parameters: 19 MiB a login, where Django's default takes 100 MiB."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
