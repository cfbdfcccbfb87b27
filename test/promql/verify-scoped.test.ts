import { describe, expect, it } from '@jest/globals';
import { verifyScoped } from '../../frontend/promql/verify-scoped.ts';

const MATCHER = 'namespace="team-a"';

describe('verifyScoped', () => {
  it.each([
    `{${MATCHER}}`,
    `up{${MATCHER}}`,
    `up{a="}",${MATCHER}} offset -5m @ start()`,
    `sum by (a, "b c") (rate(x:y{${MATCHER}}[5m:1m] @ 1e+5))`,
    `sum(offset{${MATCHER}}) without (by)`,
    `by{${MATCHER}} and on (a) by{${MATCHER}} or :a{${MATCHER}}`,
    `a{${MATCHER}} == bool ignoring (a) group_left -b{${MATCHER}} atan2 0x1F`,
    `a{${MATCHER}} * on (a) group_right ("x, {}") (b{${MATCHER}} </ NaN)`,
    `rate(up{${MATCHER}}[5m * -step() ^ 2:min_of(range(), 1m)] offset -(1m) anchored)`,
    `up{${MATCHER}} smoothed offset (5m) % 2 @ end() + anchored{${MATCHER}}`,
    `a{${MATCHER}} / fill_left(-1) fill_right(NaN) fill{${MATCHER}}`,
    `a{${MATCHER}} * on (x) group_left (y) fill(5m) sum by (z) (b{${MATCHER}})`,
    `info(up{${MATCHER}}, {a=~".+",${MATCHER}})`,
    '1 + time() * Inf',
    '"up{"',
  ])('passes %s', (text) => {
    expect(() => verifyScoped(text, MATCHER)).not.toThrow();
  });

  it.each([
    ['a bare metric', 'up'],
    ['a bare metric in an argument', `abs(up)`],
    ['a bare metric after an operator', `up{${MATCHER}} + up`],
    ['a bare metric named like an operator', `up{${MATCHER}} + and`],
    ['a bare metric named like a clause', `sum(by)`],
    ['a bare metric behind what is filled in', `a{${MATCHER}} + fill(0) and`],
    ['a bare metric named like what is filled in', `a{${MATCHER}} + fill(0) fill`],
    ['a bare metric named like an extension', `a{${MATCHER}} + anchored`],
    ['a metric behind an extension', `a{${MATCHER}} anchored up`],
    ['a selector as what is filled in', `a{${MATCHER}} + fill(b{${MATCHER}}) c{${MATCHER}}`],
    ['info with an argument out of scope', `info(up{${MATCHER}}, {a="b"})`],
    ['a bare metric in an offset', `a{${MATCHER}} offset (up)`],
    ['a bare metric in front of a range', 'rate(up[5m])'],
    ['empty braces', 'up{}'],
    ['another matcher', 'up{namespace="team-z"}'],
    ['our matcher not at the end', `up{${MATCHER},a="b"}`],
    ['our matcher as the end of another', `up{x${MATCHER}}`],
    ['our matcher in a string', `up{a=",namespace=\\"team-a\\""}`],
    ['a brace that stays open', `up{${MATCHER}`],
    ['a brace in braces', `up{{${MATCHER}}`],
    ['a string that stays open', '"up'],
    ['another kind of quotes', `'up'`],
    ['a comment', `up{${MATCHER}} # x`],
    ['a character of no meaning', `up{${MATCHER}} ; 1`],
    ['a brace in a list of labels', `sum by (a{${MATCHER}}) (b{${MATCHER}})`],
  ])('throws on %s', (_what, text) => {
    expect(() => verifyScoped(text, MATCHER)).toThrow(TypeError);
  });

  it('allows no selector at all without a matcher', () => {
    expect(() => verifyScoped(`up{${MATCHER}}`, undefined)).toThrow(TypeError);
    expect(() => verifyScoped('1 + 1', undefined)).not.toThrow();
  });
});
