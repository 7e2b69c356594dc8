"""The trail is only ever added to, and what goes around that shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.errors import AuditBroken, Unavailable
from app.lifecycle.audit import Step, verify_chain
from app.storage.audit import SqlAuditTrail, record_step
from app.storage.engine import writing
from tests.ingest.examples import House, house
from tests.lifecycle.examples import events


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        for number in range(4):
            with writing(opened.engine) as session:
                counts = {"rows": number}
                record_step(session, Step.PUBLISHED, dataset="demo", by="Zoé", counts=counts)
        yield opened


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET event = replace(event, 'Zoé', 'Zoe')",
        "DELETE FROM audit_event WHERE number = 4",
        "DELETE FROM audit_event",
        "INSERT OR REPLACE INTO audit_event VALUES (4, '', x'')",
        "INSERT INTO audit_event VALUES (0, '', x'')",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(home: House, change: str) -> None:
    before = events(home)
    with pytest.raises(IntegrityError, match="only added to"), home.engine.begin() as c:
        c.exec_driver_sql(change)
    assert events(home) == before


def test_what_is_changed_around_the_triggers_is_named(home: House) -> None:
    with home.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_guards_update")
        connection.exec_driver_sql(
            "UPDATE audit_event SET event = replace(event, '\"rows\":2', '\"rows\":9')"
        )
    with pytest.raises(AuditBroken, match="event 3 was changed"):
        verify_chain(SqlAuditTrail(home.engine).stored())


def test_an_event_goes_with_its_step_or_not_at_all(home: House) -> None:
    before = events(home)

    def fail_after_recording() -> None:
        with writing(home.engine) as session:
            record_step(session, Step.ERASED, dataset="demo", by="somebody")
            session.connection().exec_driver_sql("SELECT * FROM nothing")

    with pytest.raises(Unavailable):
        fail_after_recording()
    assert events(home) == before
