import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  decodeLabel,
  decodePublicLabel,
  describeLabel,
  encodeLabel,
  encodePublicLabel,
  fromPublic,
  type Label,
  labelOf,
  labelText,
  loadResourceTable,
  partIds,
  type ResourceTable,
  toPublic,
} from '../../src/audit/labels.js';

let table: ResourceTable;
beforeAll(async () => {
  table = await loadResourceTable();
});

const flag = fc.constantFrom(0, 1);
/** Any label of a known resource. */
const known = (): fc.Arbitrary<Label> =>
  fc
    .tuple(fc.constantFrom(...table.entries), fc.constantFrom(...table.verbs.values()), flag, flag)
    .map(([{ r, s }, v, n, u]) => [r, s, v, n, u] as const);
/** The whole message of what goes wrong. */
const messageOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return String(error);
  }
};
const everyFlag = [0, 1].flatMap((n) => [0, 1].map((u) => [n, u] as const));

describe('labelOf', () => {
  const event = (verb: string, objectRef: object) => ({ verb, objectRef }) as Parameters<typeof labelOf>[0];

  it.each([
    [
      'delete',
      { apiGroup: 'apps', resource: 'replicasets', namespace: 'shop', name: 'web' },
      [17, 0, 2, 1, 1],
    ],
    ['create', { resource: 'namespaces', name: 'shop' }, [10, 0, 1, 0, 1]],
    ['list', { resource: 'pods', namespace: 'shop' }, [1, 0, 6, 1, 0]],
    ['deletecollection', { resource: 'pods', namespace: 'shop' }, [1, 0, 0, 1, 0]],
    ['get', { resource: 'pods', subresource: 'log', namespace: 'shop', name: 'web-0' }, [1, 5, 3, 1, 1]],
    ['get', { resource: 'nodes', subresource: 'proxy', name: 'worker' }, [15, 8, 3, 0, 1]],
    [
      'patch',
      { apiGroup: 'apps', resource: 'daemonsets', namespace: 'shop', name: 'agent' },
      [44, 0, 5, 1, 1],
    ],
    ['watch', { apiGroup: 'lab.example.com', resource: 'ships' }, [1023, 0, 7, 0, 0]],
    [
      'update',
      { apiGroup: 'lab.example.com', resource: 'ships', subresource: 'status', name: 'a' },
      [1023, 15, 4, 0, 1],
    ],
    ['update', { resource: 'pods', subresource: 'teleport', namespace: 'shop', name: 'a' }, [1, 15, 4, 1, 1]],
    ['get', { apiGroup: 'metrics.k8s.io', resource: 'pods', namespace: 'shop' }, [1023, 0, 3, 1, 0]],
    ['get', { resource: '__proto__', subresource: 'constructor' }, [1023, 15, 3, 0, 0]],
  ])('reads %s %j off the request', (verb, objectRef, label) => {
    expect(labelOf(event(verb, objectRef), table)).toEqual(label);
  });

  it('refuses a request on no resource', () => {
    expect(messageOf(() => labelOf({ verb: 'get' }, table))).toBe(
      'audit: expected an event on a resource, got one without objectRef.',
    );
  });

  it('refuses a verb that the table lacks, and lists those it has', () => {
    expect(messageOf(() => labelOf(event('constructor', { resource: 'pods' }), table))).toBe(
      'audit: expected verb to be one of deletecollection, create, delete, get, update, patch, list, watch, got “constructor”.',
    );
  });
});

