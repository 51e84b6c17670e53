/**
 * Writes the card of datasets/three-node from its records; every number is counted.
 *
 *     npx tsx scripts/datasets/three-node-card.ts datasets/three-node
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AMBIGUOUS, type AmbiguousLines } from '../../src/dataset/ambiguous.js';
import { type DatasetStats, datasetStats } from '../../src/dataset/stats.js';
import { writeFileAtomic } from '../../src/files/atomic.js';

interface Capture {
  id: string;
  people: number;
  kubernetes: string;
  mode: string;
  shared: boolean;
  seed: number;
  seconds: number;
  lines: number;
  completed: number;
}

interface Card {
  title: string;
  kubernetes: string;
  policy: string;
  captures: Capture[];
  counts: Record<string, number>;
  files: Record<string, { bytes: number }>;
  tools: Record<string, string>;
  selections: Record<string, { description: string; ranges: [number, number][] }>;
  folds: Record<string, { train: string[]; validation: string[]; test: string[] }>;
}

const [dir = 'datasets/three-node'] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as Card;
const stats = await datasetStats(dir);
const actions = readFileSync(join(dir, 'actions.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { capture: string; action: string; exit: number | null });
await writeFileAtomic(join(dir, 'card.md'), card(stats));

function doubtful(): string {
  const { lines, cascade } = JSON.parse(readFileSync(join(dir, AMBIGUOUS), 'utf8')) as AmbiguousLines;
  return `${lines.length} of ${cascade} (${((100 * lines.length) / cascade).toFixed(1)} %)`;
}

/** How wrong the rules are by causes that clusters carried along. */
function errors(): string {
  const of = (name: string): { lines: number; share: number; named?: number } => {
    const file = join('results/reference/propagated', name);
    const { rules } = JSON.parse(readFileSync(file, 'utf8')) as {
      rules: { rule: string; lines: number; share: number; named?: number }[];
    };
    return rules.find(({ rule }) => rule === 'all')!;
  };
  const [people, machines] = [of('attribution.json'), of('automated-attribution.json')];
  const digits = (value: number): string => value.toFixed(3).replace(/^0/, '');
  return `By causes that a cluster carried along, no rule asked, the same rules name the right context for ${digits(people.share)} of ${people.lines}
lines of four people with kubectl (\`datasets/propagated\`), and for ${digits(people.named!)} of those that they give to somebody; where scripts and
operators work and policies mix levels (\`datasets/automated\`) for ${digits(machines.share)} of ${machines.lines}. This truth is of the first kind of cluster.`;
}

