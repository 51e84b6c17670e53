#!/usr/bin/env node
// Without its packages, or with an old Node, the program cannot say what is wrong in its usual way, so that this file does.
const stop = (message, hint, code) => {
  process.stderr.write(`cli: ${message}.\n  Hint: ${hint}\n`);
  process.exit(code);
};
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop(`expected Node 20.19 or newer, got ${process.version}`, 'Get one from https://nodejs.org.', 2);
let program;
try {
  const { compiledProgram } = await import('./compile.mjs');
  // A fault's place is that in the sources.
  const compiled = process.env.AUDITWEAVE_DEBUG === '1' ? null : await compiledProgram();
  if (compiled === null) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  program = await import(compiled ?? '../src/cli/main.ts');
} catch (error) {
  if (process.env.AUDITWEAVE_DEBUG === '1') throw error;
  const missing = error.code === 'ERR_MODULE_NOT_FOUND';
  const scarce = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(error.code);
  if (missing)
    stop(
      'expected the packages to be installed, got none or a part',
      'npm ci, in the folder of auditweave',
      2,
    );
  if (scarce)
    stop(`${error.message}`, 'Raise the limit (ulimit -n 4096), then run the same command again.', 75);
  stop(`could not start: ${error.message}`, 'Run it with AUDITWEAVE_DEBUG=1 and report what it prints.', 1);
}
program.endOnUncaught();
process.exitCode = await program.main(process.argv.slice(2));
