"""Make the shipped sample: two years of an invented company's support, with known truths written beside it.

    python data/make_sample.py [--out data/sample] [--seed 7]

The same seed gives the same files. `healthy_log` and `scaled_log` make further logs for tests and benchmarks.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

if __package__ in (None, ""):  # run as a script: the repository's root is not on the path then
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.sample_clock import days_of
from data.sample_frame import Made, make
from data.sample_scaled import scaled_log
from data.sample_staff import agents_frame, roster
from data.sample_truth import truth
from data.sample_world import HEALTHY, OUTAGE, PLANNED_LAUNCH, PRODUCTS, Scenario

__all__ = ["calendar_frame", "healthy_log", "l0_frame", "main", "make", "scaled_log", "write_sample"]

L0_CHANNELS = {"help centre": 0.60, "chat bot": 0.32}  # contacts per ticket
L0_DEFLECTED = {"help centre": 0.30, "chat bot": 0.22}  # at the start; grows by 5 points over the two years


def healthy_log(seed: int, tickets: int = 4_000) -> pd.DataFrame:
    """Events of a healthy organisation, canonical columns: few escalations and bounces, good notes, documented fixes.

    20 weeks from 2 March 2026; `tickets` is the expected number, and staff grows with it.
    """
    scale = HEALTHY.heads_scale * max(1.0, tickets / HEALTHY.tickets)
    return make(replace(HEALTHY, seed=seed, tickets=tickets, heads_scale=scale)).events


def arrow(events: pd.DataFrame) -> pa.Table:
    """The event table with plain strings and UTC microseconds, without pandas' own metadata."""
    fields = [(name, pa.string()) for name in events.columns]
    types = dict(fields) | {"at": pa.timestamp("us", tz="UTC"), "effort_minutes": pa.float64()}
    table = pa.Table.from_pandas(events, schema=pa.schema(list(types.items())), preserve_index=False)
    return table.replace_schema_metadata(None)


def write_events(events: pd.DataFrame, path: Path) -> None:
    """Parquet with zstd; times as deltas, which halves them in a file sorted by time."""
    pq.write_table(
        arrow(events),
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=131_072,
        use_dictionary=[name for name in events.columns if name not in ("at", "note")],
        column_encoding={"at": "DELTA_BINARY_PACKED"},
        store_schema=False,
    )


def l0_frame(made: Made) -> pd.DataFrame:
    """Contacts with the help centre and the bot per day and product, and how many of them needed no ticket."""
    rng = np.random.default_rng([made.scenario.seed, 1_000])
    days = days_of(made.scenario)
    created = made.events[made.events["kind"] == "created"]
    local = created["at"].dt.tz_convert("Europe/Berlin").dt.date
    tickets = created.groupby([local, created["product"]]).size().unstack(fill_value=0).reindex(days, fill_value=0)
    parts = []
    for channel, per_ticket in L0_CHANNELS.items():
        contacts = rng.poisson(tickets[[one.name for one in PRODUCTS]].to_numpy() * per_ticket + 0.6)
        deflected = rng.binomial(contacts, deflection(days, channel))
        parts.append(long_form(days, channel, contacts, deflected))
    return pd.concat(parts).sort_values(["date", "channel", "product"], ignore_index=True)


def deflection(days: list[date], channel: str) -> np.ndarray:
    """Chance that a contact ends without a ticket, days × products; no article helps against the outage."""
    trend = L0_DEFLECTED[channel] + 0.05 * np.arange(len(days)) / 730
    chance = np.repeat(trend[:, None], len(PRODUCTS), axis=1)
    for number, day in enumerate(days):
        if 0 <= (day - OUTAGE.day).days <= 2:
            chance[number, 3] *= 0.3
    return chance


def long_form(days: list[date], channel: str, contacts: np.ndarray, deflected: np.ndarray) -> pd.DataFrame:
    """A days × products table as one row per day and product."""
    return pd.DataFrame(
        {
            "date": np.repeat([day.isoformat() for day in days], len(PRODUCTS)),
            "channel": channel,
            "product": np.tile([one.name for one in PRODUCTS], len(days)),
            "contacts": contacts.ravel(),
            "deflected": deflected.ravel(),
        }
    )


def calendar_frame(scenario: Scenario) -> pd.DataFrame:
    """Launches, the outage, and the launch that is planned after the history's end; one row per event.

    Full strength on `days` days, then halving every `half_life_days`.
    """
    rows = [
        *(("launch", one, "more L2 and L3 work for about seven weeks") for one in scenario.launches),
        *(("outage", one, "sign-in down from morning to evening; mostly urgent") for one in [scenario.outage] if one),
        ("launch", PLANNED_LAUNCH, "planned; expected to be like the earlier launches"),
    ]
    frame = pd.DataFrame(
        [
            (kind, one.name, one.day.isoformat(), 1, round(one.decay_days * math.log(2), 1), one.product, note)
            for kind, one, note in rows
        ],
        columns=["kind", "name", "start", "days", "half_life_days", "product", "tier_note"],
    )
    return frame.sort_values("start", ignore_index=True)


def write_sample(out: Path, scenario: Scenario) -> Made:
    """Make the scenario and write every file of the sample into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    made = make(scenario)
    write_events(made.events, out / "events.parquet")
    roster(scenario, made.agents).to_csv(out / "roster.csv", index=False, lineterminator="\n")
    agents_frame(scenario, made.agents).to_csv(out / "agents.csv", index=False, lineterminator="\n")
    l0_frame(made).to_csv(out / "l0_contacts.csv", index=False, lineterminator="\n")
    calendar_frame(scenario).to_csv(out / "calendar_events.csv", index=False, lineterminator="\n")
    text = json.dumps(truth(made), indent=2, ensure_ascii=False)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the shipped sample.")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent / "sample")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--summary", action="store_true", help="print one page of figures")
    options = parser.parse_args(arguments)
    made = write_sample(options.out, Scenario(seed=options.seed))
    print(f"{len(made.events):,} events of {made.events['ticket_id'].nunique():,} tickets in {options.out}")
    if options.summary:
        from data.sample_summary import summary

        print(summary(made))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
