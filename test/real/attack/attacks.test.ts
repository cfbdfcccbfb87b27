import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestAttack } from '../../attack/attack.ts';
import { ATTACKS } from '../../attack/attack-table.ts';
import { attack } from '../../attack/running-frontend.ts';
import { describeReal } from '../harness/skip.ts';
import { readPath } from '../harness/read-path.ts';
import { get, send } from '../query-frontend/support/question.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import {
  type AttackedInstallation,
  type AttackedUpstream,
  startAttackedInstallation,
} from './attacked-installation.ts';

const ON_REAL_DATA = ATTACKS.filter(
  (it): it is RequestAttack => it.kind === 'request' && it.unguardedOn.length > 0,
);

/** Whether a text tells anything of the other tenant: its values and labels, or that it is there. */
function tells(text: string): boolean {
  return shows(text, 'team-b') || text.includes('"team-b"');
}

await describeReal('attacks on real data', ['prometheus', 'promtool', 'thanos'], () => {
  let installation: AttackedInstallation;

  beforeAll(async () => {
    installation = await startAttackedInstallation();
  }, 300_000);

  afterAll(() => installation?.stop());

  describe.each(['prometheus', 'thanos'] as const)('before %s', (name) => {
    let upstream: AttackedUpstream;

    beforeAll(() => {
      upstream = installation.upstreams[name];
    });

    it('has a guard that shows the attacker its own data', async () => {
      const own = get('/namespaces/team-a/api/v1/query', { query: 'shop_orders', ...AT });
      const answer = await attack(upstream.frontend, own);
      expect(shows(answer.text, 'team-a')).toBe(true);
    });

    it.each(ON_REAL_DATA.filter((row) => row.unguardedOn.includes(name)))(
      '$number, $what: $answer',
      async (row) => {
        const answer = await attack(upstream.frontend, row.question);
        const [status = '', code] = row.answer.split(' ');
        // What the upstream itself refuses is refused; what it says is looked at below.
        expect(code === undefined ? [200, 400, 422] : [Number(status)]).toContain(answer.status);
        if (answer.text !== '') expect(readPath(JSON.parse(answer.text), 'code')).toBe(code);
        expect(shows(answer.text, 'team-b')).toBe(false);
        if (code === undefined && !row.echoes) expect(answer.text).not.toContain('team-b');

        const unguarded = await send({ url: upstream.url }, row.unguarded ?? get('/'));
        expect(tells(unguarded.text)).toBe(true);
      },
    );
  });
});
