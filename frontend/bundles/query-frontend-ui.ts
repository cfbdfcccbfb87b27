// Entry of the bundle with a web UI: the query frontend, and the proxy that carries the UI's files.
import process from 'node:process';
import { readJsonDocument } from '../adapters/files/document.ts';
import { createProxiedFiles } from '../adapters/web-ui/proxied-files.ts';
import { queryFrontendRoleWith } from '../roles/query-frontend.ts';
import { runRole } from '../roles/run-role.ts';

const role = queryFrontendRoleWith(createProxiedFiles);
process.exitCode = await runRole(role, process.argv.slice(2), readJsonDocument);
