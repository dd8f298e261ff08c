"""Event data stores: made, changed, stopped, deleted and restored, with AWS's errors."""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "123456789012"
DATA = [
    {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        ]
    }
]


@pytest.fixture
def store(api: Any) -> str:
    arn: str = api.cloudtrail.create_event_data_store(Name="main", TerminationProtectionEnabled=False)[
        "EventDataStoreArn"
    ]
    return arn


def test_a_new_store_has_awss_defaults(api: Any) -> None:
    made = api.cloudtrail.create_event_data_store(Name="events", TagsList=[{"Key": "team", "Value": "a"}])
    arn = made["EventDataStoreArn"]
    assert arn.startswith(f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/")
    assert made["TagsList"] == [{"Key": "team", "Value": "a"}]
    store = made["EventDataStoreArn"]
    api.cloudtrail.add_tags(ResourceId=store, TagsList=[{"Key": "cost", "Value": "1"}])
    api.cloudtrail.remove_tags(ResourceId=store, TagsList=[{"Key": "team"}])
    [tagged] = api.cloudtrail.list_tags(ResourceIdList=[store])["ResourceTagList"]
    assert tagged == {"ResourceId": store, "TagsList": [{"Key": "cost", "Value": "1"}]}
    shown = api.cloudtrail.get_event_data_store(EventDataStore=arn)
    for name, value in {
        "Name": "events",
        "Status": "ENABLED",
        "MultiRegionEnabled": True,
        "OrganizationEnabled": False,
        "RetentionPeriod": 366,
        "TerminationProtectionEnabled": True,
        "BillingMode": "EXTENDABLE_RETENTION_PRICING",
        "CreatedTimestamp": api.clock.now(),
    }.items():
        assert shown[name] == value, name
    assert shown["AdvancedEventSelectors"][0]["FieldSelectors"] == [
        {"Field": "eventCategory", "Equals": ["Management"]}
    ]
    assert api.cloudtrail.get_event_data_store(EventDataStore=arn.rsplit("/", 1)[1])["Name"] == "events"


def test_settings_are_changed(api: Any, store: str, refused: Any) -> None:
    changed = api.cloudtrail.update_event_data_store(
        EventDataStore=store, Name="other", RetentionPeriod=30, MultiRegionEnabled=False, AdvancedEventSelectors=DATA
    )
    assert (changed["Name"], changed["RetentionPeriod"], changed["MultiRegionEnabled"]) == ("other", 30, False)
    update = api.cloudtrail.update_event_data_store
    assert (
        refused(update, EventDataStore=store, BillingMode="FIXED_RETENTION_PRICING")[0] == "InvalidParameterException"
    )
    bad = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ConfigurationItem"]}]}]
    assert refused(update, EventDataStore=store, AdvancedEventSelectors=bad)[0] == "InvalidEventSelectorsException"
    code = refused(update, EventDataStore=store, OrganizationEnabled=True)[0]
    assert code in ("OrganizationsNotInUseException", "NotOrganizationMasterAccountException")


def test_names_are_unique_and_stores_limited(api: Any, store: str, refused: Any) -> None:
    create = api.cloudtrail.create_event_data_store
    assert refused(create, Name="main")[0] == "EventDataStoreAlreadyExistsException"
    for number in range(9):
        create(Name=f"store-{number}")
    assert refused(create, Name="one-too-many")[0] == "EventDataStoreMaxLimitExceededException"


def test_pages_list_every_store_once(api: Any) -> None:
    for number in range(5):
        api.cloudtrail.create_event_data_store(Name=f"store-{number}")
    pages = []
    token: dict[str, Any] = {}
    while True:
        page = api.cloudtrail.list_event_data_stores(MaxResults=2, **token)
        pages.append([each["Name"] for each in page["EventDataStores"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [["store-0", "store-1"], ["store-2", "store-3"], ["store-4"]]


def test_ingestion_stops_and_starts(api: Any, store: str, refused: Any) -> None:
    status = lambda: api.cloudtrail.get_event_data_store(EventDataStore=store)["Status"]  # noqa: E731
    api.cloudtrail.stop_event_data_store_ingestion(EventDataStore=store)
    assert status() == "STOPPED_INGESTION"
    again = refused(api.cloudtrail.stop_event_data_store_ingestion, EventDataStore=store)
    assert again[0] == "InvalidEventDataStoreStatusException"
    api.cloudtrail.start_event_data_store_ingestion(EventDataStore=store)
    assert status() == "ENABLED"


def test_a_deleted_store_can_be_restored_for_seven_days(api: Any, store: str, refused: Any) -> None:
    trail = api.cloudtrail
    protected = trail.create_event_data_store(Name="protected")["EventDataStoreArn"]
    code = refused(trail.delete_event_data_store, EventDataStore=protected)[0]
    assert code == "EventDataStoreTerminationProtectedException"
    assert refused(trail.restore_event_data_store, EventDataStore=store)[0] == "InvalidEventDataStoreStatusException"
    trail.delete_event_data_store(EventDataStore=store)
    assert trail.get_event_data_store(EventDataStore=store)["Status"] == "PENDING_DELETION"
    assert refused(trail.delete_event_data_store, EventDataStore=store)[0] == "InactiveEventDataStoreException"
    assert refused(trail.update_event_data_store, EventDataStore=store)[0] == "InactiveEventDataStoreException"
    statement = f"SELECT eventID FROM {store.rsplit('/', 1)[1]}"
    assert refused(trail.start_query, QueryStatement=statement)[0] == "InactiveEventDataStoreException"
    api.clock.advance(days=6)
    assert trail.restore_event_data_store(EventDataStore=store)["Status"] == "ENABLED"
    trail.delete_event_data_store(EventDataStore=store)
    api.clock.advance(days=7)
    assert refused(trail.get_event_data_store, EventDataStore=store)[0] == "EventDataStoreNotFoundException"


def test_what_is_no_store_is_refused(api: Any, refused: Any) -> None:
    get = api.cloudtrail.get_event_data_store
    assert refused(get, EventDataStore="nonsense")[0] == "EventDataStoreARNInvalidException"
    other = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/00000000-0000-0000-0000-000000000000"
    assert refused(get, EventDataStore=other)[0] == "EventDataStoreNotFoundException"


def test_a_statement_is_looked_at_before_it_waits(api: Any, store: str, refused: Any) -> None:
    start = api.cloudtrail.start_query
    name = store.rsplit("/", 1)[1]
    for statement in (
        "SELECT 1",
        f"SELECT nothing FROM {name}",
        f"SELECT origin FROM {name}",
        f"DELETE FROM {name}",
        f"SELECT * FROM {name}, read_csv('/etc/passwd')",
        "SELECT * FROM cloudtrail_events",
        f"SELECT eventID FROM {name} WHERE eventName > 5 +",
    ):
        assert refused(start, QueryStatement=statement)[0] == "InvalidQueryStatementException", statement
    unknown = "SELECT 1 FROM 00000000-0000-0000-0000-000000000000"
    assert refused(start, QueryStatement=unknown)[0] == "EventDataStoreNotFoundException"
    assert refused(start)[0] == "InvalidParameterException"
    query = start(QueryStatement=f"SELECT eventID FROM {name}")["QueryId"]
    assert api.asked.needs == {"cloudtrail:StartQuery": [store]}
    assert api.cloudtrail.describe_query(QueryId=query)["QueryStatus"] == "QUEUED"
    assert api.asked.needs == {"cloudtrail:DescribeQuery": [store]}
    for _ in range(9):
        start(QueryStatement=f"SELECT eventID FROM {name}")
    assert refused(start, QueryStatement=f"SELECT eventID FROM {name}")[0] == "MaxConcurrentQueriesException"
    assert api.cloudtrail.cancel_query(QueryId=query)["QueryStatus"] == "CANCELLED"
    assert refused(api.cloudtrail.cancel_query, QueryId=query)[0] == "InactiveQueryException"
    listed = api.cloudtrail.list_queries(EventDataStore=store, MaxResults=4)
    assert len(listed["Queries"]) == 4
    rest = api.cloudtrail.list_queries(EventDataStore=store, NextToken=listed["NextToken"])["Queries"]
    assert len({each["QueryId"] for each in listed["Queries"] + rest}) == 10
    assert len(api.cloudtrail.list_queries(EventDataStore=store, QueryStatus="CANCELLED")["Queries"]) == 1
    generate = refused(api.cloudtrail.generate_query, EventDataStores=[store], Prompt="who did it")
    assert generate[0] == "UnsupportedOperationException"
