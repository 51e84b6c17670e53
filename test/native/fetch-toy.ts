// A process of its own that fetches the toy library, to be killed by library.test.ts.
import { ensureLibrary } from '../../src/native/library.js';
import { runProgram } from '../../src/native/program.js';
import { SILENT, TOY_PLAN } from './toys.js';

const [cache = '', folder = ''] = process.argv.slice(2);
await ensureLibrary(TOY_PLAN, cache, { run: runProgram, env: { PATH: folder }, sink: SILENT });
