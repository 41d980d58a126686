"""For how long a tenant's documents are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from services.matching.retention import Retention, read_days

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROW = {"stamp": int(NOW.timestamp() * 1000), "updated_at": NOW + timedelta(days=3)}


def test_days_are_by_tenant_and_for_all_that_are_not_named():
    assert read_days("") == {}
    assert read_days(" default=730 , acme=365,") == {"default": 730, "acme": 365}
    retention = Retention.of("acme=1,*=10", is_stamped=True)
    assert (retention.days_of("acme"), retention.days_of("other")) == (1, 10)
    assert Retention.of("acme=1", is_stamped=True).days_of("other") is None


@pytest.mark.parametrize(
    "text", ["730", "acme", "acme=", "acme=0", "acme=-1", "acme=1.5", "acme=99999", "No=1", "a=1,a=2", "acme=1;b=2"]
)
def test_anything_else_is_refused_with_the_name_of_the_setting(text):
    with pytest.raises(ValueError, match="RETENTION_DAYS"):
        read_days(text)


def test_a_documents_own_end_counts_more_than_its_tenants_days():
    own = NOW + timedelta(days=500)
    assert Retention({"*": 1}).end_of("acme", own, ROW) == own
    assert Retention({"*": 1}).end_of("acme", None, ROW) == NOW + timedelta(days=1)
    assert Retention().end_of("acme", None, ROW) is None


def test_where_the_broker_stamps_nothing_the_last_report_counts():
    assert Retention({"*": 1}, is_stamped=False).end_of("acme", None, ROW) == NOW + timedelta(days=4)
