"""Triggers of the database that keep decisions as they were written, whatever program changes the table.

An update may only clear what names an erased member, once: the member whom a decision concerns, or who took it. On
PostgreSQL deletions and TRUNCATE are refused too; on SQLite they are not, because Django empties tables by deletions.
"""

from typing import Any

TABLE = "moderation_decision"
MESSAGE = "Decisions are append-only."
TRUNCATE_TRIGGER = "decision_no_truncate"
# What stays as it is, whatever happens.
FIXED = (
    "id", "action", "actor_kind", "subject_kind", "is_notified", "reason", "report_id", "undoes_id", "request_id",
    "created_at",
)  # fmt: skip
# What is cleared together: the column that names somebody, the pseudonym that takes its place, and the values of the
# others then.
PARTS = (
    (
        "member_id",
        "member_digest",
        {"subject_id": "NULL", "subject_name": "''", "text": "''", "before": "'{}'", "after": "'{}'"},
    ),
    ("actor_id", "actor_digest", {"actor_name": "''"}),
)


def create_triggers(apps: Any, schema_editor: Any) -> None:
    """Create the triggers, for a migration. On SQLite a migration that alters the table has to do it again."""
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS decision_append_only ON {TABLE}")
        schema_editor.execute("DROP FUNCTION IF EXISTS moderation_decision_append_only()")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TRUNCATE_TRIGGER} ON {TABLE}")
        schema_editor.execute("DROP FUNCTION IF EXISTS moderation_decision_no_truncate()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS decision_append_only")


def _statements(vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [
            "DROP TRIGGER IF EXISTS decision_append_only",
            (
                f"CREATE TRIGGER decision_append_only BEFORE UPDATE ON {TABLE} WHEN NOT ({_is_allowed('IS', '')}) "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            ),
        ]
    allowed = _is_allowed("IS NOT DISTINCT FROM", "::jsonb")
    return [
        f"""
        CREATE OR REPLACE FUNCTION moderation_decision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND {allowed} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        f"DROP TRIGGER IF EXISTS decision_append_only ON {TABLE}",
        (
            f"CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION moderation_decision_append_only()"
        ),
        f"""
        CREATE OR REPLACE FUNCTION moderation_decision_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        f"DROP TRIGGER IF EXISTS {TRUNCATE_TRIGGER} ON {TABLE}",
        (
            f"CREATE TRIGGER {TRUNCATE_TRIGGER} BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION moderation_decision_no_truncate()"
        ),
    ]


def _is_allowed(equals: str, json_type: str) -> str:
    """Return the condition on OLD and NEW; `equals` compares nulls too."""
    conditions = [_unchanged(FIXED, equals)]
    for name, digest, values in PARTS:
        cleared = [
            f'NEW."{column}" {equals} {value}{json_type if "{" in value else ""}' for column, value in values.items()
        ]
        cleared += [f'NEW."{name}" IS NULL', f'OLD."{name}" IS NOT NULL', f'length(NEW."{digest}") = 64']
        conditions.append(f"({_unchanged((name, digest, *values), equals)} OR ({' AND '.join(cleared)}))")
    return " AND ".join(conditions)


def _unchanged(columns: tuple[str, ...], equals: str) -> str:
    return "(" + " AND ".join(f'NEW."{column}" {equals} OLD."{column}"' for column in columns) + ")"
