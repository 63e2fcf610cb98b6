"""Sources: places from which books are fetched on a schedule, each fetch a row.

| module | |
|---|---|
| `rules` | which addresses, variables and moments are sound; what is fetched of what lies there |
| `actions` | what people do with sources |
| `due` | what is due is claimed, once, and put in the queue |
| `work` | one fetch: get the files, compare with the last, import |
| `folders`, `https`, `sftp` | the ways to fetch; `reached`: to which addresses a connection may go |
"""
