/**
 * Writes the page of the pointer's learners, baselines and ablations from the records of scripts/pointer-study.ts, and of the default model's
 * scores on datasets/interleaved.
 *
 *     npx tsx scripts/pointer-study-report.ts results/reference/pointer-study
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../src/files/atomic.js';
import type { CauseScores } from '../src/metrics/causes.js';
import type { Interval } from '../src/metrics/interval.js';

type Scores = Omit<CauseScores, 'risk'>;
interface Part extends Scores {
  part: 'validation' | 'test';
  capture: string;
  people: number;
  kubernetes: string;
  level: string;
  family?: Scores;
}
interface Row {
  way: string;
  seed: number;
  parts: Part[];
}
type Scored = Scores & {
  capture: string;
  level: string;
  intervals: { label: Interval };
  confusions: Record<string, number>;
};

const dir = process.argv[2] ?? 'results/reference/pointer-study';
const rows = readFileSync(join(dir, 'records.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const digits = (value: number): string => value.toFixed(4).replace(/^0/, '');
const scores = ({ label, macroF1, trigger, contexts: c }: Scores): string =>
  [
    label,
    macroF1.truth,
    trigger,
    c.bCubed.f1,
    c.exact.precision,
    c.exact.recall,
    c.exact.f1,
    c.ceafE.f1,
    c.ari,
    c.oneToOne,
  ]
    .map(digits)
    .join(' | ');
const HEAD =
  'right label | macro F1 | right trigger | B-cubed | exact P | exact R | exact F1 | CEAF-e | ARI | 1-to-1';
const line = (columns: number): string => `|${'---|'.repeat(columns)}`;
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** One row a way: the mean over its seeds. */
function table(level: string, capture: string): string {
  const ways = [...new Set(rows.map(({ way }) => way))].filter((way) => !way.includes('without'));
  const body = ways.map((way) => {
    const own = rows.filter((row) => row.way === way);
    const parts = own.map(
      ({ parts: all }) => all.find((one) => one.level === level && one.capture === capture)!,
    );
    const cells = parts.map((one) => scores(one).split(' | ').map(Number));
    const [first = []] = cells;
    return `| ${way} | ${own.length} | ${first.map((_, i) => digits(mean(cells.map((cell) => cell[i]!)))).join(' | ')} |`;
  });
  return `| ranker | seeds | ${HEAD} |\n${line(12)}\n${body.join('\n')}`;
}

const [example] = rows;
const captures = example!.parts.filter(({ level }) => level === 'metadata');
const title = ({ part, capture, people, kubernetes }: Part): string =>
  `${capture} (${part}; ${people} people, Kubernetes ${kubernetes})`;
const families = rows.flatMap(({ way, seed, parts }) =>
  parts.flatMap(({ capture, level, family }) =>
    family ? [`| ${way} | ${seed} | ${capture} | ${level} | ${family.lines} | ${scores(family)} |`] : [],
  ),
);
const trees = rows.find(({ way }) => way === 'trees');
const sizes = (trees?.parts ?? []).flatMap(({ capture, level, contexts }) =>
  contexts.bySize.map(
    ({ from, to, clusters, exact, bCubed }) =>
      `| ${capture} | ${level} | ${from}${Number.isFinite(to) && to !== null ? `–${to}` : ' and more'} | ${clusters} | ${digits(exact)} | ${digits(bCubed.f1)} |`,
  ),
);
const file = join(dir, 'interleaved.json');
const made = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Scored[]) : [];
const wrong = made.map(({ capture, level, confusions }) => {
  const most = Object.entries(confusions).sort((a, b) => b[1] - a[1]);
  return `- ${capture}, ${level}: ${
    most
      .slice(0, 5)
      .map(([what, count]) => `${what} ${count}`)
      .join('; ') || 'nothing'
  }`;
});

await writeFileAtomic(
  join(dir, 'README.md'),
  `# What ranks causes best

Written by \`scripts/pointer-study-report.ts\` from \`records.jsonl\` and \`interleaved.json\`. Trained on a1, a2 and b1 of three-node (where it learns);
b3 validates, b2 and c1 are never seen. Macro F1 is over the classes of the truth; exact contexts are of two lines or more. All rankers go
through one loop: their own decisions are the marks that later lines find.

\`rules\`: what a rule of identity says, else nobody. \`generic\`: relations in a fixed order. \`owner\`: the object and its owners, as tracing tools
follow them. \`namespace\`: the last change in the namespace, 300 s at most. \`trees\`: the default. \`network\`: a small network on the same columns.

${['metadata', 'requestResponse']
  .flatMap((level) =>
    captures.map((one) => `## ${title(one)}, audit level ${level}\n\n${table(level, one.capture)}`),
  )
  .join('\n\n')}

## Families that were taken out of training

Every context with a line on the family is left out of training, and the words go with it; scored are the lines of such contexts alone.

${families.length === 0 ? 'Not run.' : `| ranker | seed | capture | level | lines | ${HEAD} |\n${line(15)}\n${families.join('\n')}`}

## Trees by the size of the true context

| capture | level | lines | contexts | exact | B-cubed |
${line(6)}
${sizes.join('\n')}

## The default model on datasets/interleaved

i1 is of a capture that no fold has; a1 and a2, of which i2 and i3 are made, trained the model. 95 % intervals over contexts.

| capture | level | lines | interval of right label | ${HEAD} |
${line(14)}
${made.map((one) => `| ${one.capture} | ${one.level} | ${one.lines} | ${digits(one.intervals.label.low)}–${digits(one.intervals.label.high)} | ${scores(one)} |`).join('\n')}

Wrong lines, by how the truth is known:

${wrong.join('\n')}
`,
);
