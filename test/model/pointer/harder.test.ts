import { afterAll, describe, expect, it } from 'vitest';
import { rowsOn } from '../../../src/model/pointer/parts.js';
import { teach } from '../../../src/model/pointer/teach.js';
import { openTraining } from '../../../src/model/pointer/training.js';
import { prepare } from '../../../src/runs/prepare.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changeSettings } from '../../../src/settings/settings.js';
import { smallLog, temporaryFolders, writeDataset } from '../../fixtures/dataset.js';
import { smallSettings } from '../../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

async function opened(changes: Record<string, unknown>) {
  const small = await smallSettings(writeDataset(folders.make(), smallLog({ rounds: 6 })));
  const { settings, faults } = changeSettings(small, {
    ...{ 'model.name': 'pointer', 'model.beside': '' },
    ...changes,
  });
  expect(faults).toEqual([]);
  const data = await prepare(settings as Settings);
  return { data, of: await openTraining(data, settings) };
}

describe('harder training data', () => {
  it('is made of the training lines alone, with causes among its own requests', async () => {
    const { data, of } = await opened({ 'model.interleaved': 3 });
    expect(of.made!.map(({ capture }) => capture)).toEqual([
      ...['made 0', 'made 0', 'made 1', 'made 1', 'made 2', 'made 2'],
    ]);
    const known = new Set(data.dataset.auditID);
    for (const { lines } of of.made!) {
      const own = new Set(lines.map(({ request }) => request.auditID));
      expect(lines.length).toBeGreaterThan(0);
      for (const { request, trigger } of lines) {
        expect(known.has(request.auditID)).toBe(false);
        if (trigger !== null) expect(own.has(trigger)).toBe(true);
      }
      const times = lines.map(({ request }) => request.micros);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it('is more to learn from, the same for the same seed', async () => {
    const open = { 'model.closedLoop': false };
    const harder = { ...open, 'model.interleaved': 2 };
    const [plain, made, again] = [await opened(open), await opened(harder), await opened(harder)];
    const groups = teach(made.of);
    expect(groups.right.length).toBeGreaterThan(teach(plain.of).right.length);
    expect(teach(again.of).rows).toEqual(groups.rows);
  });

  it('takes the training captures of a further dataset along, without what is disputed', async () => {
    const log = smallLog({ rounds: 4 });
    const train = [...new Set(log.truth.map(({ capture }) => capture))];
    const folds = { default: { train, validation: [], test: [] } };
    const dir = writeDataset(folders.make(), log, { folds });
    const alone = { 'model.closedLoop': false, 'model.policies': 0 };
    const [plain, more] = [await opened(alone), await opened({ ...alone, 'model.beside': dir })];
    const { parts, sha256 } = more.of.beside!;
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(plain.of.beside).toBeNull();
    expect(parts.length).toBeGreaterThan(0);
    expect(teach(more.of).right.length).toBeGreaterThan(teach(plain.of).right.length);
    const without = await opened({ ...alone, 'model.beside': dir, 'model.without': ['replicasets'] });
    const resources = without.of.beside!.parts.flatMap(({ lines }) =>
      lines.map(({ request }) => request.resource),
    );
    expect(parts.some(({ lines }) => lines.some(({ request }) => request.resource === 'replicasets'))).toBe(
      true,
    );
    expect(resources).not.toContain('replicasets');
  });

  it('says what is no folder with captures to train on', async () => {
    const dir = writeDataset(folders.make(), smallLog({ rounds: 2 }));
    const hint = { hint: expect.stringContaining('--set model.beside=') };
    for (const beside of [dir, `${dir}/nowhere`])
      await expect(opened({ 'model.beside': beside })).rejects.toMatchObject(hint);
  });

  it('leaves out every context that has a line on what is withheld, and its words', async () => {
    const { data, of } = await opened({ 'model.without': ['replicasets'] });
    const left = rowsOn(data.dataset, of.lines.requests.get('metadata')!, ['replicasets']);
    expect(left.size).toBeGreaterThan(0);
    const contexts = new Set([...left].map((row) => data.dataset.context[row]));
    for (const [row, context] of data.dataset.context.entries())
      expect(left.has(row)).toBe(contexts.has(context));
    expect(of.words.toJSON().resource).not.toContain('replicasets');
    expect((await opened({})).of.words.toJSON().resource).toContain('replicasets');
  });
});
