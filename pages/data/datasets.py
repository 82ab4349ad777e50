"""The datasets of this installation: what each holds; open, rename, undo the last import, delete."""

from functools import partial

import streamlit as st

from pages._kit import numbers, workspace
from pages._kit.data import manage
from pages._kit.problems import told
from pages._kit.text import plain

st.title("Datasets")
st.markdown(
    "Each import makes a new version of a dataset; the version before it is kept, so that the last import can be undone."
)
manage.tell_done()

names = workspace.names()
current = st.session_state.get("dataset")

for name in names:
    with told(), st.container(border=True, key=f"dataset_{manage.slug(name)}"):
        summary = manage.summary(name)
        st.markdown(f"#### {plain(name)}" + ("  :blue-badge[open now]" if name == current else ""))
        st.markdown(
            f"{numbers.count(summary['tickets'])} tickets · {numbers.count(summary['events'])} events · "
            f"{numbers.count(summary['teams'])} teams · {plain(summary['span'])}"
        )
        st.caption(plain(summary["notes"]))
        with st.container(horizontal=True):
            st.button(
                "Open",
                key=f"open_{name}",
                on_click=manage.open_it,
                args=(name,),
                disabled=name == current,
                type="primary",
            )
            if st.button("Rename", key=f"rename_{name}", icon=":material/edit:"):
                manage.rename(name)
            if st.button(
                "Undo last import", key=f"undo_{name}", icon=":material/undo:", disabled=not summary["can_undo"]
            ):
                manage.undo(name)
            st.download_button(
                "Export as Parquet", data=partial(manage.parquet, name), file_name=f"{name}.zip", mime="application/zip",
                key=f"export_{name}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip
            if st.button("Delete", key=f"delete_{name}", icon=":material/delete:"):
                manage.delete(name)

if not names:
    st.info("There is no dataset yet. Import a file to make one.", icon=":material/info:")
