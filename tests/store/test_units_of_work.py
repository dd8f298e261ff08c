"""Units of work: atomic, isolated, and no update is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from garrison.clock import SystemClock
from garrison.store import AlreadyExists, Conflict, Contains, StartsWith, Store

from .conftest import ACCOUNT, AT, OTHER_ACCOUNT, REGION, Banner, Gate, Open, gate


def test_what_is_added_is_read_back_with_its_revision_and_region(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        kept = unit.add(gate(tags={"ö": "ü"}, keepers=("Ann", "Bo")))
    with store.reading(ACCOUNT, REGION) as unit:
        assert (
            unit.get(Gate, "north", 1)
            == kept
            == gate(region=REGION, revision=1, tags={"ö": "ü"}, keepers=("Ann", "Bo"))
        )
        assert unit.by_arn(Gate, kept.arn) == kept
        assert unit.get(Gate, "north", 2) is None
        assert unit.get(Gate, "north", 1, region="us-east-1") is None
        assert unit.get(Gate, "north", 1, account=OTHER_ACCOUNT) is None
        assert unit.by_arn(Gate, "no ARN") is None


def test_a_global_resource_is_found_from_every_region(store: Store) -> None:
    with store.writing(ACCOUNT, "us-east-1") as unit:
        kept = unit.add(Banner(account=ACCOUNT, name="lion"))
    assert kept.region == "global"
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.get(Banner, "lion") == kept
        assert unit.page(Banner) == [kept]


def test_an_exception_takes_everything_back(store: Store) -> None:
    with pytest.raises(AlreadyExists), store.writing(ACCOUNT, REGION, event_id="e") as unit:  # noqa: PT012
        unit.add(gate())
        unit.append_event("e", b"{}")
        unit.state_put("n", "k", b"v")
        unit.raise_policy_generation()
        unit.seal(b"secret")
        unit.add(gate())
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.get(Gate, "north", 1) is None
        assert unit.count(Gate) == 0
        assert unit.history(Gate, "north", 1) == []
        assert unit.state_get("n", "k") is None
    assert store.outbox_read(10) == []
    assert store.policy_generation(ACCOUNT) == 0
    assert store.statistics().secrets == 0


def test_a_unit_reads_what_it_wrote_and_others_only_what_is_committed(store: Store, open_again: Open) -> None:
    other = open_again()
    with store.writing(ACCOUNT, REGION) as unit:
        kept = unit.add(gate())
        assert unit.get(Gate, "north", 1) == kept
        assert unit.page(Gate) == [kept]
        assert unit.count(Gate) == 1
        for reader in (store, other):
            with reader.reading(ACCOUNT, REGION) as outside:
                assert outside.get(Gate, "north", 1) is None
                assert outside.page(Gate) == []
    for reader in (store, other):
        with reader.reading(ACCOUNT, REGION) as outside:
            assert outside.page(Gate) == [kept]


def test_a_reading_unit_sees_one_snapshot(store: Store, open_again: Open) -> None:
    other = open_again()
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.page(Gate) == []
        with other.writing(ACCOUNT, REGION) as writing:
            writing.add(gate())
        assert unit.get(Gate, "north", 1) is None
        assert unit.count(Gate) == 0
        with store.reading(ACCOUNT, REGION) as nested:
            assert nested.get(Gate, "north", 1) is None
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.count(Gate) == 1


def test_a_reading_unit_changes_nothing(store: Store) -> None:
    with store.reading(ACCOUNT, REGION) as unit:
        for change in (
            lambda: unit.add(gate()),
            lambda: unit.seal(b""),
            lambda: unit.destroy("x"),
            lambda: unit.state_put("n", "k", b""),
            lambda: unit.state_remove("n", "k"),
            lambda: unit.append_event("e", b""),
            unit.raise_policy_generation,
        ):
            with pytest.raises(RuntimeError, match="changes nothing"):
                change()


def test_a_unit_that_is_over_changes_nothing(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        pass
    with pytest.raises(RuntimeError, match="over"):
        unit.add(gate())
    with pytest.raises(RuntimeError, match="over"):
        unit.append_event("e", b"")


def test_a_thread_has_one_writing_unit_at_a_time(store: Store) -> None:
    with store.writing(ACCOUNT, REGION), pytest.raises(RuntimeError, match="one writing unit"):
        store.writing(ACCOUNT, REGION).__enter__()
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate())


def test_the_same_identity_is_not_added_twice(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate())
    with pytest.raises(AlreadyExists), store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate())
    with store.writing(ACCOUNT, "us-east-1") as unit:
        unit.add(gate())


def test_a_save_over_another_change_is_a_conflict(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        first = unit.add(gate())
    with store.writing(ACCOUNT, REGION) as unit:
        second = unit.save(replace(first, width=2))
    for change in (lambda unit: unit.save(replace(first, width=3)), lambda unit: unit.remove(first)):
        with pytest.raises(Conflict), store.writing(ACCOUNT, REGION) as unit:
            change(unit)
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.get(Gate, "north", 1) == second
    with pytest.raises(Conflict), store.writing(ACCOUNT, REGION) as unit:
        unit.save(gate("south"))


@pytest.mark.parametrize("kind", ["with history", "without"])
def test_an_old_copy_does_not_overwrite_what_was_removed_and_added_anew(store: Store, kind: str) -> None:
    fresh = gate() if kind == "with history" else Banner(account=ACCOUNT, name="lion")
    with store.writing(ACCOUNT, REGION) as unit:
        old = unit.add(fresh)
    with store.writing(ACCOUNT, REGION) as unit:
        unit.remove(old)
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(fresh)
    with pytest.raises(Conflict), store.writing(ACCOUNT, REGION) as unit:
        unit.save(old)


def test_two_threads_lose_no_update(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate(width=0))
    failures: list[BaseException] = []

    def widen() -> None:
        try:
            for _ in range(25):
                _widen(store)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=widen) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with store.reading(ACCOUNT, REGION) as unit:
        found = unit.get(Gate, "north", 1)
    assert found is not None
    assert (found.width, found.revision) == (100, 101)


def _widen(store: Store) -> None:
    """Read in one unit, save in another: the revision must catch who came between."""
    while True:
        with store.reading(ACCOUNT, REGION) as unit:
            found = unit.get(Gate, "north", 1)
        assert found is not None
        try:
            with store.writing(ACCOUNT, REGION) as unit:
                unit.save(replace(found, width=found.width + 1))
            return
        except Conflict:
            pass


def test_writers_of_one_account_follow_each_other_so_that_a_count_checked_in_a_unit_holds(store: Store) -> None:
    most = 5

    def add(number: int) -> None:
        with store.writing(ACCOUNT, REGION) as unit:
            if unit.count(Gate) < most:
                unit.add(gate(number=number))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.count(Gate) == most


def test_every_change_is_a_version_with_its_time_and_event(store: Store) -> None:
    times = [AT + timedelta(seconds=n, microseconds=7) for n in range(4)]
    with store.writing(ACCOUNT, REGION, event_id="e0", at=times[0]) as unit:
        first = unit.add(gate())
    with store.writing(ACCOUNT, REGION, event_id="e1", at=times[1]) as unit:
        second = unit.save(replace(first, width=2))
    with store.writing(ACCOUNT, REGION, event_id="e2", at=times[2]) as unit:
        unit.remove(second)
    with store.writing(ACCOUNT, REGION, at=times[3]) as unit:
        third = unit.add(gate())
    with store.reading(ACCOUNT, REGION) as unit:
        versions = unit.history(Gate, "north", 1)
        assert [(v.revision, v.captured_at, v.event_id, v.status, v.resource) for v in versions] == [
            (4, times[3], None, "OK", third),
            (3, times[2], "e2", "ResourceDeleted", None),
            (2, times[1], "e1", "OK", second),
            (1, times[0], "e0", "OK", first),
        ]
        assert [v.revision for v in unit.history(Gate, "north", 1, before=4, limit=2)] == [3, 2]


def test_a_type_without_history_keeps_none(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.save(replace(unit.add(Banner(account=ACCOUNT, name="lion")), colour="blue"))
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.history(Banner, "lion") == []
    assert store.statistics().versions == 0


def test_the_policy_generation_rises_with_the_commit_and_only_for_its_account(store: Store, open_again: Open) -> None:
    other = open_again()
    assert other.policy_generation(ACCOUNT) == 0
    with store.writing(ACCOUNT, REGION) as unit:
        unit.raise_policy_generation()
        assert unit.policy_generation() == 1
        assert store.policy_generation(ACCOUNT) == 0
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate())
    for reader in (store, other):
        assert (reader.policy_generation(ACCOUNT), reader.policy_generation(OTHER_ACCOUNT)) == (1, 0)


def test_conditions_find_by_equality_prefix_and_membership(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate("a", path="/x/", guard="Ann", is_open=True, keepers=("Ann", "Bo")))
        unit.add(gate("b", path="/x/y/", width=2, keepers=("Bob",)))
        unit.add(gate("c", path="/%_'\"\\/", guard=""))
    with store.reading(ACCOUNT, REGION) as unit:
        for where, walls in (
            ({"path": StartsWith("/")}, "abc"),
            ({"path": StartsWith("")}, "abc"),
            ({"path": StartsWith("/x/")}, "ab"),
            ({"path": StartsWith("/%")}, "c"),
            ({"path": "/%_'\"\\/"}, "c"),
            ({"guard": None}, "b"),
            ({"guard": ""}, "c"),
            ({"guard": "Ann", "path": "/x/"}, "a"),
            ({"is_open": True}, "a"),
            ({"is_open": False}, "bc"),
            ({"width": 2}, "b"),
            ({"built_at": AT}, "abc"),
            ({"keepers": Contains("Bo")}, "a"),
            ({"keepers": Contains("B")}, ""),
            ({"guard": "a\x00b"}, ""),
            ({"keepers": Contains("\x00")}, ""),
        ):
            assert "".join(found.wall for found in unit.page(Gate, where=where)) == walls, where
            assert unit.count(Gate, where) == len(walls)
        with pytest.raises(TypeError, match="no field"):
            unit.page(Gate, where={"path' OR 1=1 --": "x"})


def test_operational_state_is_compared_and_swapped(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        assert unit.state_put("totp", "ann", b"1", expect=0).version == 1
        assert unit.state_put("totp", "ann", b"\x002", expect=1).version == 2
        with pytest.raises(Conflict):
            unit.state_put("totp", "ann", b"3", expect=1)
    with store.reading(ACCOUNT, "us-east-1") as unit:
        found = unit.state_get("totp", "ann")
        assert found is not None
        assert (found.value, found.version, found.expires_at) == (b"\x002", 2, None)
        assert unit.state_get("totp", "bo") is None
    with store.reading(OTHER_ACCOUNT, REGION) as unit:
        assert unit.state_get("totp", "ann") is None


def test_operational_state_expires_and_is_listed_by_prefix(store: Store) -> None:
    now = datetime.now(UTC)
    with store.writing(ACCOUNT, REGION) as unit:
        for key in ("a1", "a2", "a3", "b1"):
            unit.state_put("n", key, key.encode(), now + timedelta(hours=1))
        unit.state_put("n", "a0", b"", now - timedelta(seconds=1))
        unit.state_remove("n", "a3")
        unit.state_remove("n", "a3")
    with store.reading(ACCOUNT, REGION) as unit:
        assert [entry.key for entry in unit.state_page("n", "a")] == ["a1", "a2"]
        assert [entry.key for entry in unit.state_page("n", after="a1", limit=1)] == ["a2"]
        assert unit.state_get("n", "a0") is None
    with store.writing(ACCOUNT, REGION) as unit:
        assert unit.state_put("n", "a0", b"again", expect=0).value == b"again"


def test_expired_state_is_purged_and_leases_are_not(store: Store) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with store.writing(ACCOUNT, REGION) as unit:
        for number in range(3):
            unit.state_put("n", str(number), b"", past)
        unit.state_put("n", "for ever", b"")
    assert store.acquire_lease("sequencer", "one", timedelta(0)) is not None
    assert [store.purge_expired_state(2) for _ in range(3)] == [2, 1, 0]
    lease = store.acquire_lease("sequencer", "two", timedelta(0))
    assert lease is not None
    assert lease.token == 2
    with store.reading(ACCOUNT, REGION) as unit:
        assert [entry.key for entry in unit.state_page("n")] == ["for ever"]


def test_the_outbox_is_read_in_order_and_forgotten_when_acknowledged(store: Store) -> None:
    for number in range(5):
        with store.writing(ACCOUNT, REGION, event_id=f"e{number}") as unit:
            unit.append_event(f"e{number}", bytes([number]))
    rows = store.outbox_read(3)
    assert [(row.event_id, row.payload) for row in rows] == [("e0", b"\x00"), ("e1", b"\x01"), ("e2", b"\x02")]
    assert [row.event_id for row in store.outbox_read(10, after=rows[-1].seq)] == ["e3", "e4"]
    store.outbox_acknowledge(rows[-1].seq)
    left = store.outbox_read(10)
    assert [row.event_id for row in left] == ["e3", "e4"]
    store.outbox_acknowledge(left[-1].seq)
    with store.writing(ACCOUNT, REGION) as unit:
        unit.append_event("e5", b"")
    assert store.outbox_read(10)[0].seq > left[-1].seq


def test_the_outbox_loses_nothing_while_many_accounts_write(store: Store) -> None:
    accounts = [f"{number:012d}" for number in range(1, 5)]
    finished = threading.Event()

    def write(account: str) -> None:
        for number in range(20):
            with store.writing(account, REGION) as unit:
                unit.append_event(f"{account}/{number}", b"")

    threads = [threading.Thread(target=write, args=(account,)) for account in accounts]
    seen: list[str] = []

    def drain() -> None:
        while True:
            is_last = finished.is_set()
            rows = store.outbox_read(7)
            seen.extend(row.event_id for row in rows)
            if rows:
                store.outbox_acknowledge(rows[-1].seq)
            elif is_last:
                return

    drainer = threading.Thread(target=drain)
    drainer.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished.set()
    drainer.join()
    assert sorted(seen) == sorted(f"{account}/{number}" for account in accounts for number in range(20))


def test_a_lease_has_one_holder_until_it_expires_or_is_given_back(store: Store, open_again: Open) -> None:
    other = open_again()
    hour = timedelta(hours=1)
    lease = store.acquire_lease("sequencer", "one", hour)
    assert lease is not None
    assert lease.expires_at > SystemClock().now()
    assert other.acquire_lease("sequencer", "two", hour) is None
    assert other.acquire_lease("another", "two", hour) is not None
    renewed = store.renew_lease(lease, hour)
    assert renewed is not None
    assert store.renew_lease(lease, hour) is None
    store.release_lease(renewed)
    assert store.renew_lease(renewed, hour) is None
    taken = other.acquire_lease("sequencer", "two", timedelta(0))
    assert taken is not None
    assert taken.token > renewed.token
    assert other.renew_lease(taken, hour) is None
    assert store.acquire_lease("sequencer", "one", hour) is not None
