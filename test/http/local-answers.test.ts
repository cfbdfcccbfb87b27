import { describe, expect, it } from '@jest/globals';
import { localBody } from '../../frontend/http/local-answers.ts';
import { ROUTES } from '../../frontend/http/routes.ts';
import { WEB_UI_ROUTES } from '../../frontend/http/web-ui-routes.ts';

const NAMES = [...ROUTES, ...WEB_UI_ROUTES].map(({ name, shape }) => ({ name, shape }));

describe('localBody', () => {
  it.each(NAMES.filter(({ shape }) => shape === 'local'))('answers $name with JSON', ({ name }) => {
    expect(typeof JSON.parse(localBody(name))).toBe('object');
  });

  it.each(NAMES.filter(({ shape }) => shape !== 'local'))('has nothing for $name', ({ name }) => {
    expect(() => localBody(name)).toThrow(TypeError);
  });
});
