"""Tierscope: the router. Page settings, the gate, the frame, the menu; the pages do the rest."""

import streamlit as st

from pages._kit import frame, gate, later, memory, menu
from pages._kit.problems import told

st.set_page_config(page_title="Tierscope", page_icon=frame.ICON, layout="wide", initial_sidebar_state=300)
who = gate.let_in()
page = st.navigation(menu.pages(), position="top")
frame.show(who, page.title)
with memory.libraries_passed_over(page.title), told(), later.drawn_when_ready():
    page.run()
