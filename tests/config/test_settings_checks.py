"""Unsafe, missing and renamed settings stop the start."""

import ast
import json
from base64 import b64encode

import pytest

from config.checks import RENAMED_SETTINGS
from tests.config.startup import PRODUCTION_ENVIRONMENT, ROOT, startup_errors

pytestmark = pytest.mark.one_leg


def test_production_starts_when_every_required_setting_is_given() -> None:
    assert startup_errors(**PRODUCTION_ENVIRONMENT) == ""


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "JWT_KEYS",
        "TRUSTED_PROXIES",
        "ALLOWED_HOSTS",
        "EMAIL_HOST",
        "DATABASE_URL",
        "STORAGE_BUCKET",
        "PRIVATE_BUCKET",
        "TERMS_URL",
        "PRIVACY_URL",
        "SUPPORT_EMAIL",
    ],
)
def test_production_does_not_start_without_a_required_setting(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION_ENVIRONMENT.items() if key != name}
    errors = startup_errors(**environment)
    assert "ImproperlyConfigured" in errors
    assert f"- {name} " in errors


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "local-only-secret-that-production-refuses"),
        ("SECRET_KEY", "local-only-secret-that-the-production-shape-refuses"),
        ("SECRET_KEY_FALLBACKS", "local-only-secret-that-the-production-shape-refuses"),
        ("SECRET_KEY_FALLBACKS", "local-only-secret-that-production-refuses"),
        ("SECRET_KEY_FALLBACKS", "x" * 50 + ",short"),
        ("JWT_KEYS", "kid:short"),
        ("JWT_KEYS", "local:local-only-secret-that-production-refuses"),
        ("ALLOWED_HOSTS", "*"),
        ("RATE_LIMITS", "off"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("PRIVATE_BUCKET", PRODUCTION_ENVIRONMENT["STORAGE_BUCKET"]),
        ("TERMS_URL", "http://heart.example/terms"),
    ],
)
def test_production_refuses_values_fit_only_for_local_use(name: str, value: str) -> None:
    assert f"- {name} " in startup_errors(**PRODUCTION_ENVIRONMENT | {name: value})


def test_all_faults_of_the_settings_are_reported_at_once() -> None:
    errors = startup_errors(ENVIRONMENT="production")
    assert all(f"- {name} " in errors for name in ("SECRET_KEY", "JWT_KEYS", "EMAIL_HOST", "DATABASE_URL"))


def test_several_worker_processes_need_a_shared_cache() -> None:
    assert "WORKERS is above 1 without REDIS_URL" in startup_errors(WORKERS="2")
    assert startup_errors(WORKERS="2", REDIS_URL="redis://127.0.0.1:1/0") == ""


@pytest.mark.filterwarnings("ignore:Engine not recognized")
def test_replicas_need_postgresql_and_one_host_each() -> None:
    primary, replica = PRODUCTION_ENVIRONMENT["DATABASE_URL"], "postgres://reader@127.0.0.1:1/heart"
    assert startup_errors(DATABASE_URL=primary, DATABASE_REPLICA_URLS=f"{replica},{replica}") == ""
    for urls in ("sqlite:///copy.sqlite3", "postgres://one,two/heart"):
        assert "- DATABASE_REPLICA_URLS needs" in startup_errors(DATABASE_URL=primary, DATABASE_REPLICA_URLS=urls)
    assert "- DATABASE_REPLICA_URLS needs" in startup_errors(DATABASE_REPLICA_URLS=replica)
    assert "- DATABASE_REPLICA_MAX_LAG must" in startup_errors(DATABASE_REPLICA_MAX_LAG="2")


def test_an_unknown_environment_name_is_refused_at_start() -> None:
    assert "- ENVIRONMENT must be local or production." in startup_errors(ENVIRONMENT="staging")


@pytest.mark.parametrize("date", ["soon", "2027-13-01", "2027-06-30T12:00", "2026-10-31"])
def test_an_android_sunset_that_is_no_later_date_is_refused(date: str) -> None:
    assert "- ANDROID_SUNSET_DATE must " in startup_errors(ANDROID_SUNSET_DATE=date)
    assert startup_errors(ANDROID_SUNSET_DATE="2027-06-30") == ""


@pytest.mark.parametrize("slot", ["", "staging 1", "스테이징", "a\nb", "<b>"])
def test_a_deploy_slot_that_is_not_one_word_is_refused(slot: str) -> None:
    assert "- DEPLOY_SLOT must " in startup_errors(DEPLOY_SLOT=slot)
    assert startup_errors(DEPLOY_SLOT="staging-1") == ""


@pytest.mark.parametrize(
    "sender", ["", "Heart", "Heart <>", "Heart, to Heart <a@heart.example>", "a@b.example, c@d.example"]
)
def test_a_sender_that_no_email_could_be_sent_from_is_refused(sender: str) -> None:
    assert "- DEFAULT_FROM_EMAIL must " in startup_errors(DEFAULT_FROM_EMAIL=sender)
    good = ("a@heart.example", "마음에서 마음으로 <a@마음.example>", '"Heart, to Heart" <a@heart.example>')
    assert [startup_errors(DEFAULT_FROM_EMAIL=sender) for sender in good] == [""] * 3


@pytest.mark.parametrize("address", ["", "127.0.0.1:9000", "[::1]:9000", " ::1", "*", "127.0.0.1,::1", "unix:/run/h2h"])
def test_an_address_that_the_server_would_not_listen_on_stops_the_start(address: str) -> None:
    assert "- BIND must be " in startup_errors(BIND=address)
    assert [startup_errors(BIND=good) for good in ("0.0.0.0", "[::1]", "::", "localhost", "node-7.example")] == [""] * 5


@pytest.mark.parametrize("key", ["{", "e30=", "W10=", "/etc/key.json", "not base64", "//8="])
def test_credentials_for_push_messages_that_are_no_key_stop_the_start(key: str) -> None:
    assert "- FCM_CREDENTIALS must be " in startup_errors(FCM_CREDENTIALS=key)
    names = ("project_id", "client_email", "private_key", "token_uri")
    good = b64encode(json.dumps(dict.fromkeys(names, "x")).encode()).decode()
    assert startup_errors(FCM_CREDENTIALS=good) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTBOX_WORKERS", "email=x"),
        ("OUTBOX_WORKERS", "email"),
        ("THROTTLE_RATES", "300/minute"),
        ("PORT", "http"),
        ("REDIS_TIMEOUT", "soon"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_a_sentence(name: str, value: str) -> None:
    errors = startup_errors(**{name: value})
    assert errors.startswith("ImproperlyConfigured: ")
    assert name in errors


def test_an_old_setting_name_stops_the_start_with_its_new_name() -> None:
    errors = startup_errors(SHAPE="production", PASSWORD_GUESSES_NEAR="5")
    assert "- SHAPE is called ENVIRONMENT now" in errors
    assert "- PASSWORD_GUESSES_NEAR is called PASSWORD_GUESSES_PER_NETWORK now" in errors


def test_renamed_settings_lead_to_names_that_are_read_today() -> None:
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "config/settings.py").read_text())) if isinstance(node, ast.Call)
    ]
    names = {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func).startswith("env.")}
    assert set(RENAMED_SETTINGS.values()) <= names
    assert not set(RENAMED_SETTINGS) & names
