import { describe, expect, it } from '@jest/globals';
import { codeOnly, type SourceFile, sourceFiles } from './support/source-files.ts';

const PRODUCT = ['tenant', 'frontend', 'lib', 'charts'].flatMap((folder) => sourceFiles(folder));
const TESTS = sourceFiles('test');

/** One row of the import law: files below `from` may import what one of `may` matches. */
interface Law {
  readonly from: RegExp;
  readonly may: readonly RegExp[];
  /** What it may import as types alone. */
  readonly mayAsTypes?: readonly RegExp[];
}

const TENANT = /^tenant\/[^/]+\.ts$/;
const SHARED = /^frontend\/(?:result|fault)\.ts$/;

// The first row that matches a file is its law.
const LAWS: readonly Law[] = [
  {
    from: /^tenant\/onboarding\//,
    may: [
      /^tenant\//,
      /^lib\//,
      /^frontend\/config\//,
      /^(?:cdk8s|cdk8s-plus-28|constructs)$/,
      /^node:/,
    ],
  },
  { from: /^tenant\//, may: [TENANT] },
  { from: /^frontend\/(?:result|fault)\.ts$/, may: [] },
  { from: /^frontend\/promql\//, may: [TENANT, SHARED, /^frontend\/promql\//] },
  { from: /^frontend\/access\//, may: [TENANT, SHARED, /^frontend\/access\//] },
  { from: /^frontend\/answers\//, may: [TENANT, SHARED, /^frontend\/answers\//] },
  {
    from: /^frontend\/limits\//,
    may: [TENANT, SHARED, /^frontend\/limits\//],
    mayAsTypes: [/^frontend\/promql\/ast\.ts$/],
  },
  { from: /^frontend\/config\//, may: [TENANT, SHARED, /^frontend\/config\//, /^valibot$/] },
  {
    from: /^frontend\/adapters\/web-ui\//,
    may: [SHARED, /^frontend\/adapters\/upstream\//, /^node:/, /^http-proxy$/],
    mayAsTypes: [/^frontend\/(?:config\/|http\/upstream\.ts$)/],
  },
  {
    from: /^frontend\/adapters\//,
    may: [
      TENANT,
      SHARED,
      /^frontend\/(?:adapters|config|access)\//,
      /^frontend\/http\/(?:upstream|forward|log)\.ts$/,
      /^node:/,
      /^jose$/,
      /^yaml$/,
    ],
  },
  {
    from: /^frontend\/http\//,
    may: [
      TENANT,
      SHARED,
      /^frontend\/(?:http|config|access|answers|limits|promql)\//,
      /^node:/,
      /^prom-client(?:$|\/lib\/)/,
    ],
  },
  {
    from: /^frontend\/bundles\/shared\.ts$/,
    may: [/^frontend\/(?:promql|answers|config)\//, /^jose$/, /^prom-client\/lib\//],
  },
  {
    from: /^frontend\/bundles\/shared-ui\.ts$/,
    may: [/^frontend\/bundles\/shared\.ts$/, /^frontend\/adapters\/web-ui\//],
  },
  {
    from: /^frontend\/bundle\.ts$/,
    may: [/^node:/, /^esbuild$/, /^lib\/query-frontend\//, /^frontend\//],
  },
  { from: /^frontend\//, may: [/^tenant\/[^/]+\.ts$/, /^frontend\//, /^node:/] },
  {
    from: /^lib\//,
    may: [
      /^lib\//,
      TENANT,
      /^frontend\/(?:config\/|result\.ts$)/,
      /^(?:cdk8s|cdk8s-plus-28|constructs)$/,
      /^node:/,
    ],
  },
  {
    from: /^charts\//,
    may: [
      /^charts\//,
      /^lib\//,
      /^tenant\//,
      /^frontend\/bundle\.ts$/,
      /^(?:cdk8s|cdk8s-plus-28|constructs|yaml)$/,
      /^node:/,
    ],
  },
];

function lawBreaks(file: SourceFile): readonly string[] {
  const law = LAWS.find((row) => row.from.test(file.path));
  if (law === undefined) return [`${file.path} has no law`];
  return file.imports
    .filter(({ target, isTypeOnly }) => {
      const allowed = isTypeOnly ? [...law.may, ...(law.mayAsTypes ?? [])] : law.may;
      return !allowed.some((pattern) => pattern.test(target));
    })
    .map((imported) => `${file.path} imports ${imported.target}`);
}

function cycles(files: readonly SourceFile[]): readonly string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((it) => it.isOurs && !it.isTypeOnly).map((it) => it.target),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      found.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

const EXPORTED =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|class|interface|type|let) (\w+)/gm;

function undocumentedExports(file: SourceFile): readonly string[] {
  return [...file.text.matchAll(EXPORTED)].flatMap((match) => {
    const before = file.text.slice(0, match.index).trimEnd();
    const isOverload = new RegExp(`export (?:async )?function ${match[1] ?? ''}\\b[^{]*;$`).test(
      before,
    );
    return before.endsWith('*/') || isOverload ? [] : [`${file.path} exports ${match[1] ?? ''}`];
  });
}

function linesWith(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    codeOnly(file.text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}`] : [])),
  );
}

describe('the import law', () => {
  it('is kept by every file', () => {
    expect(PRODUCT.length).toBeGreaterThan(50);
    expect(PRODUCT.flatMap((file) => lawBreaks(file))).toEqual([]);
  });

  it('catches a core that reaches for the system', () => {
    const planted = {
      path: 'frontend/promql/planted.ts',
      text: '',
      imports: [{ target: 'node:fs', isOurs: false, isTypeOnly: false }],
    };
    expect(lawBreaks(planted)).toEqual(['frontend/promql/planted.ts imports node:fs']);
  });

  it('catches a core that takes more than types from another', () => {
    const planted = (isTypeOnly: boolean): SourceFile => ({
      path: 'frontend/limits/planted.ts',
      text: '',
      imports: [{ target: 'frontend/promql/ast.ts', isOurs: true, isTypeOnly }],
    });
    expect(lawBreaks(planted(true))).toEqual([]);
    expect(lawBreaks(planted(false))).toHaveLength(1);
  });

  it('leaves no import cycle', () => {
    expect(cycles(PRODUCT)).toEqual([]);
  });

  it('catches a cycle', () => {
    const file = (path: string, target: string): SourceFile => ({
      path,
      text: '',
      imports: [{ target, isOurs: true, isTypeOnly: false }],
    });
    expect(cycles([file('a.ts', 'b.ts'), file('b.ts', 'a.ts')])).toEqual(['a.ts -> b.ts -> a.ts']);
  });
});

describe('the right to grant a scope', () => {
  it('belongs to the authorizers, and to the tool that reads no series', () => {
    const grants = PRODUCT.filter((file) => codeOnly(file.text).includes('TenantScope.grant'));
    expect(grants.map((file) => file.path)).toEqual([
      'frontend/access/static-access.ts',
      'frontend/access/tenant-authorizer.ts',
      'frontend/tools/scope.ts',
    ]);
  });
});

describe('the right to grant the scope of the whole cluster', () => {
  it('belongs to two authorizers, and to no tool', () => {
    const grants = PRODUCT.filter((file) => codeOnly(file.text).includes('ClusterScope.grant'));
    expect(grants.map((file) => file.path)).toEqual([
      'frontend/access/cluster-authorizer.ts',
      'frontend/access/static-access.ts',
    ]);
  });
});

describe('the question about every namespace at once', () => {
  it('is put by one authorizer, and sent by the two reviewers of the API server', () => {
    const asking = PRODUCT.filter((file) => codeOnly(file.text).includes('reviewCluster'));
    expect(asking.map((file) => file.path)).toEqual([
      'frontend/access/access-reviewer.ts',
      'frontend/access/cluster-authorizer.ts',
      'frontend/adapters/kubernetes/access-reviewer.ts',
      'frontend/adapters/kubernetes/self-reviewers.ts',
    ]);
  });
});

describe('the sources', () => {
  it('document every exported name', () => {
    expect(PRODUCT.flatMap((file) => undocumentedExports(file))).toEqual([]);
  });

  it('hold no any, no non-null assertion on an index and no switched-off check', () => {
    const everything = [...PRODUCT, ...TESTS];
    expect(linesWith(everything, /(?:[:<|&(,]\s*|\bas )any\b(?!\s*\()/)).toEqual([]);
    expect(linesWith(everything, /[\w)\]]!(?:\.|\)|;|,|\[)/)).toEqual([]);
    const comments = everything.filter((file) =>
      /@ts-(?:ignore|expect-error)|oxlint-disable/.test(file.text),
    );
    expect(comments.map((file) => file.path)).toEqual([
      'test/architecture.test.ts',
      'test/types/misuse.ts',
    ]);
  });

  it('stay short enough to be read at one go', () => {
    const long = PRODUCT.filter((file) => file.text.split('\n').length > 400);
    expect(long.map((file) => file.path)).toEqual([]);
  });
});
