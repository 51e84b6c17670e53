import type { Command } from './command.js';

/** The commands in the order of the help. Each is loaded when it is asked for: most need rooms that others need not wait for. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./commands/train.js')).train,
  study: async () => (await import('./commands/study.js')).study,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluate,
  compare: async () => (await import('./commands/compare.js')).compare,
  reproduce: async () => (await import('./commands/reproduce.js')).reproduce,
  label: async () => (await import('./commands/label.js')).label,
  contexts: async () => (await import('./commands/contexts.js')).contexts,
  query: async () => (await import('./commands/query.js')).query,
  report: async () => (await import('./commands/report.js')).report,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  dataset: async () => (await import('./commands/dataset.js')).dataset,
  collect: async () => (await import('./commands/collect.js')).collect,
  cluster: async () => (await import('./commands/cluster.js')).cluster,
  trial: async () => (await import('./commands/trial.js')).trial,
  completion: async () => (await import('./commands/completion.js')).completion(allCommands),
};

/** All commands, loaded. */
export const allCommands = (): Promise<Command[]> =>
  Promise.all(Object.values(COMMANDS).map((load) => load()));
