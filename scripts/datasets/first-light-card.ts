import type { Label } from '../../src/audit/labels.js';
import { REDACTED } from '../../src/collect/redact.js';
import type { Manifest } from '../../src/dataset/manifest.js';

interface TruthLine {
  stage: string;
  label: Label | null;
  context: string;
  trigger: boolean;
  background: boolean;
  how: string;
}

/** The card of `datasets/first-light`; every number is counted. */
export function datasetCard(
  manifest: Pick<Manifest, 'title' | 'kubernetes' | 'policy' | 'nodes' | 'counts' | 'replaces' | 'tools'>,
  truth: readonly TruthLine[],
  actions: readonly { started: string; settled: string; exitCode: number; contexts: readonly string[] }[],
): string {
  const counts = manifest.counts as Record<string, number> & { contexts: number };
  const labelled = new Set(truth.filter(({ label }) => label !== null).map(({ context }) => context)).size;
  const open = truth.filter(({ trigger, stage }) => trigger && stage !== 'ResponseComplete').length;
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

A real Kubernetes ${manifest.kubernetes} control plane (API server, controller manager, scheduler, and the kubelets of ${manifest.nodes} nodes with a fake
container runtime) logged ${manifest.policy}. One person ran ${counts.actions} kubectl commands one after another in ${minutes.toFixed(0)} minutes, waiting
for the cluster to be quiet before each; ${actions.filter(({ exitCode }) => exitCode !== 0).length} of them failed.

The log is as the API server wrote it but for tokens, in order of arrival, all stages. The capture says for each line which command caused it, and how
that is known, by line: ${[...how]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, n]) => `\`${rule}\` ${n}`)
    .join(', ')}. \`direct\` is exact: kubectl sent audit IDs that were
written down beside the command. The others follow identities (uid, owner, involved object, claim, namespace); \`time\` is the command that
was running. Where time and identity name different commands, the one that was running is taken and the line is \`disputed\`: ${counts.disputedLines} lines.

Commands became contexts by these rules:

- Each changing request (create, update, patch, delete, deletecollection, on a subresource too) that kubectl sent is a triggering event, refused or
  not: ${actions.filter(({ contexts }) => contexts.length > 1).length} commands started several contexts.
- A command that changes nothing is one context. Its first request on a log, exec, attach, portforward or proxy subresource is the triggering
  event, else its first on a resource. So is a command that asks for several things, such as \`kubectl get all\`.
- A read that kubectl makes waits for the delete of the same object before it, else prepares the next change of the same object, else waits for
  the one before; a read of something else prepares the next change.
- What the cluster did belongs to the change that uid, name, owner, involved object, claim or bound object leads to, else to the last change
  before in the same namespace, else to the last change before.
- A background request is a context of its own, with its own action as label.

All stages of a request are in one context. \`trigger\` is true on one line a context, the triggering event's last stage, from which the label is read:
ResponseComplete, but for ${open} background watches that outlive the capture (ResponseStarted, which \`lines: completed\` does not count). A context whose triggering event is on no resource (discovery, health checks, version) has no
label: ${counts.contexts - labelled} contexts.

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

- One capture of one cluster, one person, and an order of commands that goes resource by resource: a random split of windows measures memory, and
  even a held-out tail says little of other clusters.
- Names of objects tell what was done to them (\`pods4-…-bad\`, \`depl11-…\`).
- No CNI, CoreDNS process, kube-proxy data plane, metrics-server or clients inside pods; container start and stop take no time.
- The capture is shorter than what takes its time in a cluster: no event reaches the end of its hour, no token is
  renewed, no certificate runs out.
- Updates of endpoints, EndpointSlices and ResourceQuotas sum up several causes; they are given to one.
- Waiting for quiet does not catch what comes late, such as a back-off event: see \`disputed\`.
- ${counts.tokenLines} lines held service account tokens, signed with keys that were deleted with the cluster; \`${REDACTED}\` stands in their place. A
  few lines hold Secrets, made up for the capture.
- Records made before that cite the dataset as sha256 ${manifest.replaces?.map(({ sha256 }) => `\`${sha256.slice(0, 8)}…\``).join(', ')}. No model reads
  what was replaced: lines, labels and encoded features are equal, which \`test/datasets/first-light.test.ts\` holds.

## Who should not use it

Anyone who wants to know how well a model works on a cluster it has not seen, with several people at work, or on custom resources.

This card is written by \`${manifest.tools.import}\`.
`;
}
