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
import type { Command } from '../command.js';
import { print, printJson, say } from '../output.js';

interface CollectArguments {
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

/** `collect --seed 7 --actions 40`: people at work on a cluster, as a dataset. */
export const collect: Command<CollectArguments> = {
  command: 'collect',
  describe: 'Run the catalog of actions against a cluster and write a dataset with its truth',
  builder: (usage) =>
    usage
      .option('seed', { type: 'number', default: 7, describe: 'The same seed gives the same commands' })
      .option('actions', { type: 'number', default: 40, describe: 'Commands to run, at least' })
      .option('people', { type: 'number', default: 1, describe: 'How many people, 1 to 6' })
      .option('mode', {
        choices: ['sequential', 'concurrent'],
        describe: 'One command at a time, or everybody at once. Default: sequential for one person',
      })
      .option('shared', {
        type: 'boolean',
        default: false,
        describe: 'Everybody in the same namespaces, on the same objects',
      })
      .option('cluster', { type: 'string', describe: 'Name of a cluster of npm run cluster' })
      .option('kubeconfig', {
        type: 'string',
        path: 'file',
        describe: 'An administrator’s, instead of --cluster',
      })
      .option('audit-log', { type: 'string', path: 'file', describe: 'The API server’s audit log file' })
      .option('kubectl', {
        type: 'string',
        path: 'file',
        describe: 'Default: the cluster’s, else the one in PATH',
      })
      .option('nodes', { type: 'string', array: true, describe: 'Workers that node actions may change' })
      .option('think', {
        type: 'number',
        default: 1500,
        describe: 'Mean milliseconds between two commands of a person at a busy hour',
      })
      .option('id', { type: 'string', default: 'a1', describe: 'Name of the capture' })
      .option('out', { type: 'string', path: 'folder', describe: 'Folder. Default: results/collect-SEED' })
      .option('capture-only', {
        type: 'boolean',
        default: false,
        describe: 'Write the raw capture only; dataset build makes a dataset of several',
      })
      .option('plan', { type: 'boolean', default: false, describe: 'Print the commands, run nothing' })
      .example('npm run collect -- --seed 7 --actions 40', 'a small dataset from the cluster that is up')
      .example('npm run collect -- --people 4 --shared --actions 400', 'four people on the same objects'),
  handler: async (options) => {
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
  },
};
