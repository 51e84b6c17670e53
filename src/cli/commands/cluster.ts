import { type ClusterState, readCluster, readClusters } from '../../cluster/state.js';
import { downCluster, endedProcesses, upCluster } from '../../cluster/up-and-down.js';
import { EXIT } from '../../errors.js';
import type { Command, Usage } from '../command.js';
import { print, printJson, say } from '../output.js';
import { table } from '../table.js';

interface NameArguments {
  name: string;
  json: boolean;
}

interface UpArguments extends NameArguments {
  kubernetes: string | undefined;
  users: number;
  auditWebhook: string | undefined;
  auditPolicy: string | undefined;
  causes: boolean;
}

const withName = (usage: Usage): Usage =>
  usage
    .option('name', { type: 'string', default: 'default', describe: 'Several run side by side' })
    .option('json', { type: 'boolean', default: false, describe: 'Print the state as JSON' });

const tell = (text: string): void => say(`cluster: ${text}\n`);

const up: Command<UpArguments> = {
  command: 'up',
  describe: 'Start a cluster with fresh state, built on first use',
  builder: (usage) =>
    withName(usage)
      .option('kubernetes', { type: 'string', describe: '1.34 (default) or 1.35' })
      .option('users', { type: 'number', default: 4, describe: 'People with certificates' })
      .option('audit-webhook', { type: 'string', describe: 'URL that gets the audit events too' })
      .option('audit-policy', {
        type: 'string',
        path: 'file',
        describe: 'Default: every request with its bodies',
      })
      .option('causes', {
        type: 'boolean',
        default: false,
        describe: 'Each process also says, in a file of its own, what it sent each request for',
      }),
  handler: async (options) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    process.on('SIGINT', stop).on('SIGTERM', stop);
    try {
      const { name, kubernetes, users, auditWebhook, auditPolicy, causes } = options;
      const state = await upCluster({
        name,
        kubernetes,
        users,
        auditWebhook,
        auditPolicy,
        causes,
        say: tell,
        signal: controller.signal,
      });
      await (options.json ? printJson(published(state)) : print(`${describe(state)}\n`));
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  },
};

const down: Command<NameArguments & { all: boolean }> = {
  command: 'down',
  describe: 'End a cluster; its logs stay until it is started again',
  builder: (usage) =>
    withName(usage).option('all', { type: 'boolean', default: false, describe: 'End every one' }),
  handler: async ({ name, all, json }) => {
    const ended: string[] = [];
    for (const one of all ? readClusters().map((state) => state.name) : [name])
      if (await downCluster(one)) ended.push(one);
    if (json) await printJson({ ended });
    tell(ended.length ? `${ended.join(', ')} down` : 'nothing was up');
  },
};

const status: Command<{ name: string | undefined; json: boolean }> = {
  command: 'status',
  describe: 'Show the clusters that were started; exit code 75 when one is not whole',
  builder: (usage) =>
    usage
      .option('name', { type: 'string', describe: 'Only this one' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the states as JSON' }),
  handler: async ({ name, json }) => {
    const states =
      name === undefined ? readClusters() : [readCluster(name)].filter((state) => state !== null);
    const rows = states.map((state) => ({ ...published(state), ended: endedProcesses(state) }));
    if (json) await printJson(rows);
    else if (rows.length === 0) tell('nothing is up');
    else
      await print(
        `${table(
          ['name', 'state', 'kubernetes', 'server', 'started'],
          rows.map((row) => [row.name, health(row), row.kubernetes, row.server, row.startedAt]),
        )}\n`,
      );
    if (rows.some((row) => health(row) !== 'up') || (name !== undefined && rows.length === 0))
      process.exitCode = EXIT.tryAgain;
  },
};

/** `cluster up|down|status`: a real Kubernetes control plane with hollow nodes on this machine. */
export const cluster: Command = {
  command: 'cluster',
  describe: 'Start and end a Kubernetes cluster of our own, with its audit log',
  builder: (usage) =>
    usage
      .command([up, down, status])
      .example('npm run cluster -- up --users 6', 'Kubernetes 1.34 and six people')
      .example('npm run cluster -- up --name b --kubernetes 1.35', 'another one beside it')
      .example('npm run cluster -- down --all', 'end what was started'),
  handler: () => {},
};

function health(row: { ended: string[]; ready: boolean }): string {
  if (row.ended.length > 0) return `${row.ended.join(', ')} ended`;
  return row.ready ? 'up' : 'starting';
}

function published({ processes, ...state }: ClusterState) {
  return { ...state, pids: processes.map(({ pid }) => pid) };
}

function describe(state: ClusterState): string {
  return [
    `kubeconfig  ${state.kubeconfig}`,
    ...state.users.map(({ name, group, kubeconfig }) => `${name.padEnd(11)} ${kubeconfig} (${group})`),
    `kubectl     ${state.kubectl}`,
    `audit log   ${state.auditLog}`,
    ...(state.causes === null ? [] : [`causes      ${state.causes}`]),
    ...(state.auditWebhook === null ? [] : [`webhook     ${state.auditWebhook}`]),
  ].join('\n');
}
