import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Shelf } from '../../../src/model/model.js';
import type { PointerTraining } from '../../../src/model/pointer/captured.js';
import { PointerEngine } from '../../../src/model/pointer/engine.js';
import { teach, teachInTurns } from '../../../src/model/pointer/teach.js';
import { openTraining } from '../../../src/model/pointer/training.js';
import type { GroupedRows } from '../../../src/model/trees/boost.js';
import type { Weights } from '../../../src/model/weights.js';
import { prepare } from '../../../src/runs/prepare.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changeSettings } from '../../../src/settings/settings.js';
import { smallLog, temporaryFolders, writeDataset } from '../../fixtures/dataset.js';
import { smallSettings } from '../../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

async function opened(sink?: { write(text: string): unknown }): Promise<PointerTraining> {
  const small = await smallSettings(writeDataset(folders.make(), smallLog({ rounds: 6 })));
  const { settings } = changeSettings(small, {
    ...{ 'model.name': 'pointer', 'model.beside': '', 'model.interleaved': 1 },
  });
  const data = await prepare(settings as Settings);
  return { ...(await openTraining(data, settings)), ...(sink ? { sink } : {}) };
}

const hashOf = ({ rows, starts, right }: GroupedRows): string =>
  [rows, starts, right]
    .reduce(
      (hash, { buffer, byteOffset, byteLength }) => hash.update(Buffer.from(buffer, byteOffset, byteLength)),
      createHash('sha256'),
    )
    .digest('hex');

describe('what a pointer is taught', () => {
  it('is the same bytes as ever, at once or in turns', async () => {
    const of = await opened();
    // As it was when all of it was one loop, capture after capture.
    const bytes = 'a9bcfca46cedb9a5578aa06447ccb9a1f0d16d07ba1363d75b602fc698766cc6';
    expect(hashOf(teach(of))).toBe(bytes);
    expect(hashOf((await teachInTurns(of))!)).toBe(bytes);
  });

  it('is counted in lines while it is followed, and in steps between', async () => {
    let said = '';
    const of = await opened({ write: (text) => (said += text) });
    teach(of);
    const lines = /^following training captures, 1 of 2: (\d+)\/\1 lines 100 %/m.exec(said)?.[1];
    expect(Number(lines)).toBeGreaterThan(0);
    expect(said).toMatch(/^learning what mistakes .*: (\d+)\/\1 steps 100 %/m);
    expect(said).toContain(`following training captures, 2 of 2: ${lines}/${lines} lines`);
  });

  it('takes from the shelf what an earlier process learned of the same lines, and nothing else', async () => {
    const of = await opened();
    const whole = hashOf(teach(of));
    let held: Weights = {};
    let writes = 0;
    const controller = new AbortController();
    const shelf: Shelf = {
      read: async () => held,
      write: async (tensors) => {
        held = tensors;
        if (++writes === 1) controller.abort();
      },
    };
    expect(await teachInTurns({ ...of, shelf }, controller.signal)).toBeNull();
    expect(writes).toBe(1);
    expect(hashOf((await teachInTurns({ ...of, shelf }))!)).toBe(whole);
    const all = writes;
    expect(hashOf((await teachInTurns({ ...of, shelf }))!)).toBe(whole);
    expect(writes).toBe(all);
    // Trees of other lines, or grown otherwise, have other names.
    await teachInTurns({ ...of, seed: 8, shelf });
    expect(writes).toBe(2 * all);
  });

  it('stops at the next turn when it is asked to, and gives nothing', async () => {
    const of = await opened();
    const controller = new AbortController();
    let turns = 0;
    const heard = (): void => {
      if (++turns === 3) controller.abort();
      else setImmediate(heard);
    };
    heard();
    const engine = new PointerEngine(of);
    await engine.prepare(controller.signal);
    expect(turns).toBe(3);
    expect(await teachInTurns(of, controller.signal)).toBeNull();
    // Asked once more, it makes everything from the beginning.
    await engine.prepare();
    expect(engine.trainBatch(new Int32Array(0), 1, 0.1)).toBeGreaterThan(0);
    expect(engine.forest!.root).toHaveLength(1);
  });
});
