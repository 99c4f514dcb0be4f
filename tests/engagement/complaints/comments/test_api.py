"""What is said about a complaint, and whose turn it is then."""

import pytest

from tests.engagement.complaints.complaining import clocks, complain, do, history, read
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-30")


def test_words_start_and_meet_the_clocks_of_answers(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    do(api, made, "comments", {"text": "what now?", "said_by": "customer"})
    do(api, made, "comments", {"text": "hm", "visibility": "internal"})
    assert clocks(api, made).keys() == {("first_response", 1), ("resolution", 1)}
    assert read(api, made)["first_response_at"] is None
    for minutes, speaker in [(10, "staff"), (10, "customer"), (10, "customer"), (100, "staff")]:
        clock.advance(minutes=minutes)
        do(api, made, "comments", {"text": "…", "said_by": speaker})
    found = clocks(api, made)
    assert found["first_response", 1]["met_at"] == "2026-11-25T08:10:00Z"
    wait = found["next_response", 1]
    assert (wait["started_at"], wait["due_at"]) == ("2026-11-25T08:20:00Z", "2026-11-26T01:20:00Z")
    assert (wait["met_at"], wait["breached_at"]) == ("2026-11-25T10:10:00Z", None)  # after hours, so in time
    said = api.get(f"/v1/complaints/{made['id']}/comments").json()["items"]
    assert [(one["said_by"], one["visibility"]) for one in said][:3] == [
        ("customer", "public"),
        ("staff", "internal"),
        ("staff", "public"),
    ]


def test_the_customers_word_ends_the_wait_for_it(api: Api, profile: Profile, clock: Clock) -> None:
    made = complain(api, profile.add())
    do(api, made, "assign", {"owner_id": str(profile.manager())})
    do(api, made, "start")
    do(api, made, "comments", {"text": "Please send a photo."})
    do(api, made, "wait", {"until": "2026-11-30T01:00:00Z", "reason": "photo"})
    clock.advance(minutes=30)
    do(api, made, "comments", {"text": "here it is", "said_by": "customer"})
    shown = read(api, made)
    assert (shown["status"], shown["waiting_until"]) == ("in_progress", None)
    assert history(api, made)[-1] == ("asked", "in_progress")
    assert clocks(api, made)["resolution", 1]["due_at"] == "2026-11-27T09:30:00Z"  # half an hour later than without
    assert clocks(api, made)["next_response", 1]["started_at"] == "2026-11-25T08:30:00Z"


def test_what_is_said_of_a_merged_complaint_is_said_of_the_one_that_goes_on(api: Api, profile: Profile) -> None:
    who = profile.add()
    first, second, third = (complain(api, who) for _ in range(3))
    do(api, first, "merge", {"into": second["id"]})
    do(api, second, "merge", {"into": third["id"]})
    assert do(api, first, "comments", {"text": "hello", "said_by": "customer"})["complaint_id"] == third["id"]
    assert history(api, third)[-1] == ("asked", "new")


def test_a_comment_is_put_in_other_words_or_shown_no_more(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    path = f"/v1/complaints/{made['id']}/comments"
    comment = api.post(path, {"text": "tomorow"})
    one = comment.headers["Location"]
    assert api.patch(one, {"text": "tomorrow"}, 1).json()["text"] == "tomorrow"
    assert api.patch(one, {"text": "x"}, 1).status_code == 412
    other = complain(api, profile.add())
    assert api.get(one.replace(made["id"], other["id"])).status_code == 404
    assert api.call("DELETE", one).status_code == 204
    assert api.get(path).json()["items"] == []
    assert read(api, made)["first_response_at"] is not None


def test_what_is_said_after_the_end_is_kept_and_promises_nothing(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    do(api, made, "reject", {"reason": "no"})
    do(api, made, "comments", {"text": "why?", "said_by": "customer"})
    assert len(api.get(f"/v1/complaints/{made['id']}/comments").json()["items"]) == 1
    assert history(api, made)[-1] == ("reject", "rejected")
