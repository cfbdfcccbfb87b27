import { sendRequest } from '../real/harness/http-request.ts';
import { poll } from '../real/harness/poll.ts';
import { ask, type DemoAnswer } from './ask.ts';
import { ALLOWED_DIFFERENCES } from './differences.ts';
import type { DemoInstallation } from './installation.ts';

/** One thing that the demo promises, and whether it held. */
export interface Check {
  readonly promise: string;
  readonly held: boolean;
  /** What was seen instead. */
  readonly seen: string;
}

/** Waits until Prometheus has scraped both tenants, asked past the frontend. */
export async function waitForSeries(installation: DemoInstallation): Promise<void> {
  const url = `${installation.prometheusUrl}/api/v1/query?query=count(shop_open)`;
  await poll(async () => ((await sendRequest({ url })).text.includes('"2"') ? true : undefined), {
    what: 'Prometheus to scrape both tenants',
  });
}

/** Checks what both tenants see, and that the demo runs what the manifests say. */
export async function checkInstallation(installation: DemoInstallation): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const [a, b] = installation.tenants;
  for (const [tenant, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const own = `/namespaces/${tenant.namespace}/api/v1/query`;
    const sees = async (promise: string, answer: Promise<DemoAnswer>): Promise<void> => {
      const { status, namespaces, text } = await answer;
      const held = status === 200 && namespaces.join() === tenant.namespace;
      checks.push({ promise, held, seen: `${status} ${text}` });
    };
    const isDenied = async (promise: string, answer: Promise<DemoAnswer>): Promise<void> => {
      const { status, namespaces, text } = await answer;
      checks.push({ promise, held: status === 403 && namespaces.length === 0, seen: text });
    };
    const seesNothing = async (promise: string, answer: Promise<DemoAnswer>): Promise<void> => {
      const { status, text } = await answer;
      checks.push({ promise, held: status === 200 && text.includes('"result":[]'), seen: text });
    };
    const name = tenant.namespace;
    await sees(
      `${name} sees its own series`,
      ask(installation, tenant, { path: `${own}?query=shop_open` }),
    );
    await sees(
      `${name} sees its own series by POST`,
      ask(installation, tenant, { path: own, form: 'query=shop_orders_total' }),
    );
    await isDenied(
      `${name} cannot ask for ${other.namespace}`,
      ask(installation, tenant, {
        path: `/namespaces/${other.namespace}/api/v1/query?query=shop_open`,
      }),
    );
    await isDenied(
      `${name} cannot ask for ${other.namespace} in a POST body`,
      ask(installation, tenant, {
        path: `/api/v1/query?namespace=${name}`,
        form: `query=shop_open&namespace=${other.namespace}`,
      }),
    );
    await seesNothing(
      `${name} finds nothing behind a matcher for ${other.namespace}`,
      ask(installation, tenant, {
        path: `${own}?query=shop_open%7Bnamespace%3D%22${other.namespace}%22%7D`,
      }),
    );
  }
  return [...checks, differencesCheck(installation)];
}

function differencesCheck(installation: DemoInstallation): Check {
  return {
    promise: 'the frontend runs as synthesised, but for access, addresses and TLS',
    held:
      installation.differences.length > 0 &&
      installation.differences.every((path) => ALLOWED_DIFFERENCES.includes(path)),
    seen: installation.differences.join(', '),
  };
}
