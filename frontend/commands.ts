import type { CommandSpec } from './command-line.ts';
import { queryFrontendRole } from './roles/query-frontend.ts';
import { SCOPE_SPEC } from './tools/scope.ts';

/** Every role and tool of the program, in the order of the help. */
export const COMMAND_SPECS: readonly CommandSpec[] = [queryFrontendRole.spec, SCOPE_SPEC];
