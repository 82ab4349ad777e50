"""What the numbers about a dataset itself mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Data": {
        "dataset.events": Definition(
            "Events",
            "count",
            "Things that happened to the tickets in view, as imported.",
        ),
        "dataset.tickets": Definition(
            "Tickets",
            "count",
            "Tickets created in the period in view. Merged, spam and test tickets are left out of all numbers.",
        ),
        "dataset.first_at": Definition(
            "First event",
            "time",
            "The earliest event of the tickets in view.",
        ),
        "dataset.last_at": Definition(
            "Last event",
            "time",
            "The latest event of the tickets in view. What is open is measured up to the data's last event.",
        ),
        "dataset.rejected_rows": Definition(
            "Rejected rows",
            "count",
            "Rows of imported files that could not be read and have not been sent again since.",
        ),
        "dataset.teams": Definition(
            "Teams",
            "count",
            "Teams that had at least one of the tickets in view.",
        ),
        "volume.tickets_per_week": Definition(
            "Tickets per week",
            "tickets per week",
            "Mean of the whole weeks in view, Monday to Sunday. Weeks cut off by the data or the filter are left out.",
        ),
    },
}
