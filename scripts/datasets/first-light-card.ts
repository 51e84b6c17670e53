import type { Label } from '../../src/audit/labels.js';

interface TruthLine {
  stage: string;
  label: Label | null;
  context: string;
  background: boolean;
  how: string;
}

/** The card of `datasets/first-light`; every number is counted. */
export function datasetCard(
  manifest: { title: string; kubernetes: string; policy: string; counts: Record<string, number> },
  truth: readonly TruthLine[],
  actions: readonly { argv: readonly string[]; started: string; settled: string; exitCode: number }[],
): string {
  const { counts } = manifest;
  const how = new Map<string, number>();
  for (const row of truth) how.set(row.how, (how.get(row.how) ?? 0) + 1);
  const sizes = new Map<string, number>();
  for (const row of truth) if (!row.background) sizes.set(row.context, (sizes.get(row.context) ?? 0) + 1);
  const sorted = [...sizes.values()].sort((a, b) => a - b);
  const minutes = (Date.parse(actions.at(-1)!.settled) - Date.parse(actions[0]!.started)) / 60_000;
  return `# Dataset card: first-light

${manifest.title}.

## Why

A small real capture to start on: large enough to train the paper's model, small enough for a laptop. It is not a benchmark.

## How it was made

A real Kubernetes ${manifest.kubernetes} control plane (API server, controller manager, scheduler, kubelets of three nodes with a fake container
runtime) logged ${manifest.policy}. One person ran ${counts.actions} kubectl commands one after another in ${minutes.toFixed(0)} minutes, waiting
for the cluster to be quiet before each; ${actions.filter(({ exitCode }) => exitCode !== 0).length} of them failed, some on purpose.

Ground truth, by line: ${[...how]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, n]) => `\`${rule}\` ${n}`)
    .join(', ')}. \`direct\` is exact: the client sent known audit
IDs. The others follow identities (uid, owner, involved object, claim, namespace); \`time\` is the action that was running.
${counts.disputedLines} lines are \`disputed\`: time and identity name different actions.

An action that sends several changing requests starts several contexts. Where an action changes nothing, its first request on a log, exec,
attach, portforward or proxy subresource is the triggering event, else its first on a resource. Reads before a change belong to it. The
triggering event's line is that of its last stage. Each background request is a context of its own. Lines of requests on no resource
(discovery, health checks) have a context but no label where they are its trigger.

## What is in it

| | |
|---|---|
| lines, all stages | ${counts.lines} |
| requests | ${counts.requests} |
| lines caused by the person's actions | ${counts.userLines} |
| background lines | ${counts.backgroundLines} |
| contexts of the person's actions | ${counts.userContexts} |
| lines of such a context: median, largest | ${sorted[Math.floor(sorted.length / 2)]}, ${sorted.at(-1)} |
| distinct labels | ${counts.labels} |

## Known faults

- One capture, one person, a fixed order of actions, telling object names: a random split of windows measures memory, and even a held-out tail
  says little of other clusters.
- No CNI, CoreDNS, kube-proxy data plane, metrics-server or clients inside pods.
- Token responses and Secrets in the log belong to a cluster that was deleted with its keys.

## Who should not use it

Anyone who wants to know how well a model works on a cluster it has not seen.
`;
}
