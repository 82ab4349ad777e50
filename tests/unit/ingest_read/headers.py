"""Header lists as vendors export them, and rows made to fit: every column gets values of the kind its name promises."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

ZENDESK_TICKETS = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,Group,"
    "Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,"
    "Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes,"
    "First reply time in minutes within business hours,First resolution time in minutes,"
    "Full resolution time in minutes,Agent wait time in minutes,Requester wait time in minutes,On hold time in minutes,"
    "Manual Tagging of Categories [list]"
)
JIRA_TICKETS = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Project type,Project lead,Project description,"
    "Project url,Priority,Resolution,Assignee,Reporter,Creator,Created,Updated,Last Viewed,Resolved,Fix versions,Components,"
    "Components,Due date,Votes,Labels,Labels,Description,Environment,Watchers,Watchers,Log Work,Original Estimate,Time Spent,"
    "Work Ratio,Custom field (Impact),Custom field (Request Type),Custom field (Time to first response),"
    "Custom field (Time to resolution),Satisfaction rating,Comment,Comment"
)
JIRA_TICKETS_ES = (
    "Resumen,Clave de incidencia,ID de incidencia,Tipo de Incidencia,Estado,Clave del proyecto,Proyecto,Prioridad,Resolución,"
    "Persona asignada,Informador,Creador,Creada,Actualizada,Última visualización,Resuelta,Componentes,Componentes,"
    "Campo personalizado (Time to first response),Campo personalizado (Grupo)"
)
SERVICENOW_LIST = (
    "number,opened_at,short_description,caller_id,priority,state,category,assignment_group,assigned_to,sys_updated_on,"
    "sys_updated_by"
)
SERVICENOW_LIST_LABELS = (
    "Number,Opened,Short description,Caller,Priority,State,Category,Assignment group,Assigned to,Updated,Updated by"
)
SYS_AUDIT = "sys_id,documentkey,tablename,fieldname,oldvalue,newvalue,user,sys_created_on,sys_created_by"
METRIC_INSTANCE = "definition,table,id,field_value,value,start,end,duration,calculation_complete"
FRESHDESK = (
    "Ticket ID,Subject,Description,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
    "Last update time,Initial response time,Time tracked,First response time (in hrs),Resolution time (in hrs),"
    "Agent interactions,Customer interactions,Resolution status,First response status,Tags,Survey results,Product,Full name,Email"
)
FRESHSERVICE = (
    "Subject,Type,Status,Urgency,Impact,Priority,Group,Agent,Company,Description,Category,Sub-Category,Item,Source,Ticket Id,"
    "Requester Name,Requester Email,Created Time,Due by Time,Resolved Time,Closed Time,Last Updated Time,Initial Response Time,"
    "Time Tracked,First Response Time (in Hrs),Resolution Time (in Hrs),Agent interactions,Resolution Status,Resolved By Level"
)
VOLVO = (
    "SR Number,Change Date+Time,Status,Sub Status,Involved ST Function Div,Involved Org line 3,Involved ST,SR Latest Impact,"
    "Product,Country,Owner Country,Owner First Name"
)

Make = Callable[[int, str], str]

_BY_WORD: tuple[tuple[str, Make], ...] = (
    ("email", lambda i, _: f"person{i % 7}@example.com"),
    ("minutes", lambda i, _: str(i * 3)),
    ("in hrs", lambda i, _: f"{i % 9}:30:00"),
    ("time to ", lambda i, _: f"-{i % 9}:30"),
    ("status changed", lambda i, _: ""),
    ("created", lambda i, style: stamp(i, style)),
    ("creada", lambda i, style: stamp(i, style)),
    ("opened", lambda i, style: stamp(i, style)),
    ("updated", lambda i, style: stamp(i + 5, style)),
    ("update time", lambda i, style: stamp(i + 5, style)),
    ("actualizada", lambda i, style: stamp(i + 5, style)),
    ("resolved", lambda i, style: stamp(i + 4, style) if i % 3 else ""),
    ("resuelta", lambda i, style: stamp(i + 4, style) if i % 3 else ""),
    ("solved", lambda i, style: stamp(i + 4, style) if i % 3 else ""),
    ("closed", lambda i, style: stamp(i + 5, style) if i % 3 else ""),
    ("assigned at", lambda i, style: stamp(i + 1, style)),
    ("response time", lambda i, style: stamp(i + 1, style)),
    ("due", lambda i, style: stamp(i + 9, style)),
    ("key", lambda i, _: f"SUP-{i}"),
    ("clave", lambda i, _: f"SUP-{i}"),
    ("status", lambda i, _: ("Open", "Pending", "Resolved", "Closed")[i % 4]),
    ("state", lambda i, _: ("New", "In Progress", "On Hold", "Resolved")[i % 4]),
    ("estado", lambda i, _: ("Abierta", "En curso", "Resuelta", "Cerrada")[i % 4]),
    ("priority", lambda i, _: ("Low", "High", "Urgent")[i % 3]),
    ("prioridad", lambda i, _: ("Baja", "Alta")[i % 2]),
    ("group", lambda i, _: ("Service Desk", "L2 Network", "Engineering")[i % 3]),
    ("grupo", lambda i, _: ("Service Desk", "L2 Network", "Engineering")[i % 3]),
    ("stations", lambda i, _: str(i % 4)),
    ("number", lambda i, _: f"INC{i:07d}"),
    ("tipo", lambda i, _: ("Incidencia", "Solicitud")[i % 2]),
    ("id", lambda i, _: str(1000 + i)),
)


def stamp(i: int, style: str = "iso") -> str:
    day, hour = i % 28 + 1, i % 24
    return {
        "iso": f"2024-03-{day:02d} {hour:02d}:15:00",
        "dmy": f"{day:02d}-03-2024 {hour:02d}:15",
        "jira": f"{day}/Mar/24 {(hour % 12) or 12:02d}:15 {'AM' if hour < 12 else 'PM'}",
    }[style]


def cell(name: str, i: int, style: str) -> str:
    word = name.casefold()
    make = next((make for part, make in _BY_WORD if part in word), None)
    return make(i, style) if make else f"{name} {i % 5}"


def export(header: str, rows: int = 40, style: str = "iso", **columns: Sequence[str]) -> str:
    """A CSV of this header with made-up rows; `columns` give the values of some (blanks in names as underscores)."""
    names = header.split(",")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    for i in range(rows):
        given = {
            name: columns[key][i % len(columns[key])] for name in names if (key := name.replace(" ", "_")) in columns
        }
        writer.writerow([given.get(name, cell(name, i, style)) for name in names])
    return out.getvalue()
