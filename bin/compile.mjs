import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The program's folder. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Compiled sources that are kept whatever their age, and at most. */
const KEPT = { least: 32, most: 512 };
/** Younger ones are kept too, in milliseconds: a process loads some of its code late, after days of training too. */
const YOUNG = 14 * 24 * 3600e3;

/**
 * The program as JavaScript, so that a start need not compile it file by file: `src` is compiled once, after each change of it, into
 * `node_modules/.cache`, which is as safe as the packages are.
 *
 * @returns The file to import; null where none can be written, as in a program that is installed for all users.
 */
export async function compiledProgram(root = ROOT) {
  const cache = join(root, 'node_modules', '.cache', 'auditweave');
  try {
    const folder = join(cache, keyOf(root));
    const main = join(folder, 'main.js');
    if (!existsSync(main)) await compile(root, cache, folder);
    return main;
  } catch {
    return null;
  }
}

/** Of all that decides the outcome. A file's time of change is set by the system with each write, and by nothing else. */
function keyOf(root) {
  const src = join(root, 'src');
  const files = readdirSync(src, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(src, name));
  const states = [...files.sort(), fileURLToPath(import.meta.url)].map((file) => {
    const { size, ctimeNs } = statSync(file, { bigint: true });
    return `${file} ${size} ${ctimeNs}\n`;
  });
  return createHash('sha256').update(states.join('')).digest('hex').slice(0, 16);
}

/** Code that is loaded later becomes a file of its own. A file's `import.meta` is that of its source, beside which its data lies. */
async function compile(root, cache, folder) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: { main: join(root, 'src/cli/main.ts') },
    outdir: folder,
    write: false,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'silent',
    plugins: [
      {
        name: 'place of the source',
        setup: (builder) =>
          builder.onLoad({ filter: /\.ts$/ }, ({ path }) => ({ loader: 'ts', contents: withPlace(path) })),
      },
      {
        // Through yargs itself a start reads thirty files, and needs three.
        name: 'parser of yargs',
        setup: (builder) => {
          builder.onResolve({ filter: /^yargs\/helpers$/ }, () => ({ path: 'parser', namespace: 'yargs' }));
          builder.onLoad({ filter: /./, namespace: 'yargs' }, () => ({
            contents: `export { default as Parser } from ${JSON.stringify(parserOfYargs())};`,
            resolveDir: root,
          }));
        },
      },
    ],
  });
  const temporary = join(cache, `.${randomUUID()}.tmp`);
  try {
    mkdirSync(temporary, { recursive: true });
    for (const { path, contents } of outputFiles) {
      const file = openSync(join(temporary, path.slice(folder.length + 1)), 'wx');
      writeFileSync(file, contents);
      fsyncSync(file);
      closeSync(file);
    }
    renameSync(temporary, folder);
  } catch (error) {
    // Another start was as far first.
    if (!existsSync(join(folder, 'main.js'))) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  dropOld(cache);
}

function dropOld(cache) {
  const old = readdirSync(cache)
    .map((name) => ({
      path: join(cache, name),
      time: statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.time - a.time);
  const since = Date.now() - YOUNG;
  for (const [i, { path, time }] of old.entries())
    if (i >= KEPT.most || (i >= KEPT.least && time < since)) rmSync(path, { recursive: true, force: true });
}

function parserOfYargs() {
  const yargs = createRequire(import.meta.url).resolve('yargs/package.json');
  return createRequire(yargs).resolve('yargs-parser');
}

function withPlace(path) {
  return readFileSync(path, 'utf8')
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
}
