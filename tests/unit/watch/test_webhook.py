"""The webhook against a real server on this machine: forms, retries, waits, keys, refusals, and the command that sends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from analytics.__main__ import main
from analytics.errors import InputError
from analytics.webhook import MOST_LINES, NotDelivered, body_of, key_of, send
from tests.pages import small
from tests.unit.watch.test_watch_list import log

ROWS = [{"ticket_id": "T-1", "reason": "<!channel> & nobody looks <http://evil|here>", "hours_left": 1.5}]


class Receiver:
    """A server that answers with the given statuses in turn, and keeps what it got."""

    def __init__(self, *statuses: int, slow_seconds: float = 0.0) -> None:
        self.statuses, self.got, self.slow_seconds = list(statuses), [], slow_seconds
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers), body))
                time.sleep(outer.slow_seconds)
                status = outer.statuses.pop(0) if outer.statuses else 200
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook?token=secret"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator:
    made: list[Receiver] = []

    def start(*statuses: int, **more) -> Receiver:
        made.append(Receiver(*statuses, **more))
        return made[-1]

    yield start
    for one in made:
        one.stop()


def test_generic_json_arrives_with_its_key(receiver):
    hook, body = receiver(200), body_of("generic", "one: 1", ROWS, {"dataset": "one"})
    done = send(hook.address, body)
    path, headers, got = hook.got[0]
    assert (done.status, done.tries) == (200, 1)
    assert path == "/hook?token=secret"
    assert json.loads(got) == {"title": "one: 1", "dataset": "one", "tickets": ROWS}
    assert headers["Idempotency-Key"] == key_of(body) == done.key
    assert headers["Content-Type"].startswith("application/json")


def test_the_same_list_is_the_same_message():
    turned = [dict(reversed(row.items())) for row in ROWS]
    assert body_of("generic", "t", ROWS, {"a": 1, "b": 2}) == body_of("generic", "t", turned, {"b": 2, "a": 1})
    assert body_of("generic", "t", ROWS, {}) != body_of("generic", "t", [], {})


def test_slack_gets_lines_without_mentions_or_links():
    told = json.loads(body_of("slack", "one", ROWS * (MOST_LINES + 3), {}))
    assert list(told) == ["text"]
    assert "<" not in told["text"]
    assert "&lt;!channel&gt; &amp; nobody" in told["text"]
    assert told["text"].endswith("… and 3 more.")


def test_it_tries_again_after_waits_that_double_with_the_same_key(receiver):
    hook, waits = receiver(503, 429, 500, 200), []
    done = send(hook.address, b"{}", wait=waits.append)
    assert (done.status, done.tries, waits) == (200, 4, [1.0, 2.0, 4.0])
    assert len({headers["Idempotency-Key"] for _, headers, _ in hook.got}) == 1


def test_it_gives_up_and_never_repeats_the_address(receiver):
    hook = receiver(*[500] * 9)
    with pytest.raises(NotDelivered, match="in 3 tries") as told:
        send(hook.address, b"{}", tries=3, wait=lambda _: None)
    assert len(hook.got) == 3
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("status", [400, 401, 404, 301, 302])
def test_a_refusal_or_a_redirect_is_not_tried_again(receiver, status):
    hook = receiver(status)
    with pytest.raises(NotDelivered, match=f"refused.*{status}"):
        send(hook.address, b"{}", wait=lambda _: pytest.fail("it waited"))
    assert len(hook.got) == 1


def test_a_receiver_that_hangs_or_is_not_there(receiver):
    slow = receiver(slow_seconds=0.5)
    with pytest.raises(NotDelivered, match="no answer"):
        send(slow.address, b"{}", tries=2, timeout_seconds=0.1, wait=lambda _: None)
    gone = receiver()
    gone.stop()
    with pytest.raises(NotDelivered, match="no answer"):
        send(gone.address, b"{}", tries=2, wait=lambda _: None)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "hooks.example.org", "http://"])
def test_only_web_addresses(address):
    with pytest.raises(InputError, match="http"):
        send(address, b"{}")


def test_an_unknown_form():
    with pytest.raises(InputError, match="generic or slack"):
        body_of("teams", "t", [], {})


@pytest.mark.parametrize("form", ["generic", "slack"])
def test_the_command_sends_where_it_is_told_to(receiver, tmp_path, capsys, form):
    hook = receiver(200)
    small.put(tmp_path, "one", log())
    order = ["watch", "--dataset", "one", "--home", str(tmp_path), "--webhook", hook.address, "--webhook-form", form]
    assert main(order) == 0
    told = capsys.readouterr()
    rows = json.loads(told.out)["tickets"]
    sent = json.loads(hook.got[0][2])
    assert "answered 200" in told.err
    assert "secret" not in told.err
    if form == "generic":
        assert sent["tickets"] == rows
    else:
        assert all(row["ticket_id"] in sent["text"] for row in rows[:MOST_LINES])


def test_the_command_says_so_where_it_was_refused(receiver, tmp_path, capsys):
    hook = receiver(403)
    small.put(tmp_path, "one", log())
    assert main(["watch", "--dataset", "one", "--home", str(tmp_path), "--webhook", hook.address]) == 2
    assert "refused" in capsys.readouterr().err