describe('the own codec', () => {
  it('gives every label an integer of its own, and the label back: all 524,288', () => {
    const seen = new Uint8Array(1024 * 16 * 8 * 4);
    let wrong = 0;
    for (let r = 0; r < 1024; r++)
      for (let s = 0; s < 16; s++)
        for (let v = 0; v < 8; v++)
          for (const [n, u] of everyFlag) {
            const code = encodeLabel([r, s, v, n, u]);
            const [r2, s2, v2, n2, u2] = decodeLabel(code);
            if (r2 !== r || s2 !== s || v2 !== v || n2 !== n || u2 !== u) wrong++;
            seen[code]!++;
          }
    expect(wrong).toBe(0);
    expect(seen.every((times) => times === 1)).toBe(true);
  });

  it('gives every integer back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 524287 }), (code) => {
        expect(encodeLabel(decodeLabel(code))).toBe(code);
      }),
    );
  });

  it('puts delete one ReplicaSet at 8715', () => {
    expect(encodeLabel([17, 0, 2, 1, 1])).toBe(((17 * 16 + 0) * 8 + 2) * 4 + 3);
    expect(encodeLabel([17, 0, 2, 1, 1])).toBe(8715);
    expect(decodeLabel(8715)).toEqual([17, 0, 2, 1, 1]);
  });

  it.each([
    [[1024, 0, 0, 0, 0], 'audit: expected label part r from 0 to 1023, got 1024.'],
    [[0, 16, 0, 0, 0], 'audit: expected label part s from 0 to 15, got 16.'],
    [[0, 0, 8, 0, 0], 'audit: expected label part v from 0 to 7, got 8.'],
    [[0, 0, 0, 2, 0], 'audit: expected label part n from 0 to 1, got 2.'],
    [[0, 0, 0, 0, -1], 'audit: expected label part u from 0 to 1, got -1.'],
    [[0.5, 0, 0, 0, 0], 'audit: expected label part r from 0 to 1023, got 0.5.'],
    [[Number.NaN, 0, 0, 0, 0], 'audit: expected label part r from 0 to 1023, got NaN.'],
  ])('refuses %j', (label, message) => {
    expect(messageOf(() => encodeLabel(label as unknown as Label))).toBe(message);
  });

  it.each([-1, 524288, 0.5, Number.NaN])('refuses the code %d', (code) => {
    expect(messageOf(() => decodeLabel(code))).toBe(
      `audit: expected a label code from 0 to 524287, got ${code}.`,
    );
  });
});

describe('the public codec', () => {
  it('gives delete one ReplicaSet the integer of the paper', () => {
    expect(encodePublicLabel([17, 0, 2, 1, 1])).toBe(70048);
    expect(decodePublicLabel(70048)).toEqual([17, 0, 2, 1, 1]);
  });

  it('leaves the variation in the lowest four bits out', () => {
    for (let variation = 0; variation < 16; variation++)
      expect(decodePublicLabel(70048 + variation)).toEqual([17, 0, 2, 1, 1]);
  });

  it('is a bijection while a subresource fits its three bits, also for ids of ten bits', () => {
    const part = fc.tuple(
      fc.integer({ min: 0, max: 1023 }),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 7 }),
      flag,
      flag,
    );
    fc.assert(
      fc.property(part, (label) => {
        expect(decodePublicLabel(encodePublicLabel(label))).toEqual(label);
      }),
    );
    expect(encodePublicLabel([904, 1, 3, 1, 1])).toBeGreaterThan(2 ** 20);
  });

  it('runs over where it does not: nodes/proxy gets the code of deployments', () => {
    for (const [n, u] of everyFlag)
      for (const v of table.verbs.values())
        expect(encodePublicLabel([15, 8, v, n, u])).toBe(encodePublicLabel([16, 0, v, n, u]));
    expect(decodePublicLabel(encodePublicLabel([15, 8, 3, 0, 1]))).toEqual([16, 0, 3, 0, 1]);
  });

  it.each([-1, -2, 0.5, Number.NaN, 2 ** 53])('refuses the code %d', (code) => {
    expect(messageOf(() => decodePublicLabel(code))).toBe(
      `audit: expected a public label, an integer from 0, got ${code}.`,
    );
  });
});

