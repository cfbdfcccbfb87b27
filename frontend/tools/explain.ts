import http from 'node:http';
import https from 'node:https';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { type CommandSpec, EXIT, type OptionValues } from '../command-line.ts';
import type { Explanation } from '../http/explain-request.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type Caller, CALLER_OPTIONS, readCaller, readText } from './explain/caller.ts';
import { isAllAllowed, printExplanation } from './explain/print-explanation.ts';
import type { ToolStreams } from './tool.ts';

const TIMEOUT_MS = 30_000;

/** The tool that asks a query frontend what it makes of a query, and why. */
export const EXPLAIN_SPEC: CommandSpec = {
  name: 'explain',
  summary: 'says who you are to a query frontend, what you may read, and what it makes of a query',
  options: [
    {
      name: 'url',
      value: 'URL',
      isRequired: true,
      description: 'The frontend, or the data source that points to it.',
    },
    {
      name: 'namespace',
      value: 'NS',
      isRepeatable: true,
      description: 'A namespace to be read; may be given several times.',
    },
    { name: 'query', value: 'PROMQL', description: 'The query.' },
    { name: 'start', value: 'TIME', description: 'For a range: its start.' },
    { name: 'end', value: 'TIME', description: 'For a range: its end.' },
    { name: 'step', value: 'DURATION', description: 'For a range: its step.' },
    ...CALLER_OPTIONS,
    {
      name: 'ca-file',
      value: 'FILE',
      description: 'Certificate authority of the frontend, PEM. Default: those of Node.',
    },
    { name: 'json', description: 'Print the answer as it came.' },
    {
      name: 'unsafe-plain-http',
      description: 'Send the token over plain HTTP to an address that is not loopback.',
    },
  ],
};

interface Question {
  readonly url: URL;
  readonly form: string;
  readonly caller: Caller;
  readonly ca: string | undefined;
}

/**
 * Prints what a query frontend explains.
 *
 * @returns The exit code: 0 when all is allowed, 1 when something is refused, 2 for wrong usage.
 */
export async function runExplain(options: OptionValues, streams: ToolStreams): Promise<number> {
  const question = await readQuestion(options, process.env);
  if (!question.ok) return complain(streams, question.rejection, EXIT.usage);
  const answer = await ask(question.value).catch((error: unknown) => describeFailure(error));
  if (typeof answer === 'string') return complain(streams, answer, EXIT.refused);
  const explanation = readExplanation(answer.body);
  if (explanation === undefined) {
    return complain(streams, describeRefusal(answer.status, answer.body), EXIT.refused);
  }
  streams.output.write(options.has('json') ? answer.body : printExplanation(explanation));
  return isAllAllowed(explanation) ? EXIT.done : EXIT.refused;
}

async function readQuestion(
  options: OptionValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<Question, string>> {
  const url = readUrl(options.get('url')?.[0] ?? '', options.has('unsafe-plain-http'));
  if (!url.ok) return url;
  const caller = await readCaller(options, env);
  if (!caller.ok) return caller;
  const caFile = options.get('ca-file')?.[0];
  const ca = caFile === undefined ? undefined : await readText(caFile);
  if (ca?.ok === false) return ca;
  return accept({ url: url.value, form: readForm(options), caller: caller.value, ca: ca?.value });
}

// The path of a data source may name the namespaces, so it stays in front.
function readUrl(input: string, isPlainHttpAllowed: boolean): Result<URL, string> {
  const url = URL.parse(input);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return refuse('--url must be an http or https URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return refuse('--url must not have credentials, a query or a fragment');
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isLoopback && !isPlainHttpAllowed) {
    return refuse('--url would send the token in clear text: use https, or --unsafe-plain-http');
  }
  url.pathname = `${url.pathname.replace(/\/$/, '')}/-/explain`;
  return accept(url);
}

function readForm(options: OptionValues): string {
  const form = new URLSearchParams();
  for (const name of ['namespace', 'query', 'start', 'end', 'step']) {
    for (const value of options.get(name) ?? []) form.append(name, value);
  }
  return form.toString();
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask({ url, form, caller, ca }: Question): Promise<Answer> {
  const transport = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = transport.request(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...('token' in caller && { Authorization: `Bearer ${caller.token}` }),
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': String(form.length),
      },
      ...(ca !== undefined && { ca }),
      ...('certificate' in caller && caller.certificate),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      text(response).then((body) => {
        resolve({ status, body });
      }, reject);
    });
    request.end(form);
  });
}

function describeFailure(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `no answer: ${reason}`;
}

function describeRefusal(status: number, body: string): string {
  const envelope = readObject(body);
  const message = envelope?.['error'];
  return typeof message === 'string'
    ? `${status} ${String(envelope?.['code'])}: ${message}`
    : `${status}, and not the answer of a query frontend`;
}

function readExplanation(body: string): Explanation | undefined {
  const envelope = readObject(body);
  const data = envelope?.['status'] === 'success' ? envelope['data'] : undefined;
  return isExplanation(data) ? data : undefined;
}

// As far as printing needs it: whoever answers at this address is believed to be a frontend.
function isExplanation(data: unknown): data is Explanation {
  if (typeof data !== 'object' || data === null) return false;
  const { identity, namespaces, limits }: Partial<Record<keyof Explanation, unknown>> = data;
  const groups: unknown =
    typeof identity === 'object' && identity !== null && 'groups' in identity && identity.groups;
  return Array.isArray(groups) && Array.isArray(namespaces) && typeof limits === 'object';
}

function readObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function complain({ errors }: ToolStreams, message: string, exitCode: number): number {
  errors.write(`explain: ${message}\n`);
  return exitCode;
}
