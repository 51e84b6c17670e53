import { readFileSync } from 'node:fs';
import yargs, { type Argv, type CommandModule } from 'yargs';
import { AuditweaveError, EXIT, type ExitCode } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { cluster } from './commands/cluster.js';
import { collect } from './commands/collect.js';
import { compare } from './commands/compare.js';
import { dataset } from './commands/dataset.js';
import { doctor } from './commands/doctor.js';
import { evaluate } from './commands/evaluate.js';
import { label } from './commands/label.js';
import { report } from './commands/report.js';
import { reproduce } from './commands/reproduce.js';
import { study } from './commands/study.js';
import { train } from './commands/train.js';
import { trial } from './commands/trial.js';

const COMMANDS = [
  train,
  study,
  evaluate,
  compare,
  reproduce,
  label,
  report,
  doctor,
  dataset,
  collect,
  cluster,
  trial,
] as unknown as CommandModule[];

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Runs one command.
 *
 * @param argv Arguments, without `node` and the script.
 * @returns The exit code; nothing is thrown.
 * @example process.exitCode = await main(['train', '--window', '60']);
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  quietClosedPipe();
  const parser: Argv = yargs()
    .scriptName('auditweave')
    .usage('$0 <command> [options]\n\nTurns Kubernetes audit logs into contexts.')
    .version(version)
    .command(COMMANDS)
    .demandCommand(1, 'Name a command.')
    .strict()
    .recommendCommands()
    .check((values) => onlyOnce(values, parser))
    .completion('completion', 'Print a completion script for bash or zsh')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .parserConfiguration({ 'camel-case-expansion': true, 'strip-dashed': true })
    .fail((message, error) => {
      throw error ?? wrongUse(message, argv, parser);
    });
  process.exitCode = EXIT.done;
  try {
    await parser.parseAsync([...argv]);
    return (process.exitCode as ExitCode | undefined) ?? EXIT.done;
  } catch (error) {
    return explain(error);
  }
}

/** What yargs knows of the options, which its types do not say. */
const known = (parser: Argv) =>
  (parser as unknown as { getOptions(): { key: Record<string, unknown>; array: string[] } }).getOptions();

/** Refuses an option that is given twice and takes one value. */
function onlyOnce(values: Record<string, unknown>, parser: Argv): true {
  const lists = ['_', ...known(parser).array];
  for (const [name, value] of Object.entries(values)) {
    const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (Array.isArray(value) && !lists.includes(option))
      throw new AuditweaveError(`cli: expected --${option} once, got ${value.join(' and ')}.`, {
        hint: 'Give one value.',
      });
  }
  return true;
}

/** A command or an option that is not there, with the nearest that is. */
function wrongUse(message: string, argv: readonly string[], parser: Argv): AuditweaveError {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  const { key } = known(parser);
  const near = unknown === undefined || unknown === argv[0] ? null : nearestName(unknown, Object.keys(key));
  if (near !== null) return new AuditweaveError(`cli: ${message}`, { hint: `Did you mean --${near}?` });
  if (message.startsWith('Did you mean') || (unknown !== undefined && unknown === argv[0]))
    return new AuditweaveError(`cli: expected a command, got “${argv[0]}”.`, {
      hint: unknown === undefined ? message : 'auditweave --help',
    });
  return new AuditweaveError(`cli: ${message}`, { hint: 'auditweave <command> --help' });
}

/** A reader that has seen enough (`| head`) is no fault. */
function quietClosedPipe(): void {
  if (process.stdout.listeners('error').includes(onStdoutError)) return;
  process.stdout.on('error', onStdoutError);
}

function onStdoutError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
}

/** Faults of the file system that a person can mend. */
const FILE_FAULTS = ['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST'];

function explain(error: unknown): ExitCode {
  if (error instanceof AuditweaveError) {
    process.stderr.write(`${error.toString()}\n`);
    return error.exitCode;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (FILE_FAULTS.includes(code ?? '')) {
    process.stderr.write(`cli: ${message}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`cli: internal error: ${message}\n`);
  if (process.env.AUDITWEAVE_DEBUG === '1') process.stderr.write(`${stack}\n`);
  else process.stderr.write('  Hint: Run it again with AUDITWEAVE_DEBUG=1 and report what it prints.\n');
  return EXIT.internal;
}
