/** What a user of the Python server needs to know before any table. */

export const INTRODUCTION = `# Move from the Python server

For users of the MCP server of \`ipfs_datasets_py\`. Written by \`npm run generate\` from the tables that this server itself answers by: who calls
a name below that is no tool here is told the same in the error (\`TOOL_NOT_FOUND\`, with \`details.use\` and \`details.reason\`).

## Settings of the client

\`ipfs-datasets-mcp setup <client>\` writes the entry and can undo it ([clients.md](clients.md)). By hand, replace

\`\`\`json
{ "command": "python", "args": ["-m", "ipfs_datasets_py.mcp_server", "--stdio"] }
\`\`\`

by

\`\`\`json
{ "command": "node", "args": ["<this folder>/bin/ipfs-datasets-mcp.js", "serve"] }
\`\`\`

\`--stdio\`, \`--http\`, \`--host\`, \`--port\`, \`--config\` and \`--debug\` mean what they meant; stdio is the default. HTTP listens on \`127.0.0.1:3002\`, with
MCP at \`/mcp\`. The four tools \`tools_list_categories\`, \`tools_list_tools\`, \`tools_get_schema\` and \`tools_dispatch\` are the same, and any tool can also
be called by its own name, or as \`<category>.<name>\`.

## Where the data are

Everything is in one directory, \`~/.ipfs-datasets-mcp\` (\`--data-dir\`). Nothing of the Python server is read or changed, so that both can run.

| there | here |
| --- | --- |
| files of datasets | \`load_dataset\` with their path; the directory must be one of \`roots\` |
| content in an IPFS node | \`ipfs dag export <cid>\` of that node, then \`ipfs_import_car\` |
| CIDs that the server answered without an IPFS node | were invented and name nothing; pin the files again |
| the task queue (\`task_queue.duckdb\`) | let it run empty there; new tasks go to \`task_submit\`. Nodes of both kinds can share work: [p2p.md](p2p.md) |
| caches, sessions, users, indexes | were in memory and ended with the process |

## What is different

- **Unknown parameters are errors** (\`INVALID_INPUT\`, with the path of each). There they were dropped silently.
- **Parameters are values**, never a JSON text in the first parameter.
- **A failure says so.** \`isError\` is true, \`success\` false, \`status\` \`"error"\`; \`error\` is a code to match on, \`message\` a sentence for people.
  The codes are in [errors.md](../errors.md). There, failures came in five forms, and MCP was always told \`isError: false\`.
- **Long lists have cursors.** Pass \`cursor\` of one answer to the next call. Where a result is cut, \`truncated\`, \`returned\` and \`total\` say so.
- **Datasets have versions.** Loading under an id that exists adds a version; none is ever changed. \`dataset_lineage\` tells where each came from.
- **Content addresses are computed.** The CID of a file is the one that any other implementation finds, and each block is checked when it is read.
- **Files are confined** to \`roots\`, the working directory by default; nothing is written over unless the call says so.
- **One access token** instead of users and JWT, needed as soon as HTTP listens beyond loopback.
- **No tool answers invented data.** One whose backend is missing is \`SERVICE_UNAVAILABLE\`, with what mends it.`
