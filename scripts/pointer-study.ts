/**
 * The learners, baselines and ablations of the pointer side by side, on captures that none was trained on: labels, triggers and contexts, by
 * capture and level; how right on families of resources that were taken out of training; what wins on validation.
 *
 *     npx tsx scripts/pointer-study.ts results/reference/pointer-study            # all, an hour; goes on where it stopped
 *     npx tsx scripts/pointer-study.ts DIR --only 'trees;trees, interleaved' --seeds 7
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kindNamed } from '../src/model/kinds.js';
import { followCapture, type PointerTraining, scoreCauses } from '../src/model/pointer/captured.js';
import { openTraining, rowsOn } from '../src/model/pointer/kind.js';
import { Network } from '../src/model/pointer/network.js';
import { type Ranker, treesRanker, UNLEARNED } from '../src/model/pointer/ranker.js';
import { boostOptions, teach } from '../src/model/pointer/teach.js';
import { Boosting } from '../src/model/trees/boost.js';
import { prepare } from '../src/runs/prepare.js';
import { readSettings } from '../src/settings/settings.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '7,8,9' },
    dataset: { type: 'string', default: 'datasets/three-node' },
  },
});
const out = positionals[0] ?? 'results/reference/pointer-study';
const FILE = join(out, 'records.jsonl');

/** Trees and how fast they learn, as many as the default has at most; the learning rate goes down like the default's. */
const TREES = 160;
const EPOCHS = 6;

interface Way {
  settings?: Record<string, unknown>;
  learner: 'trees' | 'network' | keyof typeof UNLEARNED;
  /** Contexts on these are scored apart. */
  family?: string[];
}

const WAYS: Record<string, Way> = {
  owner: { learner: 'owner', settings: { rules: 'off' } },
  namespace: { learner: 'namespace', settings: { rules: 'off' } },
  rules: { learner: 'rules', settings: { rules: 'weigh' } },
  generic: { learner: 'generic', settings: { rules: 'off' } },
  trees: { learner: 'trees', settings: {} },
  network: { learner: 'network', settings: {} },
  'trees, rules off': { learner: 'trees', settings: { rules: 'off' } },
  'trees, no closed loop': { learner: 'trees', settings: { closedLoop: false } },
  'trees, nothing hidden': { learner: 'trees', settings: { hideWords: 0 } },
  'trees, relations hidden': { learner: 'trees', settings: { hideRelations: 0.1 } },
  'trees, interleaved': { learner: 'trees', settings: { interleaved: 6 } },
  'trees, without statefulsets': {
    ...{ learner: 'trees', family: ['statefulsets'] },
    settings: { without: ['statefulsets'], hideWords: 0.3, rulesOff: [] },
  },
  'trees, without cronjobs and jobs': {
    ...{ learner: 'trees', family: ['cronjobs', 'jobs'] },
    settings: { without: ['cronjobs', 'jobs'], hideWords: 0.3, rulesOff: [] },
  },
};

mkdirSync(out, { recursive: true });
const done = new Set(
  existsSync(FILE)
    ? readFileSync(FILE, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { way: string; seed: number })
        .map(({ way, seed }) => `${way}/${seed}`)
    : [],
);
const chosen = values.only?.split(';') ?? Object.keys(WAYS);

for (const [i, seed] of values.seeds.split(',').map(Number).entries())
  for (const [way, { learner, settings: own = {}, family }] of Object.entries(WAYS)) {
    const learns = learner === 'trees' || learner === 'network';
    if (!chosen.includes(way) || done.has(`${way}/${seed}`) || (!learns && i > 0)) continue;
    const began = performance.now();
    const settings = await readSettings('paper', {
      ...{ seed, dataset: values.dataset, 'model.name': 'pointer', 'split.protocol': 'capture' },
      ...{ 'window.size': 1 },
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`model.${key}`, value])),
    });
    if (settings.model.name !== kindNamed('pointer').name) throw new Error('expected a pointer');
    const data = await prepare(settings);
    const of = await openTraining(data, settings);
    const ranker = learn(of, learner);
    const seconds = (performance.now() - began) / 1000;
    const parts = [];
    const fold = data.dataset.manifest!.folds!.default!;
    for (const [part, captures] of [
      ['validation', fold.validation],
      ['test', fold.test],
    ] as const)
      for (const capture of captures)
        for (const level of of.levels) {
          const found = followCapture(of, ranker, { name: capture, level });
          const { first, last } = of.lines.captures.get(capture)!;
          const rows = Array.from({ length: last - first + 1 }, (_, k) => first + k);
          const score = (those: readonly number[]) => {
            const { right: _, risk: __, ...scores } = scoreCauses(of, those, () => found);
            return scores;
          };
          const on = family ? rowsOn(data, of.lines, family) : null;
          const { people, kubernetes } = data.dataset.manifest!.captures.find(({ id }) => id === capture)!;
          parts.push({
            ...{ part, capture, people, kubernetes, level },
            ...score(rows),
            ...(on ? { family: score(rows.filter((row) => on.has(row))) } : {}),
          });
        }
    appendFileSync(
      FILE,
      `${JSON.stringify({ way, seed, learner, settings: own, seconds: Math.round(seconds), parts })}\n`,
    );
    const [b3] = parts;
    process.stderr.write(
      `${way}, seed ${seed}: ${Math.round(seconds)} s, validation at ${b3!.level} ${b3!.label.toFixed(4)}\n`,
    );
  }

function learn(of: PointerTraining, learner: Way['learner']): Ranker {
  if (learner !== 'trees' && learner !== 'network') return UNLEARNED[learner];
  const groups = teach(of);
  if (learner === 'network') {
    const network = new Network(groups, { seed: of.seed, epochs: EPOCHS });
    for (let epoch = 0; epoch < EPOCHS; epoch++) network.step();
    return network;
  }
  const boosting = new Boosting(groups, boostOptions(of));
  while (boosting.trees < TREES) boosting.step();
  return treesRanker(boosting.forest);
}
