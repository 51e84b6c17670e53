/**
 * Writes the card of a dataset whose truth the cluster carried along, from its manifest, its truth and the record of what rules get wrong on it.
 *
 *     npx tsx scripts/datasets/carried-card.ts datasets/propagated results/reference/propagated/attribution.json
 *     npx tsx scripts/datasets/carried-card.ts datasets/automated results/reference/propagated/automated-attribution.json
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../src/dataset/manifest.js';
import { readTruth } from '../../src/dataset/truth.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { wrapMarkdown } from '../wrap-markdown.js';

const [dir, file] = process.argv.slice(2);
if (!dir || !file) {
  console.error('Usage: carried-card.ts DATASET ATTRIBUTION.json');
  process.exit(2);
}
const manifest = await readManifest(dir);
const { coverage, dataset } = JSON.parse(readFileSync(file, 'utf8')) as {
  coverage: Record<string, Record<string, number>>;
  dataset: { name: string; sha256: string };
};
if (dataset.name !== manifest.name) {
  console.error(`carried-card: expected ${file} to be of ${manifest.name}, got ${dataset.name}.`);
  process.exit(2);
}

const KINDS = ['direct', 'propagated', 'several', 'background', 'clock', 'unfollowed'] as const;
const lines = new Map<string, number>();
let merged = 0;
for await (const { how, causes = [] } of readTruth(join(dir, 'truth.jsonl.gz'))) {
  lines.set(how, (lines.get(how) ?? 0) + 1);
  if (causes.length > 1) merged++;
}
const all = [...lines.values()].reduce((sum, n) => sum + n, 0);
const share = (n: number): string => `${n} (${((100 * n) / all).toFixed(1)} %)`;
const count = (how: (typeof KINDS)[number]): string => share(lines.get(how) ?? 0);
const bytes = Object.values(manifest.files).reduce((sum, one) => sum + one.bytes, 0);
const captures = manifest.captures as ((typeof manifest.captures)[number] & {
  shared: boolean;
  seconds: number;
  lines: number;
  completed: number;
})[];

interface Words {
  why: string;
  made: string;
  faults: string[];
  /** Whether models are trained on it. Default: it is for tests only. */
  taught?: string;
}
const WORDS: Record<string, Words> = {
  propagated: {
    why: `In \`three-node\` rules found which person's command a controller's line goes back to, and in \`interleaved\` time and rules together. Here no rule,
no clock and no name was asked: the cluster itself carried the cause along. So it measures the rules, and every model that was taught by them.`,
    made: `\`scripts/datasets/propagated.sh\`: two clusters (\`npm run cluster -- up --causes\`), four people at once on each, in their own namespaces (p1) and
on the same objects (p2); \`--think\` .9 s. The audit policy is RequestResponse for everything.`,
    faults: [],
  },
  carried: {
    why: `The captures of \`three-node\` are of people with kubectl, and rules made their truth. A model that learns from them alone is lost where machines
type, and takes over what rules get wrong. Here machines and people work at once, and the cluster itself said what caused what: the second thing that the
model of the package is taught (\`model.beside\`).`,
    made: `\`scripts/datasets/carried.sh\`: a cluster for each capture (\`npm run cluster -- up --causes\`). d1 and d2: bundles, scripts, client libraries, an
operator, a repository and another's name, as in \`automated\`, with pauses of 5 to 150 ms; d3 and d4: four people at once from the catalog, on the same
objects and in their own namespaces. Every request is logged with its bodies, as it was answered.`,
    faults: [
      'The plan of d1 and d2 is that of `automated` with other seeds and pauses, and its operator is the same: what a model does on `automated` after it learned from these says little of other operators.',
      'The machine was busy with other work.',
      'RequestReceived was left out after the capture, not by the audit policy.',
    ],
    taught: `\`default\`: all captures train. There is nothing to test on in it: that is what \`propagated\` and \`automated\` are for.`,
  },
  automated: {
    why: `In the other datasets people type kubectl commands from one catalog, and every line has its bodies. Here machines type: bundles of objects that a
client library applies in the way of Helm, shell scripts and client libraries whose commands come 20 ms apart, a repository that is applied by the clock
through a service account, requests in another's name, and an operator of our own that acts inside through its service account. The audit policies
mix levels.`,
    made: `\`scripts/datasets/automated.sh\`: a cluster for each capture (\`npm run cluster -- up --causes --audit-policy …\`),
\`scripts/datasets/automated-capture.ts\` with \`scripts/cluster/operator\`. m1 logs as Google's clusters do, m2 as the example in Kubernetes'
documentation.`,
    faults: [
      'Requests that the policy leaves out of the log are passed over in `causes`: what they came of stands there.',
      'The machine was busy with other work: m1 took a quarter of an hour for five minutes, and for a while nodes were taken for not ready, which the node controller tells of and nobody caused (`unfollowed`, as it polls).',
      'One operator and no Helm, Terraform or GitOps controller of others: bundles and the repository go through a client library and kubectl.',
      'The service account of the repository is a person here, as `how: direct` says; the operator’s is not.',
      'The plan is that of `carried`, which the model of the package learned from, with other seeds: clusters never seen, but no new kind of work.',
    ],
  },
};
const words = WORDS[manifest.name];
if (!words) throw new Error(`no words for ${manifest.name}`);

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const card = `# Dataset card: ${manifest.name}

${manifest.title}.${words.taught ? '' : ' For tests only.'}

## Why

${words.why}

## How it was made

${words.made}

${row(['capture', 'people', 'Kubernetes', 'same objects', 'seconds', 'lines', 'counted'])}
|---|---|---|---|---|---|---|
${captures
  .map((one) =>
    row([
      one.id,
      one.people,
      one.kubernetes ?? '',
      one.shared ? 'yes' : 'no',
      one.seconds,
      one.lines,
      one.completed,
    ]),
  )
  .join('\n')}

## What the truth rests on

Handlers know which version of which object they are told of; work queues keep that with the key; the REST client draws a random Audit-ID and writes under
it what the goroutine acts upon; the API server says which request made which version
([scripts/cluster](../../scripts/cluster/README.md#what-caused-what)). The log itself is what a stock cluster writes. A row's \`causes\` are the lines of the
requests that it was sent for, in the order in which they were noticed, and \`roots\` those of the people's requests that these go back to.

| how | lines | is |
|---|---|---|
| \`direct\` | ${count('direct')} | a person's, by Audit-ID |
| \`propagated\` | ${count('propagated')} | sent for what goes back to one triggering request |
| \`several\` | ${count('several')} | to more than one: its context is that of what was noticed last; disputed |
| \`background\` | ${count('background')} | sent for nothing, of a kind that comes by the clock |
| \`clock\` | ${count('clock')} | sent for what goes back to nobody's request in the log |
| \`unfollowed\` | ${count('unfollowed')} | sent for nothing that is known, though rules name a context, which is given; disputed |

${merged} lines have more than one direct cause.

## How far each component could be followed

Lines that count.

${row(['component', ...KINDS])}
|---|---|---|---|---|---|---|
${Object.entries(coverage)
  .map(([component, own]) => row([component, ...KINDS.map((kind) => own[kind] ?? 0)]))
  .join('\n')}

## What is in it

| | |
|---|---|
| lines, all stages | ${manifest.counts.lines} |
| lines that count | ${manifest.counts.counted} |
| commands | ${manifest.counts.actions} |
| contexts of people's requests | ${manifest.counts.userContexts} |
| labels | ${manifest.counts.labels} |
| size in git | ${(bytes / 1e6).toFixed(1)} MB |

## Folds

${words.taught ?? '`default`: all captures test. No model of this project was trained on them, or tuned to them.'}

## Known faults

- A notice is not a reason. Where a controller waits for something (a stateful set for its pod before it goes on with an update), what ended the wait is the
  cause, not the change that it was waiting to make.
- A kubelet acts upon the last version of a pod that says something else to be done; what containers do later by themselves goes back to that too.
- What is fetched at first use is the cause's that used it first: the controller manager's tokens for its controllers, a kubelet's watch of a config map.
- Whether a line that was sent for nothing is background or could not be followed is told by the table of src/audit/background.ts.
- The API server removes a service's endpoints beside it and forgets for whom: that they are of the same removal is told by their name.
- Pods that the scheduler looked at while a node changed lose that cause; polling controllers have none.
${words.faults.map((fault) => `- ${fault}\n`).join('')}
## Who should not use it

${words.taught ? 'Anyone who looks for a test: the model of the package has seen every line.' : 'Anyone who trains.'}
`;
await writeFileAtomic(join(dir, 'card.md'), wrapMarkdown(card));
