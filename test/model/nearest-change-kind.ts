import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeLabels, labelOfCode } from '../../src/audit/codes.js';
import type { AuditEvent } from '../../src/audit/event.js';
import { type Label, labelOf, loadResourceTable, partIds } from '../../src/audit/labels.js';
import { COLUMNS } from '../../src/features/columns.js';
import { extractFields } from '../../src/features/encoder.js';
import { writeModelParts } from '../../src/model/folder.js';
import type { Engine, ModelData, ModelKind, Prediction } from '../../src/model/model.js';
import { type LineFacts, nearestActionBaseline } from '../../src/runs/nearest-change.js';
import { slidingWindowsIn } from '../../src/windows/sliding.js';

const SURE = 'rule/logit';
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The nearest-change rule as a model, which shows what a kind needs: all of it is in this file. It learns one number, how sure the rule
 * may be: loss = mean −log p(right or wrong), by gradient descent.
 */
export const nearestChange: ModelKind = {
  name: 'nearest-change',
  describes: 'The nearest earlier change by a person, and how sure that is',
  settings: { initial: { type: 'number', default: 0 } },
  defaults: { 'training.learningRate': 0.5, 'training.schedule': 'plateau' },

  async open(data, settings, { from }) {
    const engine = new RuleEngine(data, from ? await readSure(from) : Number(settings.model.initial));
    const { trainRows, validationRows, testRows } = data.split;
    const [train, validation, test] = [trainRows, validationRows, testRows].map((rows) =>
      slidingWindowsIn(rows, { size: 1, stride: 1 }),
    ) as [Int32Array, Int32Array, Int32Array];
    return {
      engine,
      examples: {
        size: 1,
        count: train.length,
        steps: 1,
        batches: () => [{ starts: train }],
        validation,
        test,
      },
      parameters: 1,
      runtime: { device: 'cpu', versions: {} },
      export: (folder, { card }) =>
        writeModelParts(
          folder,
          { model: 'nearest-change' },
          { 'sure.json': JSON.stringify(engine.sure), 'card.md': card },
        ),
      dispose: async () => {},
    };
  },

  async predictor(folder) {
    const sure = await readSure(folder);
    const table = await loadResourceTable();
    const ids = partIds(table);
    const lines: LineFacts[] = [];
    const own: number[] = [];
    const say = (given: readonly AuditEvent[]): Prediction[] =>
      given.map((event) => {
        const label: Label = labelOf(event, table);
        lines.push(factsOf(event));
        own.push(encodeLabels([label], ids).codes[0]!);
        const said = labelOfCode(nearestActionBaseline(lines, own).at(-1)!, ids);
        return { label: said, confidence: sigmoid(sure) };
      });
    return {
      counts: { lines: 'completed', filter: 'paper' },
      heeds: [],
      holds: 0,
      read: (event) => event,
      push: async (given) => say(given as AuditEvent[]),
      passed: async () => [],
      alone: async (line) => ({ label: labelOf(line as AuditEvent, table), confidence: sigmoid(sure) }),
      end: async () => [],
      release: async () => {},
    };
  },

  readEncoder: async () => null,
};

class RuleEngine implements Engine {
  sure: number;
  readonly #data: ModelData;
  readonly #codes: Int32Array;

  constructor(data: ModelData, sure: number) {
    this.#data = data;
    this.sure = Math.fround(sure);
    const own = encodeLabels(data.dataset.own, data.partIds).codes;
    const names = COLUMNS.map(({ name }) => name);
    this.#codes = nearestActionBaseline(
      data.dataset.rows.map(({ fields, namespace }, i) =>
        facts((name) => fields[names.indexOf(name)] ?? null, namespace, data.dataset.capture[i]!),
      ),
      own,
    );
  }

  trainBatch(rows: Int32Array, _step: number, learningRate: number): number {
    const { loss, right } = this.#judge(rows);
    this.sure = Math.fround(this.sure + learningRate * (right - sigmoid(this.sure)));
    return loss;
  }

  evaluate(rows: Int32Array) {
    const { partIds } = this.#data;
    const labels = Array.from(rows, (row) => labelOfCode(this.#codes[row]!, partIds));
    return { loss: this.#judge(rows).loss, classes: encodeLabels(labels, partIds).targets };
  }

  state() {
    return { weights: { [SURE]: { shape: [1], data: Float32Array.of(this.sure) } }, first: {}, second: {} };
  }

  assign({ weights }: { weights: ReturnType<RuleEngine['state']>['weights'] }): void {
    this.sure = weights[SURE]!.data[0]!;
  }

  async dispose(): Promise<void> {}

  #judge(rows: Int32Array): { loss: number; right: number } {
    const right =
      rows.filter((row) => this.#codes[row] === this.#data.codes[row]).length / Math.max(1, rows.length);
    const p = sigmoid(this.sure);
    return { loss: -(right * Math.log(p) + (1 - right) * Math.log(1 - p)), right };
  }
}

const facts = (
  value: (name: string) => string | null,
  namespace: string | null,
  capture: string,
): LineFacts => ({
  capture,
  user: value('user.username'),
  verb: value('verb'),
  resource: value('objectRef.resource'),
  namespace,
  name: value('objectRef.name'),
  ownerKind: value('responseObject.metadata.ownerReferences.kind'),
  ownerName: value('responseObject.metadata.ownerReferences.name'),
  involvedKind: value('responseObject.involvedObject.kind'),
  involvedName: value('responseObject.involvedObject.name'),
});

function factsOf(event: AuditEvent): LineFacts {
  const fields = extractFields(event, COLUMNS);
  return facts(
    (name) => fields[COLUMNS.findIndex((column) => column.name === name)] ?? null,
    event.objectRef?.namespace ?? null,
    '',
  );
}

const readSure = async (folder: string): Promise<number> =>
  Number(await readFile(join(folder, 'sure.json'), 'utf8'));
