/**
 * How well a model names causes on captures that it was not trained on: labels, causes, contexts and risk, by capture and level, and what
 * it confuses; how well its confidence tells right from wrong, and whether what it calls uncertain is what is wrong; the scores without lines
 * whose truth is disputed, or whose cause the log leaves open.
 *
 *     npx tsx scripts/pointer-scores.ts > results/reference/pointer/scores.json
 *     npx tsx scripts/pointer-scores.ts --dataset datasets/interleaved --captures i1,i2,i3 --levels metadata,requestResponse \
 *       > results/reference/pointer/interleaved.json
 *     npx tsx scripts/pointer-scores.ts --captures b3 --levels metadata,cloud --table
 *
 * Two policies mix levels: `workloads` keeps the bodies of workloads and quotas alone, `cloud` all but those of secrets, config maps, tokens,
 * Events and leases.
 */
import { parseArgs } from 'node:util';
import { encodeLabel } from '../src/audit/labels.js';
import { readAmbiguous } from '../src/dataset/ambiguous.js';
import { openDataset } from '../src/dataset/load.js';
import { calibration } from '../src/metrics/calibration.js';
import { causeScores, rightShare } from '../src/metrics/causes.js';
import { DEFAULT_MODEL } from '../src/model/kinds.js';
import { linesOf, saidOf } from './pointer-lines.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: DEFAULT_MODEL },
    dataset: { type: 'string', default: 'datasets/three-node' },
    captures: { type: 'string', default: 'b3,b2,c1' },
    levels: { type: 'string', default: 'metadata,workloads,request,cloud,requestResponse' },
    table: { type: 'boolean', default: false },
  },
});

const { captures, triggers } = await linesOf(values.dataset, values.captures.split(','));
const ambiguous = await readAmbiguous(await openDataset(values.dataset));
const results = [];
for (const [capture, ordered] of captures)
  for (const level of values.levels.split(',')) {
    const said = await saidOf(values.model, ordered, level);
    const numbers = new Map<string, number>();
    const numberOf = (id: string | null): number | null => {
      if (id === null) return null;
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return numbers.get(id)!;
    };
    const truth = ordered.map(({ row }) =>
      numberOf(row.background ? null : (triggers.get(row.context) ?? row.context)),
    );
    const given = said.map(({ trigger }) => numberOf(trigger?.auditID ?? null));
    const confusions: Record<string, number> = {};
    ordered.forEach(({ row: { how, background } }, i) => {
      if (truth[i] === given[i]) return;
      const what =
        given[i] === null ? 'taken for background' : background ? 'taken for caused' : 'another cause';
      confusions[`${how}: ${what}`] = (confusions[`${how}: ${what}`] ?? 0) + 1;
    });
    const codes = {
      truth: ordered.map(({ row }) => encodeLabel(row.label!)),
      said: said.map(({ label }) => encodeLabel(label)),
    };
    const scoresOf = (keeps: (i: number) => boolean) => {
      const kept = ordered.flatMap((_, i) => (keeps(i) ? [i] : []));
      return causeScores({
        truth: kept.map((i) => truth[i]!),
        said: kept.map((i) => given[i]!),
        labels: { truth: kept.map((i) => codes.truth[i]!), said: kept.map((i) => codes.said[i]!) },
        confidence: kept.map((i) => said[i]!.confidence),
      });
    };
    const scores = scoresOf(() => true);
    const right = truth.map((cause, i) => cause === given[i]);
    const unsure = said.map(({ uncertain }) => uncertain === true);
    const counted = (which: boolean) => ({
      lines: unsure.filter((one) => one === which).length,
      wrong: unsure.filter((one, i) => one === which && !right[i]).length,
    });
    const doubts = {
      disputed: (i: number) => ordered[i]!.row.disputed,
      ...(ambiguous ? { ambiguous: (i: number) => ambiguous.has(ordered[i]!.row.line) } : {}),
    };
    const without = Object.fromEntries(
      Object.entries(doubts).map(([name, doubted]) => {
        const { risk: _, ...others } = scoresOf((i) => !doubted(i));
        const wrong = ordered.filter((__, i) => doubted(i) && !right[i]).length;
        return [name, { doubted: ordered.filter((__, i) => doubted(i)).length, wrong, ...others }];
      }),
    );
    // Contexts are right or wrong as a whole.
    const contexts = ordered.map(({ row }) => row.context);
    const interval = (right: boolean[]) => rightShare(right, contexts, { seed: 7 });
    const intervals = {
      label: interval(codes.truth.map((code, i) => code === codes.said[i])),
      trigger: interval(right),
    };
    results.push({
      ...{ capture, level, ...scores, intervals, confusions },
      calibration: calibration(
        said.map(({ confidence }) => confidence),
        right,
      ),
      uncertain: { said: counted(true), not: counted(false) },
      without,
    });
  }

const digits = (value: number): string => value.toFixed(4).replace(/^0/, '');
if (values.table) {
  process.stdout.write(
    '| capture | level | lines | right label | macro F1, strict | macro F1, true classes | right trigger | B-cubed | exact | CEAF-e | ARI | 1-to-1 |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n',
  );
  for (const { capture, level, lines: n, label, macroF1: f1, trigger, contexts: c } of results)
    process.stdout.write(
      `| ${[capture, level, n, ...[label, f1.strict, f1.truth, trigger, c.bCubed.f1, c.exact.f1, c.ceafE.f1, c.ari, c.oneToOne].map(digits)].join(' | ')} |\n`,
    );
} else process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
