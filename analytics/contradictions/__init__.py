"""Where a staffing guide's rules cannot all hold on this data, with the arithmetic."""

from analytics.contradictions.claims import Contradiction
from analytics.contradictions.on_data import contradictions

__all__ = ["Contradiction", "contradictions"]
