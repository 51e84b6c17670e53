import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog, mergeJson } from '../../../src/collect/plan/catalog.js';

const VERBS =
  'verbs:\n  get: { argv: [get, "{kind}", "{it}"], needs: true }\n  create: { argv: [create], creates: true }\n';

async function catalogOf(family: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  await writeFile(join(folder, 'verbs.yaml'), VERBS);
  await writeFile(join(folder, 'family.yaml'), family);
  return folder;
}

describe('the project’s own catalog', () => {
  it('has at least 300 distinct actions', async () => {
    const { actions } = await loadCatalog();
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
    expect(
      new Set(actions.map((action) => JSON.stringify({ ...action, id: '' }))).size,
    ).toBeGreaterThanOrEqual(300);
  });

  it('can make everything that an action needs', async () => {
    const { actions } = await loadCatalog();
    const made = new Set(actions.map(({ creates }) => creates));
    expect([...new Set(actions.map(({ needs }) => needs))].filter((kind) => kind && !made.has(kind))).toEqual(
      [],
    );
  });

  it('has the kinds of actions that audit logs are read for', async () => {
    const { actions } = await loadCatalog();
    const ids = new Set(actions.map(({ id }) => id));
    for (const id of [
      'streams/exec',
      'streams/logs',
      'streams/attach',
      'streams/port-forward',
      'streams/proxy-pod',
      'nodes/proxy-health',
      'nodes/drain',
      'pods/evict',
      'deployments/set-bad-image',
      'resourcequotas/hit',
      'access/list-pods-as-stranger',
      'certificatesigningrequests/approve',
      'certificatesigningrequests/deny',
      'serviceaccounts/token',
      'customresources/create',
      'namespaces/delete-with-workload',
      'bundles/install',
      'deployments/server-apply',
      'deployments/apply',
    ])
      expect(ids, id).toContain(id);
  });
});

it('makes an action of each verb of a kind', async () => {
  const folder = await catalogOf('family: a\nkinds:\n  gizmos: { verbs: [get, create] }\n');
  const { actions } = await loadCatalog(folder);
  expect(actions.map(({ id, needs, creates, kind }) => ({ id, needs, creates, kind }))).toEqual([
    { id: 'gizmos/get', needs: 'gizmos', creates: null, kind: 'gizmos' },
    { id: 'gizmos/create', needs: null, creates: 'gizmos', kind: 'gizmos' },
  ]);
});

it.each([
  ['family: a\nkinds:\n  gizmos: { verbs: [got] }\n', 'a verb of get, create', '“got”'],
  [
    'family: a\nactions:\n  - { id: a/b, args: [get] }\n',
    'a key of id, argv, manifest, bundle, needs, creates, named, deletes, role, only, weight, seconds, env',
    '“args”',
  ],
])('refuses %j', async (family, expected, got) => {
  const folder = await catalogOf(family);
  await expect(loadCatalog(folder)).rejects.toThrow(
    `collect: ${join(folder, 'family.yaml')}: expected ${expected}, got ${got}.`,
  );
});

it.each([
  [
    'family: a\nactions:\n  - { id: a/b, argv: [get], needs: gizmos }\n',
    'a/b to name a declared kind',
    'gizmos',
  ],
  ['family: a\nactions:\n  - { id: a/b, argv: ["{it}"] }\n', 'a/b to need something for {it}', 'no needs'],
  [
    'family: a\nactions:\n  - { id: a/b, argv: [get], role: king }\n',
    'a/b to name a role of viewer, developer, admin',
    'king',
  ],
  [
    'family: a\nactions:\n  - { id: a/b, argv: [get] }\n  - { id: a/b, argv: [get] }\n',
    'each action once',
    'a/b again',
  ],
])('refuses an action that makes no sense: %j', async (family, expected, got) => {
  const folder = await catalogOf(family);
  await expect(loadCatalog(folder)).rejects.toThrow(
    `collect: ${folder}: expected ${expected}, got “${got}”.`,
  );
});

it('lays a merge patch over an object', () => {
  expect(mergeJson({ a: 1, b: { c: 2, d: 3 } }, { b: { c: null, e: [4] } })).toEqual({
    a: 1,
    b: { d: 3, e: [4] },
  });
});
