#!/usr/bin/env node
// Without its packages the program cannot say what is wrong in its usual way, so that this file does.
const stop = (expected, got, hint) => {
  process.stderr.write(`cli: expected ${expected}, got ${got}.\n  Hint: ${hint}\n`);
  process.exit(2);
};
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop('Node 20.19 or newer', process.version, 'https://nodejs.org');
const { register } = await import('tsx/esm/api').catch(() =>
  stop('the packages to be installed', 'no tsx', 'npm ci, in the folder of auditweave'),
);
register();
const { endOnUncaught, main } = await import('../src/cli/main.ts');
endOnUncaught();
process.exitCode = await main(process.argv.slice(2));