describe('toPublic and fromPublic', () => {
  it('map delete one ReplicaSet onto 70048 and back', () => {
    expect(toPublic([17, 0, 2, 1, 1], table)).toBe(70048);
    expect(fromPublic(70048, table)).toEqual([17, 0, 2, 1, 1]);
  });

  it('lose nothing: what toPublic gives, fromPublic reads back, and no two labels get one code', () => {
    const codes = new Map<number, Label>();
    let refused = 0;
    for (const { r, s } of table.entries)
      for (const v of table.verbs.values())
        for (const [n, u] of everyFlag) {
          const label = [r, s, v, n, u] as const;
          let code: number;
          try {
            code = toPublic(label, table);
          } catch {
            refused++;
            continue;
          }
          expect(fromPublic(code, table)).toEqual(label);
          expect(codes.has(code)).toBe(false);
          codes.set(code, label);
        }
    const withoutCode = table.entries.filter(({ published }) => published === null).length;
    const shared = 7;
    expect(refused).toBe((withoutCode + shared) * 8 * 4);
    expect(codes.size + refused).toBe(table.entries.length * 8 * 4);
  });

  it('read every public code that is published', () => {
    for (const { published } of table.entries)
      if (published)
        for (const [n, u] of everyFlag)
          expect(fromPublic(encodePublicLabel([published.r, published.s, 3, n, u]), table).slice(2)).toEqual([
            3,
            n,
            u,
          ]);
  });

  it.each([
    [[44, 0, 1, 1, 1], 'daemonsets', 'deployments'],
    [[44, 1, 1, 1, 1], 'daemonsets/status', 'deployments/status'],
    [[15, 8, 3, 0, 1], 'nodes/proxy', 'deployments'],
    [[1, 8, 3, 1, 1], 'pods/proxy', 'secrets'],
    [[26, 8, 3, 1, 1], 'services/proxy', 'localsubjectaccessreviews'],
    [[1, 9, 1, 1, 1], 'pods/eviction', 'pods'],
    [[904, 2, 4, 1, 1], 'replicationcontrollers/scale', 'replicationcontrollers'],
  ] as const)('refuse %j: %s would be read as %s', (label, name, other) => {
    expect(messageOf(() => toPublic(label, table))).toBe(
      `audit: expected a resource with a public code of its own, got ${name}, whose code reads as ${other}.`,
    );
  });

  it.each([
    [[1, 10, 5, 1, 1], 'pods/resize'],
    [[1023, 0, 1, 1, 1], '(1023, 0)'],
    [[17, 15, 1, 1, 1], '(17, 15)'],
  ] as const)('refuse %j, which the public table does not have', (label, name) => {
    expect(messageOf(() => toPublic(label, table))).toBe(
      `audit: expected a resource of the public table, got ${name}.`,
    );
  });

  it('refuse a public code of no resource', () => {
    expect(messageOf(() => fromPublic(encodePublicLabel([500, 0, 1, 0, 0]), table))).toBe(
      'audit: expected a public label of a known resource, got 2048016 (resource 500).',
    );
  });
});

describe('describeLabel and labelText', () => {
  it('say what a label means', () => {
    expect(describeLabel([17, 0, 2, 1, 1], table)).toEqual({
      group: 'apps',
      resource: 'replicasets',
      subresource: null,
      verb: 'delete',
      namespaced: true,
      single: true,
    });
    expect(labelText([17, 0, 2, 1, 1], table)).toBe('delete apps/replicasets (one, namespaced)');
    expect(labelText([1, 5, 3, 1, 1], table)).toBe('get pods/log (one, namespaced)');
    expect(labelText([10, 0, 6, 0, 0], table)).toBe('list namespaces (many, cluster)');
    expect(labelText([1023, 15, 4, 0, 1], table)).toBe('update other/other (one, cluster)');
    expect(labelText([1, 15, 4, 1, 1], table)).toBe('update pods/other (one, namespaced)');
  });

  it('have one text a label', () => {
    const texts = new Map<string, string>();
    for (const { r, s } of [...table.entries, { r: 1023, s: 0 }, { r: 1023, s: 15 }])
      for (const v of table.verbs.values())
        for (const [n, u] of everyFlag) {
          const text = labelText([r, s, v, n, u], table);
          expect(texts.get(text)).toBeUndefined();
          texts.set(text, String([r, s, v, n, u]));
        }
  });

  it('agree with labelOf: what is described is read off as the same label', () => {
    fc.assert(
      fc.property(known(), (label) => {
        const { group, resource, subresource, verb, namespaced, single } = describeLabel(label, table);
        const objectRef = {
          apiGroup: group,
          resource,
          ...(subresource === null ? {} : { subresource }),
          ...(namespaced ? { namespace: 'shop' } : {}),
          ...(single ? { name: 'web' } : {}),
        };
        expect(labelOf({ verb, objectRef }, table)).toEqual(label);
      }),
    );
  });

  it.each([
    [[500, 0, 1, 0, 0]],
    [[1, 11, 1, 0, 0]],
    [[1023, 1, 1, 0, 0]],
    [[1, 0, 9, 0, 0]],
    [[1, 0, 1, 2, 0]],
  ])('refuse %j, which means nothing', (label) => {
    expect(messageOf(() => describeLabel(label as unknown as Label, table))).toBe(
      `audit: expected a label of the table, got (${label.join(', ')}).`,
    );
  });
});

describe('partIds', () => {
  it('are rising and hold every part of every label', () => {
    const ids = [...partIds(table)];
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    fc.assert(
      fc.property(known(), (label) => {
        for (const part of label) expect(ids).toContain(part);
      }),
    );
    expect(ids).toEqual(expect.arrayContaining([0, 1, 7, 15, 1023]));
  });
});
