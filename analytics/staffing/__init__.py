"""How many people each tier needs, how sure, and what if.

| module      | answers                                                                                  |
|-------------|------------------------------------------------------------------------------------------|
| `erlang`    | live work: waiting, service level, agents for an offered load (Erlang B, C, A)           |
| `live`      | live work through the week: agents for each open hour, chat concurrency                  |
| `network`   | visits per tier from tickets and the routing matrix; waits in a network (Jackson, QNA)   |
| `deferred`  | tickets: the least constant capacity that keeps every deadline, and the window that binds|
| `risk`      | forecast risk: quantiles, newsvendor, three decision rules, which risk binds             |
| `calendars` | business days and open hours of each tier                                                |
| `plan`      | the plan file: read, check, edit, write                                                  |
| `effort`    | minutes of work per visit, with source and interval                                      |
| `inputs`    | what the engine needs from history and forecast, as one frozen object                    |
| `demand`    | from tickets to visits and hours of work by tier, day and deadline                       |
| `need`      | what a tier's work asks for, over the paths and under each decision rule                 |
| `team`      | a team over the horizon: attrition, hires, ramp-up, backlog, lateness, waits             |
| `mix`       | the implied mix of tiers beside the rules of thumb                                       |
| `wording`   | the answer in words: what binds, what was assumed                                        |
| `recommend` | the chain: headcount per tier and week, interval, P(SLA met), the window that binds      |
| `simulate`  | the same team as an event-driven network, compiled                                       |
| `replay`    | past arrivals and rosters through the simulation: score, calibration of effort           |
| `shifts`    | shift patterns that cover the required agents at least cost                              |
| `scenarios` | named changes of a plan: compare, tornado, break-even of tier 0, hire-by dates           |

Frames, arrays and frozen dataclasses in and out; nothing here knows the store, a chart or a page.
"""