function card({
  agreement,
  folds,
  paper,
  clustering,
  linesPerContext,
  linesPerAction,
}: DatasetStats): string {
  const { counts, captures } = manifest;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  const failed = actions.filter(({ exit }) => exit !== 0).length;
  const sequential = captures.filter(({ mode }) => mode === 'sequential').map(({ id }) => id);
  const inTurn = actions.filter(({ capture }) => sequential.includes(capture));
  const timed = Object.entries(agreement).filter(
    ([rule, { timed: lines }]) => rule !== 'direct' && lines > 0,
  );
  const total = timed.reduce((sum, [, { timed: lines }]) => sum + lines, 0);
  const agree = timed.reduce((sum, [, { agree: lines }]) => sum + lines, 0);
  return `# Dataset card: three-node

${manifest.title}.

## Why

The paper's dataset cannot be bundled. This one is made to be hard to memorize: sequences are shuffled by seed, names say nothing, several people
work at once, and every capture is a fresh cluster, so that splits can go by capture.

## How it was made

A real Kubernetes control plane (${manifest.kubernetes}; etcd, API server, controller manager, scheduler, three kubelets with a fake container
runtime) logged ${manifest.policy}. People typed ${counts.actions} kubectl commands, ${counts.distinctActions} distinct actions of the catalog in
\`src/collect/catalog\`; ${failed} commands failed, many on purpose (forbidden, not found, quota hit, conflicts, time limits). The same seed gives
the same commands; \`scripts/datasets/three-node.sh\` has those of each capture.

| capture | people | at once | namespaces | Kubernetes | seed | commands | minutes | lines | counted |
|---|---|---|---|---|---|---|---|---|---|
${captures
  .map(
    ({ id, people, mode, shared, kubernetes, seed, seconds, lines, completed }) =>
      `| ${id} | ${people} | ${mode === 'concurrent' ? 'yes' : 'one at a time'} | ${shared ? 'shared' : 'own'} | ${kubernetes} | ${seed} | ${actions.filter(({ capture }) => capture === id).length} | ${(seconds / 60).toFixed(0)} | ${lines} | ${completed} |`,
  )
  .join('\n')}

One at a time: ${inTurn.length} commands, ${new Set(inTurn.map(({ action }) => action)).size} distinct actions. Counted lines are completed ones
(every stage but RequestReceived, no ResponseStarted of a watch) on resources, without health checks and discovery.

People are known to the cluster by certificates from its own signer (admins, developers, viewers). A local door adds a random \`Audit-ID\` to each
request and writes it beside the command; nothing else of a command is in the log. Where people work one at a time, the next command waits for
silence: 250 ms after a person's line, 900 ms after a controller's, 2.2 s after a kubelet's or the scheduler's.

## What is in it

| | |
|---|---|
| lines, all stages | ${counts.lines} |
| lines that count | ${counts.counted} |
| contexts of people's requests | ${counts.userContexts} |
| labels | ${stats.classes} |
| background share of the lines that count | ${percent(stats.background)} |
| lines of a context: median, mean, 90th percentile, largest | ${linesPerContext.median}, ${linesPerContext.mean.toFixed(1)}, ${linesPerContext.p90}, ${linesPerContext.max} |
| lines of a command: median, mean, 90th percentile, largest | ${linesPerAction.median}, ${linesPerAction.mean.toFixed(1)}, ${linesPerAction.p90}, ${linesPerAction.max} |
| size in git | ${(bytes / 1e6).toFixed(1)} MB |

Labels by the mean number of lines of their contexts (the paper's Fig. 10, from the truth; there 45 % have 1–4, 16 labels 50 or more, 4 labels 100
or more): ${clustering.map(({ from, to, labels }) => `${from}${to === null ? ' and more' : `–${to - 1}`}: ${labels}`).join(', ')}.

## Beside the paper

| | paper | here: median | mean | largest | of |
|---|---|---|---|---|---|
${paper.map(({ what, paper: theirs, here }) => `| ${what} | ${theirs} | ${here.median} | ${here.mean.toFixed(1)} | ${here.max} | ${here.count} |`).join('\n')}

A Deployment create has more lines here: every Event is a request of its own (5 to 6 of the 24 further lines of one replica), kubelets ask for a
token per pod and read it before each report, and some create three replicas (53 further lines in the middle). A Namespace delete has 70 to 77 lines
when there is nothing in it, nearly all of the namespace controller, which lists and deletes one resource after the other, each custom one too; it
begins anew, for 105 to 150 lines, when pods take time to end. The rest is what the pods, claims and endpoints of the namespace do at their end, and
namespaces were deleted here with everything in them. Most commands ask, or change one object that no controller cares for, which is why more labels
than in the paper have contexts of one to four lines.

## Ground truth

\`direct\`: by Audit-ID, exact. \`background\`: by the table in \`src/audit/background.ts\`. The rest by the table of rules in
\`src/collect/attribution/rules.ts\`, each with its test. Where people worked one at a time, the command that was last begun is an independent
opinion: it agrees on ${percent(agree / Math.max(1, total))} of ${total} cascade lines; a line on which they differ is \`disputed\` and keeps the
context that identity names. Disputed lines in all, the few among them that identity gives to one of several alike: ${counts.disputedLines}. Sixty of
the lines on which the two differ were drawn and read: identity was right in all of them, for they come late and by the clock (restarts and pulls that
back off, autoscalers that poll, claims that find no class, informers of a definition that is gone, a namespace deleted without waiting for its end).

| rule | lines | with an opinion by time | agree |
|---|---|---|---|
${Object.entries(agreement)
  .map(
    ([rule, { lines, timed: with_, agree: same }]) =>
      `| ${rule} | ${lines} | ${with_} | ${with_ ? percent(same / with_) : ''} |`,
  )
  .join('\n')}

${review()}

A second review, blind, of 200 lines: [blind-review.md](blind-review.md), with what “lines”, “actions” and “executions” count in the paper and here.
\`dataset verify --rules\` finds every row again from the log and the commands alone.

${errors()}

Lines of the control plane that requests of two contexts or more may have caused, as far as the log tells, stand in \`ambiguous.json\`: ${doubtful()}.
Scores are given with and without them.

Rules of the house: a command that changes nothing asks; each list is a question of its own, a get takes the reads after it along, and a log, exec,
attach, port-forward or proxy request takes those before it. The triggering event's line is that of its last stage. Quota is counted for the last
object of its kinds that came or went; endpoints change for the pods that came, went or changed state; what a thing does by the clock belongs to what
it is to be (its spec), not to a later label.

## Folds and selections

The captures of the other Kubernetes version (c1) and of the busiest day (b2) are for tests only; no fold has a cluster in two parts.

${Object.entries(manifest.folds)
  .map(
    ([name, { train, validation, test }]) =>
      `- \`${name}\`: train ${train.join(', ')}; validation ${validation.join(', ')}; test ${test.join(', ')}. ${folds[name]!.unseen.classes} classes of the test lines (${percent(folds[name]!.unseen.share)} of the lines) are not in training.`,
  )
  .join('\n')}

