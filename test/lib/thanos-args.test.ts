import { describe, expect, it } from '@jest/globals';
import { SynthError, ThanosArgs } from '../../lib/index.ts';

describe('ThanosArgs', () => {
  it('prints what it was given, in order, after the component', () => {
    const args = new ThanosArgs('query', 'test')
      .value('log.format', 'json')
      .enable('web.disable-cors')
      .optional('query.timeout', undefined)
      .value('query.replica-label', 'a')
      .value('query.replica-label', 'b')
      .extra(['--query.lookback-delta=5m', '--no-query.partial-response'])
      .toArray();
    expect(args).toEqual([
      'query',
      '--log.format=json',
      '--web.disable-cors',
      '--query.replica-label=a',
      '--query.replica-label=b',
      '--query.lookback-delta=5m',
      '--no-query.partial-response',
    ]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['an unknown flag', ['--query.nonsense=1'], /not known to thanos query/],
    ['a flag of another component', ['--data-dir=/x'], /not known to thanos query/],
    ['a deprecated flag', ['--endpoint=thanos:10901'], /use --endpoint.sd-config-file/],
    ['a deprecated client flag', ['--grpc-client-tls-ca=/ca'], /use client_config/],
    ['a configuration in an argument', ['--tracing.config=x'], /use --tracing.config-file/],
    ['tenancy by replacement', ['--query.enforce-tenancy'], /leave scoping to the query frontend/],
    ['a value for a switch', ['--web.disable-cors=true'], /takes no value/],
    ['a switch without its value', ['--query.timeout'], /needs a value/],
    ['a repeat', ['--log.format=json'], /is set already/],
    ['a repeat of a switch by its opposite', ['--no-query.auto-downsampling'], /is set already/],
    ['two arguments in one text', ['--query.timeout 5m'], /not one argument/],
    ['something that is no flag', ['query'], /not one argument/],
    ['what a property leaves out', ['--query.max-concurrent=5'], /has a property/],
    ['what is kept for one', ['--query.replica-label=a'], /has a property/],
    ['a switch that is', ['--no-query.partial-response'], /has a property/],
  ])('refuses %s', (_what, extra, message) => {
    const add = (): unknown =>
      new ThanosArgs('query', 'test')
        .value('log.format', 'json')
        .enable('query.auto-downsampling')
        .optional('query.max-concurrent', undefined)
        .reserve('query.replica-label', 'query.partial-response')
        .extra(extra);
    expect(add).toThrow(SynthError);
    expect(add).toThrow(message);
  });
});
