import type { CommandSpec } from './command-line.ts';
import { queryFrontendRole } from './roles/query-frontend.ts';
import { AUDIT_SPEC, runAudit } from './tools/audit.ts';
import { EXPLAIN_SPEC, runExplain } from './tools/explain.ts';
import { runScope, SCOPE_SPEC } from './tools/scope.ts';
import type { Tool } from './tools/tool.ts';
import { runTranslate, TRANSLATE_SPEC } from './tools/translate.ts';

/** Every tool of the program, in the order of the help. */
export const TOOLS: readonly Tool[] = [
  { spec: SCOPE_SPEC, run: runScope },
  { spec: EXPLAIN_SPEC, run: runExplain },
  { spec: TRANSLATE_SPEC, run: runTranslate },
  { spec: AUDIT_SPEC, run: runAudit },
];

/** Every role and tool of the program, in the order of the help. */
export const COMMAND_SPECS: readonly CommandSpec[] = [
  queryFrontendRole.spec,
  ...TOOLS.map((tool) => tool.spec),
];
