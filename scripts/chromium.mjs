// Finds a Chromium for the tests that look at pages, or brings one from the package registry into the user's cache.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const PACKAGE = '@sparticuz/chromium@143.0.4';
const KNOWN = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Environment for the tests: CHROMIUM_PATH, and where its libraries lie. */
export function ensureChromium() {
  if (process.env.CHROMIUM_PATH) return {};
  for (const folder of ['/usr/bin', '/usr/local/bin', '/snap/bin'])
    for (const name of KNOWN)
      if (existsSync(join(folder, name))) return { CHROMIUM_PATH: join(folder, name) };
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'auditweave', PACKAGE.replace(/[@/]+/g, '-').slice(1));
  if (!existsSync(join(folder, 'chromium'))) install(folder);
  const libraries = readdirSync(folder).find((name) => name.startsWith('al'));
  const paths = [libraries && join(folder, libraries, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean);
  return {
    CHROMIUM_PATH: join(folder, 'chromium'),
    ...(libraries ? { LD_LIBRARY_PATH: paths.join(delimiter) } : {}),
  };
}

function install(folder) {
  console.error(`test: no Chromium here; bringing ${PACKAGE} (72 MB) into ${folder}`);
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  const run = (command, options, env) =>
    spawnSync(command, options, {
      cwd: work,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
  const npm = run('npm', [
    'install',
    '--prefix',
    work,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    PACKAGE,
  ]);
  // The package unpacks itself into the temporary folder, with its libraries when it believes to be in a bare environment.
  const unpack = run(
    process.execPath,
    ['--input-type=module', '-e', "await (await import('@sparticuz/chromium')).default.executablePath()"],
    { TMPDIR: work, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  );
  if (npm.status !== 0 || unpack.status !== 0 || !existsSync(join(work, 'chromium'))) {
    rmSync(work, { recursive: true, force: true });
    console.error('test: expected a Chromium for the tests of the report, got none.');
    console.error(
      '  Hint: apt-get install chromium, or CHROMIUM_PATH=…, or AUDITWEAVE_NO_BROWSER=1 to leave them out.',
    );
    process.exit(2);
  }
  rmSync(join(work, 'node_modules'), { recursive: true, force: true });
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
}
