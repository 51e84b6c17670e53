import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assembleDataset } from '../../collect/assemble.js';
import { team } from '../../collect/capture/people.js';
import { runCapture } from '../../collect/capture/run.js';
import { findTarget } from '../../collect/capture/target.js';
import { loadCatalog } from '../../collect/plan/catalog.js';
import { planSteps } from '../../collect/plan/steps.js';
import { verifyDataset } from '../../dataset/verify.js';
import { AuditweaveError } from '../../errors.js';
import { print, printJson, say } from '../output.js';

export interface CollectArguments {
  seed: number;
  actions: number;
  people: number;
  shared: boolean;
  mode: 'sequential' | 'concurrent' | undefined;
  cluster: string | undefined;
  kubeconfig: string | undefined;
  auditLog: string | undefined;
  kubectl: string | undefined;
  nodes: string[] | undefined;
  think: number;
  id: string;
  out: string | undefined;
  captureOnly: boolean;
  plan: boolean;
}

/** Does what `collect` is asked. */
export async function run(options: CollectArguments): Promise<void> {
  const catalog = await loadCatalog();
  const people = team(options.people);
  const mode = options.mode ?? (people.length === 1 ? 'sequential' : 'concurrent');
  if (!Number.isInteger(options.actions) || options.actions < 1)
    throw new AuditweaveError(
      `collect: expected --actions to be a positive integer, got ${options.actions}.`,
    );
  const target = options.plan ? null : findTarget(options);
  const nodes = options.nodes ?? target?.nodes ?? ['worker-1', 'worker-2'];
  const { seed, shared, think, id } = options;
  const steps = planSteps({ catalog, seed, actions: options.actions, people, shared, nodes, think });
  if (options.plan || !target) {
    for (const { person, namespace, action, argv } of steps)
      await printJson({ person, namespace, action, argv });
    return;
  }
  const out = options.out ?? join('results', `collect-${seed}`);
  const folder = options.captureOnly ? out : join(out, 'captures', id);
  await runCapture({ ...target, id, folder, steps, people, nodes, mode, shared, seed });
  if (options.captureOnly) {
    await print(`${folder}\n`);
    return;
  }
  const manifest = await assembleDataset({
    out,
    captures: [folder],
    name: `collect-${seed}`,
    title: `${people.length} at work, seed ${seed}`,
    tools: { node: process.version },
  });
  const { lines, contexts, faults } = await verifyDataset(out);
  if (faults.length > 0 || !existsSync(join(out, 'manifest.json')))
    throw new AuditweaveError(`collect: expected a valid dataset, got: ${faults.join(' ')}`);
  await print(`${out}\n`);
  say(`collect: ${manifest.counts.actions} actions, ${lines} lines, ${contexts} contexts; verified\n`);
}
