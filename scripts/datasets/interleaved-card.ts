import type { TruthRow } from '../../src/dataset/truth.js';

/** What the card says of. */
interface Made {
  title: string;
  seed: number;
  captures: { id: string; people: number; streams: number; lines: number; completed: number }[];
  counts: Record<string, number>;
  files: Record<string, { bytes: number }>;
}

/** The card of datasets/interleaved; every number is counted. */
export function interleavedCard(
  manifest: Made,
  {
    counts,
    truth,
    plan,
  }: {
    counts: Record<string, Record<string, number>>;
    truth: readonly TruthRow[];
    plan: readonly { id: string; streams: readonly (readonly [string, number, number])[] }[];
  },
): string {
  const how = new Map<string, number>();
  for (const row of truth) {
    const kind = row.how.startsWith('time, ') ? 'time, and a rule' : row.how;
    how.set(kind, (how.get(kind) ?? 0) + 1);
  }
  const share = (kind: string) =>
    `${how.get(kind) ?? 0} (${((100 * (how.get(kind) ?? 0)) / truth.length).toFixed(1)} %)`;
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  const part = ([source, from, to]: readonly [string, number, number]) =>
    `${source} ${Math.round(100 * from)}–${Math.round(100 * to)} %`;
  const kinds = [
    'Audit-ID',
    'time and identity agree',
    'time and identity differ',
    'of no command',
    'background',
  ];
  return `# Dataset card: interleaved

${manifest.title}. For tests only.

## Why

In \`three-node\` rules found which person's command a controller's line goes back to, so rules score well there because they made the truth. Where
one person works at a time and waits for silence, time tells it too. Such captures, put together, give a log of several people at once whose
contexts are known without asking a rule.

## How it was made

\`scripts/datasets/interleaved.ts\`, seed ${manifest.seed}, with \`src/dataset/interleave\`, from the captures \`pilot\` of first-light and \`a1\`, \`a2\`
of three-node. The same seed gives the same bytes.

| capture | streams: share of the commands of a source | people | lines | counted |
|---|---|---|---|---|
${manifest.captures
  .map(
    ({ id, people, lines, completed }) =>
      `| ${id} | ${plan
        .find((one) => one.id === id)!
        .streams.map(part)
        .join(' + ')} | ${people} | ${lines} | ${completed} |`,
  )
  .join('\n')}

Names of objects, namespaces and people and all uids are redrawn, a stream each; parts of names that only occur in namespaces of somebody's own are
drawn from words that all streams share, so that two people call different things alike. Silences over 0.3 s are squeezed to that and up to
0.3 of the rest; each stream is stretched or squeezed by up to 1.25; the order within a stream stays. Nodes and the control plane are the
same for all; of the background a share is kept, one stream's worth. Addresses of services and pods lie apart, a stream each.

## What the truth rests on

| source | ${kinds.join(' | ')} |
|---|---|---|---|---|---|
${Object.entries(counts)
  .map(([source, own]) => `| ${source} | ${kinds.map((kind) => own[kind] ?? 0).join(' | ')} |`)
  .join('\n')}

A line of the control plane is kept only where the command that was last begun when it came, and
the rules of \`src/collect/attribution\`, name the same command; the others were left out, so what comes late and by the clock (back-offs, polls) is
missing here. Of the lines that were kept:

- \`direct\`, by Audit-ID: ${share('direct')}
- \`time\`, of a command with one context, by time alone: ${share('time')}
- \`time, RULE\`, the command by time and which of its changes by a rule: ${share('time, and a rule')}
- \`background\`, by the table in \`src/audit/background.ts\`: ${share('background')}

## What is in it

| | |
|---|---|
| lines, all stages | ${manifest.counts.lines} |
| lines that count | ${manifest.counts.counted} |
| contexts of people's requests | ${manifest.counts.userContexts} |
| labels | ${manifest.counts.labels} |
| size in git | ${(bytes / 1e6).toFixed(1)} MB |

## Folds

\`default\`: all captures test. **\`a1\` and \`a2\` train in the default fold of three-node**: a model of that fold has seen the lines of i2 and i3 under
other names and at other times. i1 is made of a capture that no
fold of three-node has: its figure is the honest one.

## Known faults

- Lines on which time and identity differ are left out, and with them what rules and models find hardest.
- What is changed for all (nodes, custom resource definitions) was left out with all that it caused.
- Streams do not compete: nobody is refused because of another's quota or name.
- A stream begins in the middle of its capture: objects may be older than the log.
- Cluster addresses inside 10.0.0.0/8 were folded into a quarter each; two of a stream may have become one.

## Who should not use it

Anyone who trains; anyone who wants to know how a model does on controllers' late work.
`;
}
