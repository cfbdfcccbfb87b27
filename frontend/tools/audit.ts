import process from 'node:process';
import { text } from 'node:stream/consumers';
import { asObject } from '../adapters/kubernetes/json-fields.ts';
import { type CommandSpec, EXIT, type OptionValues } from '../command-line.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type ApiServer, askServer, type ServerAnswer } from './audit/api-server.ts';
import { type AuditedObject, readObjects } from './audit/audited-objects.ts';
import { resourcesInForce } from './audit/policies-in-force.ts';
import { CALLER_OPTIONS, readCaller, readText } from './explain/caller.ts';
import type { ToolStreams } from './tool.ts';

/** The tool that finds objects which are older than the admission policies and break them. */
export const AUDIT_SPEC: CommandSpec = {
  name: 'audit',
  summary: 'lists objects that the admission policies would refuse, from kubectl get -A -o json',
  options: [
    { name: 'server', value: 'URL', isRequired: true, description: 'The API server, https.' },
    ...CALLER_OPTIONS,
    {
      name: 'ca-file',
      value: 'FILE',
      description: 'Certificate authority of the API server, PEM. Default: those of Node.',
    },
  ],
};

/** What the policies say of one object; `undefined` where they say nothing against it. */
type Finding = string | undefined;

/**
 * Writes each object of a List on the standard input back as it is, in a dry run, and prints those that
 * the policies refuse. Only the API server can judge them: they are its own expressions.
 *
 * The caller needs the right to update these objects, and to list the policies and their bindings.
 *
 * @returns The exit code: 0 when nothing is refused, 1 when something is or could not be tried, 2 for
 * wrong usage.
 */
export async function runAudit(options: OptionValues, streams: ToolStreams): Promise<number> {
  const server = await readServer(options);
  if (!server.ok) return complain(streams, server.rejection, EXIT.usage);
  const objects = readObjects(await text(streams.input));
  if (!objects.ok) return complain(streams, objects.rejection, EXIT.usage);
  try {
    return await audit(server.value, objects.value, streams);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return complain(streams, `no answer: ${reason}`, EXIT.refused);
  }
}

async function audit(
  server: ApiServer,
  objects: readonly AuditedObject[],
  streams: ToolStreams,
): Promise<number> {
  const inForce = await resourcesInForce(server);
  if (!inForce.ok) return complain(streams, inForce.rejection, EXIT.refused);
  const missing = objects.find(({ resource }) => !inForce.value.has(resource));
  if (missing !== undefined) {
    return complain(streams, `no policy for ${missing.resource} is in force`, EXIT.refused);
  }
  let found = 0;
  for (const object of objects) {
    const finding = await judge(server, object);
    if (finding === undefined) continue;
    found += 1;
    streams.output.write(`${object.title}: ${finding}\n`);
  }
  streams.output.write(`${found} of ${objects.length} objects would be refused\n`);
  return found === 0 ? EXIT.done : EXIT.refused;
}

async function judge(server: ApiServer, { object, path }: AuditedObject): Promise<Finding> {
  const tried = await dryRun(server, path, object);
  if (tried.status !== 409) return findingOf(tried);
  // It changed since it was listed: what is there now is what matters.
  const fresh = await askServer(server, { path });
  if (fresh.status === 404) return undefined;
  return findingOf(fresh.status === 200 ? await dryRun(server, path, fresh.body) : fresh);
}

function dryRun(server: ApiServer, path: string, body: unknown): Promise<ServerAnswer> {
  return askServer(server, {
    path: `${path}?dryRun=All&fieldManager=prometheus-tenancy-kit`,
    body,
  });
}

function findingOf({ body, status, warning }: ServerAnswer): Finding {
  if (status === 200)
    return warning.includes('ValidatingAdmissionPolicy') ? reasonIn(unquote(warning)) : undefined;
  const message = asObject(body)?.['message'];
  const reason = typeof message === 'string' ? message : `status ${status}`;
  return reason.includes('ValidatingAdmissionPolicy') ? reasonIn(reason) : `not tried: ${reason}`;
}

// The API server puts the names of the policy and of the binding in front.
function reasonIn(message: string): string {
  return message.replace(/^[\s\S]*?(?:denied request|with binding '[^']*'): /, '');
}

// A warning is a quoted text behind a number.
function unquote(warning: string): string {
  return warning.replace(/"$/, '').replaceAll(/\\(["\\])/g, '$1');
}

async function readServer(options: OptionValues): Promise<Result<ApiServer, string>> {
  const url = URL.parse(options.get('server')?.[0] ?? '');
  if (url === null || url.protocol !== 'https:') return refuse('--server must be an https URL');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return refuse('--server must not have credentials, a query or a fragment');
  }
  const caller = await readCaller(options, process.env);
  if (!caller.ok) return caller;
  const caFile = options.get('ca-file')?.[0];
  const ca = caFile === undefined ? undefined : await readText(caFile);
  if (ca?.ok === false) return ca;
  return accept({ url, caller: caller.value, ca: ca?.value });
}

function complain(streams: ToolStreams, message: string, exitCode: number): number {
  streams.errors.write(`${AUDIT_SPEC.name}: ${message}\n`);
  return exitCode;
}
