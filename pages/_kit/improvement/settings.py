"""The thresholds of the findings as tables to change, a file to take along, and a file to bring back."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
import streamlit as st

from analytics.errors import InputError
from analytics.findings import registry
from analytics.findings.settings import COMMON, TEXTS, Changed, Settings, Threshold
from analytics.findings.settings_file import changed, read_settings, save_settings, settings_of, write_settings
from analytics.model import TIERS
from analytics.warehouse.store import Dataset
from pages._kit import cached
from pages._kit.problems import told
from pages._kit.text import plain

_DONE, _COST_TIERS = "_thresholds_done", ("L1", "L2", "L3")
_EXCEPTIONS = ("Threshold", "Tier", "Priority", "Value")


def tell_done() -> None:
    """Says once what the last change did."""
    if done := st.session_state.pop(_DONE, None):
        st.success(plain(done), icon=":material/check:")


def _save(dataset: Dataset, settings: Settings, sentence: str) -> None:
    save_settings(dataset, settings)
    st.session_state[_DONE] = sentence
    st.session_state["_thresholds_edition"] = st.session_state.get("_thresholds_edition", 0) + 1
    st.rerun()


def _key(name: str, dataset: Dataset) -> str:
    """A widget's key: another dataset, or another edition after a change, starts from what is kept, not from what was typed."""
    return f"{name}_{dataset.name}_{st.session_state.get('_thresholds_edition', 0)}"


def form(dataset: Dataset) -> None:
    """All settings of a dataset, with the buttons that keep them or take them back."""
    now = settings_of(dataset)
    values = _values(now, dataset)
    st.subheader("Exceptions by tier and priority")
    exceptions = _exceptions(now, dataset)
    st.subheader("Days, priorities and money")
    texts, cost, currency = _texts(now, dataset), _cost(now, dataset), _currency(now, dataset)
    with st.container(horizontal=True):
        keep = st.button("Keep these thresholds", type="primary", key=_key("keep", dataset))
        back = st.button("Back to the defaults", key=_key("defaults", dataset))
    if keep:
        made = Settings(tuple(sorted([*_checked(values), *_excepted(exceptions)])), texts, cost, currency)
        _save(dataset, made, f"The thresholds of {dataset.name} are kept. They outlive imports.")
    if back:
        _save(dataset, Settings(), f"{dataset.name} has the default thresholds again.")


def _values(now: Settings, dataset: Dataset) -> pd.DataFrame:
    """The table of thresholds; its column Value can be changed."""
    rows = [
        {"name": one.name, "Value": now.of(one), "Threshold": one.title, "Default": one.default, "In": one.unit,
         "Where the default comes from": one.source, "Used by": ", ".join(registry.used_by(one.name))}
        for one in _in_order()
    ]  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), hide_index=True, key=_key("thresholds", dataset), width="stretch", height=560,
        disabled=["Threshold", "Default", "In", "Where the default comes from", "Used by"],
        column_config={"name": None, "Value": st.column_config.NumberColumn("Value", format="%.4g", required=True)},
    )  # fmt: skip


def _in_order() -> list[Threshold]:
    """Those of single findings first: they are what leaders change; the smallest samples last."""
    return sorted(registry.thresholds().values(), key=lambda one: one in COMMON)


def _checked(values: pd.DataFrame) -> Iterable[Changed]:
    """What differs from the defaults; InputError where a value cannot be."""
    for row in values.to_dict("records"):
        threshold = registry.thresholds()[str(row["name"])]
        value = _number(row["Value"], threshold)
        if value != threshold.default:
            yield changed(threshold, value)


def _number(value: object, threshold: Threshold) -> float:
    if not isinstance(value, int | float) or math.isnan(value):
        raise InputError(f"'{threshold.title}' has no value.", todo=f"Its default is {threshold.default:g}.")
    return float(value)


def _scoped() -> dict[str, Threshold]:
    """Thresholds that may differ by tier or priority, by their titles."""
    return {one.title: one for one in registry.thresholds().values() if one.scopes}


