// Entry of the bundle that manifests carry: one role, and no YAML parser.
import process from 'node:process';
import { readJsonDocument } from '../adapters/files/document.ts';
import { queryFrontendRole } from '../roles/query-frontend.ts';
import { runRole } from '../roles/run-role.ts';

process.exitCode = await runRole(queryFrontendRole, process.argv.slice(2), readJsonDocument);