- selection \`paper-size\`: ${selection()}

## Known faults

- No CNI, CoreDNS process, kube-proxy data plane, metrics-server or clients inside pods; containers are faked.
- Service account tokens were replaced by \`REDACTED-TOKEN\`; every other byte of a line is the API server's. Secrets hold drawn words.
- Captures were cut after so many commands as the table has, to stay under 25 MB in git; contexts under way then are cut too.
- Nothing was left here for the rules' last resorts, \`time\` (who worked last), \`near\` (who asked last) and \`alone\` (nobody).
- Of two autoscalers on one target, each poll is given to the one changed last; such lines are disputed.
- A horizontal autoscaler without metrics reports by the clock for as long as it exists; its lines are its last change's.
- Time of day is squeezed: a day takes under five minutes.

## Who should not use it

Anyone who needs the noise of applications: nothing in the pods talks to the API server.
`;
}

function selection(): string {
  const { description, ranges } = manifest.selections['paper-size']!;
  return `${description} Lines of the log, from 0: ${ranges.map(([first, last]) => `${first}–${last}`).join(', ')}.`;
}

function review(): string {
  const file = join(dir, 'review.tsv');
  if (!existsSync(file)) return '';
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));
  const tally = new Map<string, number>();
  for (const [, , , verdict = ''] of rows) tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
  return `${rows.length} cascade lines were drawn at random (\`scripts/datasets/draw-review.ts\`) and checked one by one by reading
the line, its trigger, what people had just changed there and, where in doubt, every line about the object; verdicts in \`review.tsv\`: ${[
    ...tally,
  ]
    .map(([verdict, number]) => `${verdict} ${number}`)
    .join(', ')}. Four draws of 300 came before it
(seeds 7 to 10), each with two or three wrong lines; what they had in common was mended in the rules, with a test each, and another 300 were drawn:
rolling updates that went to an older change because an older pod became ready meanwhile, second tries of jobs, pods placed anew after a node changed,
what still went on between the deletion of a namespace and its emptying, Events of starting containers after a deletion, of budgets, and of refused
ones, quotas counted for resources that they do not count. This last draw (seed 11) is the one that counts. Wrong and unclear ones:

${rows
  .filter(([, , , verdict]) => verdict !== 'right')
  .map(([line, capture, how, verdict, why]) => `- line ${line} (${capture}, \`${how}\`): ${verdict}: ${why}`)
  .join('\n')}`;
}
