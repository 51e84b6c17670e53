import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { skipReason } from '../../src/audit/filter.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import { labelLines } from '../../src/labeling/labeler.js';
import { KINDS, kindNamed, openPredictor } from '../../src/model/kinds.js';
import type { EngineState, ModelKind, TrainedOn } from '../../src/model/model.js';
import { scoreModel } from '../../src/runs/evaluate.js';
import { type Prepared, prepare } from '../../src/runs/prepare.js';
import { causesOf } from '../../src/runs/score.js';
import { runTrial } from '../../src/runs/train.js';
import type { Settings } from '../../src/settings/schema.js';
import { changeSettings, readSettings } from '../../src/settings/settings.js';
import { fit, type TrainingState } from '../../src/training/fit.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';
import { linesOf } from '../labeling/events.js';
import { nearestChange } from './nearest-change-kind.js';

KINDS.push(nearestChange);

const folders = temporaryFolders();
afterAll(folders.clear);
const sink = { write: () => true };

/** Every number of a state, so that two are compared bit by bit. */
const bytesOf = ({ weights, first, second }: EngineState): string =>
  JSON.stringify(
    [weights, first, second].map((part) =>
      Object.entries(part)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { shape, data }]) => [
          name,
          shape,
          Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        ]),
    ),
  );

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('a model of kind %s', (_, kind: ModelKind) => {
  let settings: Settings;
  let data: Prepared;

  beforeAll(async () => {
    const small = await smallSettings(writeDataset(folders.make()));
    const beside = kind.name === 'pointer' ? { 'model.beside': '' } : {};
    const changed = changeSettings(small, { 'model.name': kind.name, ...beside });
    expect(changed.faults).toEqual([]);
    settings = changed.settings;
    data = await prepare(settings);
  });

  const open = (from?: string): Promise<TrainedOn> =>
    kind.open(data, settings, { device: 'cpu', threads: 1, sink, ...(from ? { from } : {}) });

  async function train(
    model: TrainedOn,
    epochs: number,
    resume?: TrainingState,
  ): Promise<{ state: TrainingState; losses: number[] }> {
    let state: TrainingState | undefined;
    const { history } = await fit(
      model.engine,
      {
        examples: model.examples,
        epochs,
        learningRate: settings.training.learningRate,
        codes: (classes) => Int32Array.from({ length: classes.length / 5 }, () => 0),
        validationCodes: new Int32Array(model.examples.validation.length * model.examples.size),
        now: () => 0,
        onCheckpoint: async (at) => {
          state = structuredClone(at);
        },
        ...(resume ? { resume } : {}),
      },
      [],
    );
    return { state: state!, losses: history.map(({ loss }) => loss) };
  }

  it('trains, and its loss falls', async () => {
    const model = await open();
    const { losses } = await train(model, 3);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(model.parameters).toBeGreaterThanOrEqual(0);
    await model.dispose();
  });

  it('ends with the same bytes for the same seed', async () => {
    const states: string[] = [];
    for (let run = 0; run < 2; run++) {
      const model = await open();
      await train(model, 2);
      states.push(bytesOf(model.engine.state()));
      await model.dispose();
    }
    expect(states[0]).toBe(states[1]);
  });

  it('goes on from a state as if it had never stopped', async () => {
    const whole = await open();
    await train(whole, 3);
    const stopped = await open();
    const { state } = await train(stopped, 1);
    const again = await open();
    await train(again, 3, state);
    expect(bytesOf(again.engine.state())).toBe(bytesOf(whole.engine.state()));
    for (const model of [whole, stopped, again]) await model.dispose();
  });

  it('says of every line of an example one label, and of no example nothing', async () => {
    const model = await open();
    const { test, size } = model.examples;
    const some = model.engine.evaluate(test.slice(0, 3));
    expect(some.classes).toHaveLength(3 * size * 5);
    expect(Math.max(...some.classes)).toBeLessThan(data.partIds.length);
    expect(Number.isFinite(some.loss)).toBe(true);
    if (some.causes) expect(some.causes).toHaveLength(3 * size);
    expect(model.engine.evaluate(new Int32Array(0)).classes).toHaveLength(0);
    await model.dispose();
  });

  describe('in a run folder', () => {
    let dir: string;
    beforeAll(async () => {
      dir = join(folders.make(), 'run');
      await runTrial({ settings, out: dir, command: 'train', device: 'cpu', threads: 1, sink });
    });

    it('predicts the same after it was exported and loaded', async () => {
      const recorded = JSON.parse(readFileSync(join(dir, 'metrics.json'), 'utf8'));
      const { metrics } = await scoreModel({ dir, sink });
      for (const level of ['windows', 'lines'] as const) expect(metrics[level]).toEqual(recorded[level]);
      // Where it names causes, right triggers, contexts and risk are recorded too.
      expect(JSON.parse(JSON.stringify(causesOf(metrics)))).toEqual(causesOf(recorded));
      expect(causesOf(recorded) !== null).toBe(kind.name === 'pointer');
      // Once: what was in `causes` is the first of the parts.
      expect(recorded.causes).toBeUndefined();
      const { causeParts: [all] = [] } = recorded;
      expect(causesOf({ causes: all?.scores })).toEqual(causesOf(recorded));
    });

    it('names its kind, and has a card', () => {
      const config = JSON.parse(readFileSync(join(dir, 'model/config.json'), 'utf8'));
      expect(config.model).toBe(kind.name);
      expect(readFileSync(join(dir, 'model/card.md'), 'utf8')).toContain(kind.describes);
    });

    const label = async (events: readonly AuditEvent[], pieces = 0) => {
      const predictor = await openPredictor(dir);
      try {
        if (pieces > 0) {
          const counted = events.filter((event) => skipReason(event, predictor.counts) === null);
          const held = counted.map((event, line) => predictor.read(event, line));
          const said = [];
          for (let from = 0; from < held.length; from += pieces)
            said.push(...(await predictor.push(held.slice(from, from + pieces), { eager: true })));
          return [...said, ...(await predictor.end())].map((one) => [one.label, one.confidence]);
        }
        const rows = [];
        const table = await loadResourceTable();
        for await (const row of labelLines(linesOf(events), { predictor, table })) rows.push(row);
        return rows;
      } finally {
        await predictor.release();
      }
    };

    it('labels a log, every counted line once, with a confidence', async () => {
      const { events } = smallLog({ rounds: 2 });
      const rows = (await label(events)) as { line: number; label: unknown; confidence?: number }[];
      expect(rows.map(({ line }) => line)).toEqual(events.map((_, i) => i));
      const labelled = rows.filter((row) => row.label !== null);
      expect(labelled).toHaveLength(events.length / 2);
      for (const { confidence } of labelled) {
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
    });

    it('says the same however a log is cut into pieces', async () => {
      const { events } = smallLog({ rounds: 2 });
      const [ones, threes, whole] = [
        await label(events, 1),
        await label(events, 3),
        await label(events, 1e6),
      ];
      expect(ones).toEqual(whole);
      expect(threes).toEqual(whole);
    });

    it('gives what waits once a log is silent for long, and goes on with the next line', async () => {
      const { events } = smallLog({ rounds: 2 });
      const predictor = await openPredictor(dir);
      const counted = events.filter((event) => skipReason(event, predictor.counts) === null);
      const held = counted.map((event, line) => predictor.read(event, line));
      const half = held.length >> 1;
      const said = [...(await predictor.push(held.slice(0, half))), ...(await predictor.passed(0))];
      said.push(...(await predictor.passed(60e6)));
      expect(said).toHaveLength(half);
      said.push(...(await predictor.push(held.slice(half))), ...(await predictor.end()));
      expect(said).toHaveLength(held.length);
      await predictor.release();
    });

    it('labels an empty log, one of one line, and values it has never seen', async () => {
      expect(await label([])).toEqual([]);
      const [first] = smallLog({ rounds: 1 }).events.filter(({ stage }) => stage === 'ResponseComplete');
      expect(await label([first!])).toHaveLength(1);
      const strange = {
        ...first!,
        userAgent: 'never-seen/0',
        user: { username: 'nobody\u0000', groups: [] },
        objectRef: {
          ...first!.objectRef!,
          resource: 'gizmos',
          apiGroup: 'never.seen',
          name: '…'.repeat(500),
        },
      } as AuditEvent;
      const [row] = (await label([strange])) as { label: unknown }[];
      expect(row!.label).toHaveLength(5);
    });
  });
});

describe('the kinds', () => {
  it('are found by name, and the nearest is named', () => {
    expect(kindNamed('bilstm').name).toBe('bilstm');
    expect(() => kindNamed('bilstn')).toThrow('model: expected a kind of model, got “bilstn”.');
  });

  it('have settings of their own, with defaults, which those of another do not have', async () => {
    const settings = await readSettings('experiments/paper.config.yaml', { 'model.name': 'nearest-change' });
    expect(settings.model).toEqual({ name: 'nearest-change', initial: 0 });
    expect(settings.training.learningRate).toBe(0.5);
    await expect(
      readSettings('experiments/paper.config.yaml', { 'model.name': 'nearest-change', 'model.dropout': 0.4 }),
    ).rejects.toThrow('--set model.dropout: unknown key “dropout”; known: name, initial');
    await expect(readSettings('experiments/paper.config.yaml', { 'model.name': 'lstm' })).rejects.toThrow(
      'model.name: must be one of ',
    );
    const back = changeSettings(settings, { 'model.name': 'bilstm', 'model.dropout': 0.1 });
    expect(back.faults).toEqual([]);
    expect(back.settings.model).toEqual({ name: 'bilstm', units: [4, 3], dropout: 0.1 });
  });
});
