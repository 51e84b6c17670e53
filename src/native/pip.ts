import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditweaveError, EXIT, MismatchError } from '../errors.js';
import type { Finished, RunProgram } from './program.js';
import { WHEEL_TAGS, type Wheel } from './wheels.js';

export interface DownloadOptions {
  run: RunProgram;
  env: NodeJS.ProcessEnv;
  /** Told how many bytes have arrived so far. */
  onBytes?: (bytes: number) => void;
}

/**
 * Downloads one wheel with pip, which follows the user's index, proxy and certificates, and checks its hash.
 *
 * @param wheel Which one.
 * @param folder An own, empty folder for the wheel and for pip's temporary files.
 * @returns Path of the wheel.
 * @throws {AuditweaveError} no Python, no pip, no network, wrong hash, full disk.
 */
export async function downloadWheel(wheel: Wheel, folder: string, options: DownloadOptions): Promise<string> {
  const temporary = join(folder, 'pip');
  await mkdir(temporary, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const watch = setInterval(() => {
    bytesBelow(temporary).then(options.onBytes, () => {});
  }, 250);
  const finished = await options
    .run('python3', downloadArguments(requirements, folder), {
      env: {
        ...options.env,
        TMPDIR: temporary,
        PIP_REQUIRE_VIRTUALENV: '0',
        PIP_NO_INPUT: '1',
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
      },
    })
    .finally(() => clearInterval(watch));
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (finished.code !== 0 || file === undefined) throw explainPip(finished, wheel);
  options.onBytes?.(wheel.bytes);
  await rm(temporary, { recursive: true, force: true });
  return join(folder, file);
}

/** pip's cache is left out: it would keep a second copy of every wheel, and older versions hold a wheel in memory to write it. */
function downloadArguments(requirements: string, folder: string): string[] {
  return [
    ...['-m', 'pip', 'download', '--quiet', '--progress-bar', 'off', '--no-cache-dir', '--no-deps'],
    ...['--only-binary=:all:', '--require-hashes', '--implementation', 'cp'],
    ...['--python-version', WHEEL_TAGS.python],
    ...WHEEL_TAGS.platforms.flatMap((platform) => ['--platform', platform]),
    ...['--dest', folder, '--requirement', requirements],
  ];
}

const REFUSED =
  /HTTP error 40[137]|\b40[137] (?:Client )?Error|Tunnel connection failed: 40[137]|\b407 Proxy|^User for /m;
const TRY_AGAIN =
  /Retrying|ConnectionError|ConnectTimeout|ReadTimeout|timed out|ProxyError|resolution|unreachable|reset by peer|IncompleteRead|incomplete|HTTP error 5\d\d|\b50[0234]\b (?:Server|Bad|Service|Gateway)/i;

/**
 * Turns pip's failure into an error that says what to do.
 *
 * @example explainPip(await runProgram('python3', ['-m', 'pip', …]), wheel).hint
 */
export function explainPip(
  { code, signal, stderr, stdout, missing }: Finished,
  wheel: Wheel,
): AuditweaveError {
  const text = `${stderr}\n${stdout}`;
  const what = `${wheel.name} ${wheel.version}`;
  const own = 'or point AUDITWEAVE_LIBTENSORFLOW at a TensorFlow library that is here already';
  if (missing)
    return new MismatchError(
      { folder: 'native', expected: `python3, to download ${what} with pip`, got: 'no such program' },
      { hint: `Install Python 3 with pip (Debian, Ubuntu: apt install python3-pip), ${own}.` },
    );
  if (/No module named pip\b/.test(text))
    return new MismatchError(
      { folder: 'native', expected: `pip, to download ${what}`, got: 'a python3 without it' },
      { hint: `Install pip (Debian, Ubuntu: apt install python3-pip; else python3 -m ensurepip), ${own}.` },
    );
  if (/No space left on device|\[Errno 28\]/.test(text)) return diskFull(what);
  if (/DO NOT MATCH THE HASHES/.test(text))
    return new MismatchError(
      {
        folder: 'native',
        expected: `${what} with sha256 ${wheel.sha256}`,
        got: /Got\s+([0-9a-f]{64})/.exec(text)?.[1] ?? 'another file',
      },
      {
        hint: 'The package index serves a changed file: ask its keeper, or use another index (pip config list).',
      },
    );
  if (/CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError/.test(text))
    return failed(what, 'its certificate is not trusted', {
      hint: 'Tell pip the certificate of your proxy or index: pip config set global.cert FILE.',
    });
  if (REFUSED.test(text))
    return failed(what, 'access was refused', {
      hint: 'Check the index, the proxy and their credentials: pip config list, and HTTPS_PROXY.',
    });
  if (TRY_AGAIN.test(text))
    return failed(what, 'the package index cannot be reached', {
      hint: `Check the network and the proxy (HTTPS_PROXY, pip config list) and run the same command again, ${own}.`,
      exitCode: EXIT.tryAgain,
    });
  if (/No matching distribution found|Could not find a version/.test(text))
    return failed(what, 'the package index does not have it', {
      hint: `Use an index that has it (pip config list), update pip, ${own}.`,
    });
  const last = stderr.trim().split('\n').slice(-3).join(' ');
  return failed(what, `pip ended with ${signal ?? code ?? 'an error'}${last && `: ${last}`}`, {
    hint: `Run python3 -m pip download --no-deps ${wheel.name}==${wheel.version} to see why, ${own}.`,
  });
}

/** The error for a disk that filled up while something was written. */
export function diskFull(what: string, cause?: unknown): AuditweaveError {
  return new AuditweaveError(`native: could not store ${what}: the disk is full.`, {
    hint: 'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk, and run the same command again.',
    cause,
  });
}

function failed(
  what: string,
  why: string,
  options: ConstructorParameters<typeof AuditweaveError>[1],
): AuditweaveError {
  return new AuditweaveError(`native: could not fetch ${what}: ${why}.`, options);
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