def _exceptions(now: Settings, dataset: Dataset) -> pd.DataFrame:
    """The table of exceptions: rows can be added, changed and taken out."""
    titles = {one.name: one.title for one in _scoped().values()}
    rows = [
        {"Threshold": titles[one.name], "Tier": one.tier or None, "Priority": one.priority or None, "Value": one.value}
        for one in now.changed if one.name in titles and any(one.scope)
    ]  # fmt: skip
    priorities = sorted({name.casefold() for name in cached.about(dataset)["values"].get("priority", [])})
    st.caption("One row per exception. Leave the tier or the priority empty where it holds for all of them.")
    usual = [f"{one.title}: {_by_tier(one)}." for one in _scoped().values() if one.by_tier]
    st.caption(plain(f"By default: {' '.join(usual)}"))
    return st.data_editor(
        pd.DataFrame(rows, columns=list(_EXCEPTIONS)).astype({"Value": float}), hide_index=True, num_rows="dynamic",
        key=_key("exceptions", dataset), width="stretch",
        column_config={
            "Threshold": st.column_config.SelectboxColumn("Threshold", options=list(_scoped()), required=True, width="large"),
            "Tier": st.column_config.SelectboxColumn("Tier", options=list(TIERS)),
            "Priority": st.column_config.SelectboxColumn("Priority", options=priorities),
            "Value": st.column_config.NumberColumn("Value", format="%.4g", required=True),
        },
    )  # fmt: skip


def _by_tier(threshold: Threshold) -> str:
    return ", ".join(f"{tier} {value:g}" for tier, value in threshold.by_tier)


def _excepted(exceptions: pd.DataFrame) -> Iterable[Changed]:
    for row in exceptions.to_dict("records"):
        if not isinstance(row["Threshold"], str):
            continue
        threshold = _scoped()[row["Threshold"]]
        tier, priority = (row[name] if isinstance(row[name], str) else "" for name in ("Tier", "Priority"))
        if not tier and not priority:
            raise InputError(f"An exception to '{threshold.title}' names neither tier nor priority.",
                             todo="Choose one, or change the value in the table above.")  # fmt: skip
        yield changed(threshold, _number(row["Value"], threshold), tier, priority)


def _texts(now: Settings, dataset: Dataset) -> tuple[tuple[str, str], ...]:
    typed = {
        name: st.text_input(text.title, now.text(text), key=_key(name, dataset)).strip() for name, text in TEXTS.items()
    }
    return tuple(sorted((name, value) for name, value in typed.items() if value))


def _cost(now: Settings, dataset: Dataset) -> tuple[tuple[str, float], ...]:
    """Money per hour by tier; a tier left empty has none."""
    told = dict(now.hourly_cost)
    given = {}
    for column, tier in zip(st.columns(len(_COST_TIERS)), _COST_TIERS, strict=True):
        with column:
            label = f"Cost of an hour of {tier}"
            given[tier] = st.number_input(label, min_value=0.0, value=told.get(tier), key=_key(f"cost_{tier}", dataset))
    st.caption("Findings tell money only where an hour of each tier concerned has a cost.")
    return tuple(sorted((tier, float(cost)) for tier, cost in given.items() if cost is not None))


def _currency(now: Settings, dataset: Dataset) -> str:
    return (
        st.text_input("Currency (three letters)", now.currency, key=_key("currency", dataset), max_chars=3)
        .strip()
        .upper()
    )


def files(dataset: Dataset) -> None:
    """The settings as a file: to take along, for the command line, or to bring from another dataset."""
    st.download_button(
        "Download as TOML", write_settings(settings_of(dataset)), file_name=f"{dataset.name}_thresholds.toml",
        mime="application/toml", key=_key("download", dataset), on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    given = st.file_uploader(
        "Bring a file of thresholds", type=["toml"], key=_key("upload", dataset), max_upload_size=1
    )
    if given is None:
        return
    with told("thresholds_file"):
        settings = read_settings(_decoded(given.getvalue()))
        st.markdown(f"The file changes {len(settings.changed)} figures.")
        if st.button("Keep what the file says", key=_key("bring", dataset), type="primary"):
            _save(dataset, settings, f"The thresholds of {dataset.name} are those of the file.")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("The file is not in UTF-8.", found=str(problem), todo="Save it as UTF-8.") from problem
