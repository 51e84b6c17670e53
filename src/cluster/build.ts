import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { AuditweaveError, EXIT } from '../errors.js';
import { binaryFolder, type ClusterVersion, MODULE_FOLDER } from './versions.js';

/** Components of the one binary: each runs under its own name, since that becomes its user agent. */
export const COMPONENTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'certificates',
  'site-operator',
] as const;

/** Tells a person what is being done. */
export type Say = (text: string) => void;

/** A place of a module's source that is replaced: its text stands there once. */
interface Patch {
  /** Default: k8s.io/kubernetes. */
  module?: string;
  file: string;
  find: string;
  replace: string;
}

/**
 * Builds a version's binaries unless this machine has them. Cold, that takes Go 8 minutes on two cores, 1 GB of downloads and 5 GB of
 * build cache; the binaries are 190 MB.
 *
 * @returns The folder with a file for each component, and `kubectl`.
 * @throws {AuditweaveError} Go is missing or too old, a module cannot be had, or the build was interrupted.
 */
export async function ensureBinaries(
  version: ClusterVersion,
  say: Say,
  signal: AbortSignal,
): Promise<string> {
  const folder = binaryFolder(version);
  if (existsSync(join(folder, 'kubectl'))) return folder;
  const go = await findGo(version, signal);
  const work = `${folder}.${process.pid}.tmp`;
  mkdirSync(work, { recursive: true });
  try {
    say(`building Kubernetes ${version.kubernetes} and etcd ${version.etcd}: minutes, once a machine`);
    const modfile = await patchedModules(go, version, work, signal);
    for (const part of ['.', './kubectl']) {
      say(`go build ${part === '.' ? 'the control plane and the nodes' : 'kubectl'}`);
      await runGo(
        go,
        ['build', `-modfile=${modfile}`, ...buildFlags(version), '-o', `${work}/`, part],
        signal,
      );
    }
    for (const component of COMPONENTS) symlinkSync('cluster', join(work, component));
    for (const scaffold of ['modules', 'go.mod', 'go.sum'])
      rmSync(join(work, scaffold), { recursive: true, force: true });
    if (!existsSync(folder)) renameSync(work, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Fixed: another flag compiles everything anew. */
function buildFlags({ kubernetes, date }: ClusterVersion): string[] {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetes)!;
  const values = {
    gitVersion: kubernetes,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    buildDate: date,
  };
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((part) =>
    Object.entries(values).map(([name, value]) => `-X ${part}.${name}=${value}`),
  );
  return ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...stamps].join(' ')];
}

/** Copies the modules that are patched, patches the copies, adds packages of our own and points a copy of go.mod to them. */
async function patchedModules(
  go: string,
  version: ClusterVersion,
  work: string,
  signal: AbortSignal,
): Promise<string> {
  const original = join(MODULE_FOLDER, version.modfile);
  const modfile = join(work, 'go.mod');
  await copyFile(original, modfile);
  await copyFile(original.replace(/mod$/, 'sum'), modfile.replace(/mod$/, 'sum'));
  const patches = JSON.parse(readFileSync(join(MODULE_FOLDER, 'patches.json'), 'utf8')) as Patch[];
  const modules = [...new Set(patches.map(moduleOf))];
  for (const module of modules) {
    const { Dir } = JSON.parse(
      await runGo(go, ['mod', 'download', '-json', `-modfile=${original}`, module], signal),
    ) as { Dir: string };
    const copy = join(work, 'modules', module);
    const unused = /_test\.go$|\/(testdata|CHANGELOG|docs|logo|openapi-spec)$/;
    cpSync(Dir, copy, { recursive: true, filter: (source) => !unused.test(source) });
    // The module cache is read-only.
    for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true }))
      if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    chmodSync(copy, 0o755);
    for (const patch of patches.filter((one) => moduleOf(one) === module)) await apply(patch, copy, version);
    const added = join(MODULE_FOLDER, 'added', basename(module));
    if (existsSync(added)) cpSync(added, copy, { recursive: true });
    await runGo(go, ['mod', 'edit', `-replace=${module}=${copy}`, modfile], signal);
  }
  return modfile;
}

const moduleOf = ({ module = 'k8s.io/kubernetes' }: Patch): string => module;

async function apply({ file, find, replace }: Patch, copy: string, version: ClusterVersion): Promise<void> {
  const target = join(copy, file);
  const parts = readFileSync(target, 'utf8').split(find);
  if (parts.length !== 2)
    throw new AuditweaveError(
      `collect: patches.json: expected its text once in ${file} of ${version.kubernetes}, got ${parts.length - 1}: ${find.trim()}`,
    );
  rmSync(target, { force: true });
  await writeFile(target, parts.join(replace));
}

async function findGo({ go: least }: ClusterVersion, signal: AbortSignal): Promise<string> {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin', '/usr/lib/go/bin'];
  const go = places.map((place) => join(place, 'go')).find((file) => existsSync(file));
  const hint = `Install Go ${least} or newer (https://go.dev/dl) and put it in PATH.`;
  if (!go)
    throw new AuditweaveError(`collect: expected Go ${least} or newer to build the cluster, got none.`, {
      hint,
    });
  const got = (await runGo(go, ['env', 'GOVERSION'], signal)).trim();
  const [major = 0, minor = 0] = got.replace('go', '').split('.').map(Number.parseFloat);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new AuditweaveError(`collect: expected Go ${least} or newer, got ${got} at ${go}.`, { hint });
  return go;
}

/** Runs Go at low priority, away from the user's own Go settings. */
async function runGo(go: string, argv: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn('nice', ['-n', '10', go, ...argv], {
    cwd: MODULE_FOLDER,
    env: {
      ...process.env,
      PATH: `${dirname(go)}${delimiter}${process.env.PATH}`,
      CGO_ENABLED: '0',
      GOFLAGS: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const { exit, output, errors } = await finish(child, signal);
  if (exit === 0) return output;
  const text = errors.trim().split('\n').slice(-8).join('\n') || `it ended with ${exit}`;
  if (/dial tcp|lookup |i\/o timeout|connection refused|proxyconnect|TLS handshake|503 |502 /.test(text))
    throw new AuditweaveError(`collect: expected Go modules to be there to download, got: ${text}`, {
      hint: 'Set GOPROXY to a module proxy that this machine reaches, then run it again: what is done is kept.',
      exitCode: EXIT.tryAgain,
    });
  throw new AuditweaveError(`collect: expected ${basename(go)} ${argv[0]} to work, got: ${text}`, {
    hint: 'A build needs 6 GB of disk and 4 GB of memory; run it again: what is done is kept.',
    exitCode: EXIT.internal,
  });
}

function finish(child: ChildProcess, signal: AbortSignal) {
  return new Promise<{ exit: number | string; output: string; errors: string }>((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.on('data', (part) => (output += part));
    child.stderr?.on('data', (part) => (errors += part));
    child.on('error', (error) => reject(signal.aborted ? interrupted() : error));
    child.on('close', (code, killed) =>
      signal.aborted ? reject(interrupted()) : resolve({ exit: code ?? `${killed}`, output, errors }),
    );
  });
}

/** What an interrupted command ends with. */
export function interrupted(): AuditweaveError {
  return new AuditweaveError('collect: interrupted; what was started has been ended.', {
    exitCode: EXIT.interrupted,
  });
}
