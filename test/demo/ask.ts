import { sendRequest } from '../real/harness/http-request.ts';
import type { DemoInstallation, DemoTenant } from './installation.ts';

/** What the frontend answered to a question of a tenant. */
export interface DemoAnswer {
  readonly status: number;
  /** Values of the `namespace` label in the answer, sorted, without repeats. */
  readonly namespaces: readonly string[];
  readonly text: string;
}

/** A question: the path below the frontend, and a form body to send it as POST. */
export interface DemoQuestion {
  readonly path: string;
  readonly form?: string;
}

/** Asks the frontend with a tenant's token. */
export async function ask(
  installation: DemoInstallation,
  tenant: DemoTenant,
  question: DemoQuestion,
): Promise<DemoAnswer> {
  const { status, text } = await sendRequest({
    url: installation.frontendUrl + question.path,
    headers: {
      Authorization: `Bearer ${tenant.token}`,
      ...(question.form !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    },
    ...(question.form !== undefined && { method: 'POST', body: question.form }),
  });
  const found = [...text.matchAll(/"namespace":"([^"]*)"/g)].map((match) => match[1] ?? '');
  return { status, text, namespaces: [...new Set(found)].toSorted() };
}
