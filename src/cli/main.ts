import { readFileSync } from 'node:fs';
import { AuditweaveError, EXIT, type ExitCode, printable, printableText } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { systemFault } from '../system-faults.js';
import { type Command, readLine, Usage } from './command.js';
import { allCommands, COMMANDS } from './commands.js';
import { commandHelp, EVERYWHERE, programHelp } from './help.js';
import { flushed, print, watch } from './output.js';
import { checkPaths } from './paths.js';

/** Where a person reports a fault of the program. */
const REPORT = [
  '  This is a fault of auditweave, not of yours. Please report it: what you ran (without names that are private), this message, and',
  '  what `auditweave doctor` says. AUDITWEAVE_DEBUG=1 before the command adds where in the program it happened.',
].join('\n');
/** Columns of a help text at most. */
const WIDEST = 100;

/**
 * Runs one command.
 *
 * @param argv Arguments, without `node` and the script.
 * @returns The exit code; nothing is thrown.
 * @example process.exitCode = await main(['train', '--window', '60']);
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  watch();
  process.exitCode = EXIT.done;
  try {
    await dispatch(argv);
    flushed();
    return (process.exitCode as ExitCode | undefined) ?? EXIT.done;
  } catch (error) {
    return explain(error);
  }
}

/** Ends the process by an error that no command caught, as one of a callback, with the same words as any other. */
export function endOnUncaught(): void {
  const end = (error: unknown): never => process.exit(explain(error));
  process.on('uncaughtException', end).on('unhandledRejection', end);
  // Without a listener a file larger than `ulimit -f` allows ends the process; with one the write fails with EFBIG.
  process.on('SIGXFSZ', () => {});
}

async function dispatch(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  const before = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (name === undefined)
    throw new AuditweaveError('cli: expected a command, got none.', { hint: 'auditweave --help' });
  if (before.includes('--version')) return await print(`${version()}\n`);
  if (name === '--help' || name === '-h') return await print(programHelp(await allCommands(), width()));
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw noCommand('', name, Object.keys(COMMANDS));
  await runCommand(await load(), name, rest);
}

async function runCommand(command: Command, path: string, argv: readonly string[]): Promise<void> {
  const usage = command.builder(new Usage());
  const below = usage.commands.map((own) => readLine(own.command).name);
  const own = usage.commands[below.indexOf(argv[0] ?? '')];
  if (own) return await runCommand(own, `${path} ${argv[0]}`, argv.slice(1));
  const end = argv.indexOf('--');
  if ((end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h'))
    return await print(commandHelp(`auditweave ${path}`, command, usage, width()));
  if (below.length > 0 && readLine(command.command).places.length === 0)
    throw noCommand(path, argv[0], below);
  const known = { options: withEverywhere(usage), positionals: usage.positionals };
  const { parseOptions } = await import('./parse.js');
  const options = parseOptions(path, known, readLine(command.command).places, argv);
  checkPaths(known, options);
  await command.handler(options);
}

const withEverywhere = ({ options }: Usage): Usage['options'] => new Map([...options, ...EVERYWHERE]);

function noCommand(path: string, got: string | undefined, known: readonly string[]): AuditweaveError {
  const near = got === undefined ? null : nearestName(got, known);
  const place = path === '' ? 'a command' : `a command of ${path}`;
  return new AuditweaveError(
    `cli: expected ${place}, got ${got === undefined ? 'none' : `“${printable(got)}”`}.`,
    {
      hint:
        near !== null
          ? `Did you mean ${near}?`
          : path === ''
            ? 'auditweave --help'
            : `One of ${known.join(', ')}.`,
    },
  );
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const width = (): number => Math.min(WIDEST, process.stdout.columns ?? WIDEST);

/** Says what went wrong on standard error, without the program's inside, and gives the exit code. */
function explain(error: unknown): ExitCode {
  const known = error instanceof AuditweaveError ? error : systemFault(error);
  const debug = process.env.AUDITWEAVE_DEBUG === '1' && error instanceof Error ? `${error.stack}\n` : '';
  if (known) {
    process.stderr.write(printableText(`${known.toString()}\n${debug}`));
    return known.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    printableText(`cli: internal error: ${printable(message, 500)}\n${debug || `${REPORT}\n`}`),
  );
  return EXIT.internal;
}
