import { describe, expect, it } from '@jest/globals';
import { createAccess, type RunningAccess } from '../../frontend/adapters/access-from-config.ts';
import {
  type KubernetesAccessConfig,
  parseQueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import {
  type Answering,
  type FakeApiServer,
  startFakeApiServer,
} from '../adapters/kubernetes/fake-api-server.ts';
import type { Answer, Question } from './harness/ask.ts';
import { type Frontend, startFrontend } from './harness/frontend.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const TOKEN = 'sha256~token-of-jane';
const USER = {
  username: 'jane,admin:x',
  uid: '6e0f1c9a-0000-4000-8000-000000000001',
  groups: ['devs', 'system:authenticated', 'a,b'],
  extra: {
    'authentication.kubernetes.io/credential-id': ['JTI=1'],
    'example.org/scopes': ['one', 'two'],
  },
};

const reviewed =
  (audiences: readonly string[] | undefined, allowed: readonly string[]): Answering =>
  ({ path, body }) => {
    if (path.endsWith('/tokenreviews')) {
      return { status: 201, body: { status: { authenticated: true, user: USER, audiences } } };
    }
    const text = JSON.stringify(body ?? null);
    const isAllowed = allowed.some((namespace) => text.includes(`"namespace":"${namespace}"`));
    return { status: 201, body: { status: { allowed: isAllowed } } };
  };

/** A frontend whose reviews are answered, and recorded, by a server in the place of the API server. */
class ReviewedFrontend implements AsyncDisposable {
  readonly apiServer: FakeApiServer;
  readonly frontend: Frontend;
  readonly #running: RunningAccess;

  private constructor(apiServer: FakeApiServer, frontend: Frontend, running: RunningAccess) {
    this.apiServer = apiServer;
    this.frontend = frontend;
    this.#running = running;
  }

  static async start(answering: Answering, settings: object = {}): Promise<ReviewedFrontend> {
    const apiServer = await startFakeApiServer(answering);
    const { url, caFile, tokenFile } = apiServer;
    const config = accessConfig({ apiServer: { url, caFile, tokenFile }, ...settings });
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
    const running = await createAccess(config, DEFAULT_TENANCY_LABEL, { env });
    const frontend = await startFrontend({ access: running.access });
    frontend.upstream.respondWith(json(SUCCESS));
    return new ReviewedFrontend(apiServer, frontend, running);
  }

  ask(path: string, question: Question = {}): Promise<Answer> {
    const headers = { ...question.headers, Authorization: `Bearer ${TOKEN}` };
    return this.frontend.ask(path, { ...question, headers });
  }

  /** The bodies of the access reviews so far. */
  get accessReviews(): readonly unknown[] {
    return this.apiServer.requests
      .filter(({ path }) => path.endsWith('/subjectaccessreviews'))
      .map(({ body }) => body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.stop();
    await this.frontend[Symbol.asyncDispose]();
    await this.apiServer[Symbol.asyncDispose]();
  }
}

function accessConfig(access: object): KubernetesAccessConfig {
  const parsed = parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://127.0.0.1:1' },
    access: { kind: 'kubernetes', audiences: ['own'], ...access },
  });
  if (!parsed.ok || parsed.value.access.kind !== 'kubernetes') throw new TypeError('no config');
  return parsed.value.access;
}

const NOTHING_REMEMBERED = {
  cache: { authenticatedTtlMs: 0, rejectedTtlMs: 0, allowedTtlMs: 0, deniedTtlMs: 0 },
};
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const QUERY = '/api/v1/query?namespace=a&query=up';

describe('the reviews of a request', () => {
  it.each([[undefined], [[]], [['own-too']]])(
    'let nobody in who is authenticated for the audiences %j',
    async (audiences) => {
      await using reviewing = await ReviewedFrontend.start(reviewed(audiences, ['a']));
      const answer = await reviewing.ask(QUERY);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'token_rejected' });
      expect(reviewing.accessReviews).toEqual([]);
      expect(reviewing.frontend.upstream.recorded).toEqual([]);
    },
  );

  it('ask about the very user that the API server named, field for field', async () => {
    await using reviewing = await ReviewedFrontend.start(reviewed(['own'], ['a']));
    expect((await reviewing.ask(QUERY)).status).toBe(200);
    const { username, ...others } = USER;
    expect(reviewing.accessReviews).toEqual([
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: username,
          ...others,
          resourceAttributes: {
            namespace: 'a',
            verb: 'get',
            group: '',
            resource: 'namespace',
            subresource: 'metrics',
          },
        },
      },
    ]);
  });

  it('refuse the whole request for one namespace, which is named, and ask nobody upstream', async () => {
    await using reviewing = await ReviewedFrontend.start(reviewed(['own'], ['a']));
    const answer = await reviewing.ask('/api/v1/query?namespace=a&namespace=b&query=up');
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'tenant_denied',
      error: expect.stringMatching(/namespace b$/),
    });
    expect(reviewing.frontend.upstream.recorded).toEqual([]);
  });

  it('are the same to the byte for GET and POST', async () => {
    await using reviewing = await ReviewedFrontend.start(
      reviewed(['own'], ['a']),
      NOTHING_REMEMBERED,
    );
    const asked = [
      await reviewing.ask(QUERY),
      await reviewing.ask('/api/v1/query', {
        method: 'POST',
        headers: FORM,
        body: 'namespace=a&query=up',
      }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
    const [first, second] = reviewing.accessReviews.map((body) => JSON.stringify(body));
    expect(reviewing.accessReviews).toHaveLength(2);
    expect(second).toBe(first);
  });

  it('are made anew for each request where nothing is remembered', async () => {
    await using reviewing = await ReviewedFrontend.start(
      reviewed(['own'], ['a']),
      NOTHING_REMEMBERED,
    );
    for (let turn = 0; turn < 5; turn += 1) await reviewing.ask(QUERY);
    expect(reviewing.accessReviews).toHaveLength(5);
    const tokenReviews = reviewing.apiServer.requests.filter(({ path }) =>
      path.endsWith('/tokenreviews'),
    );
    expect(tokenReviews).toHaveLength(5);
  });
});
