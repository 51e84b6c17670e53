// A worker thread starts from a file that Node itself can read; the work is in shard-worker.ts.
import { register } from 'tsx/esm/api';

register();
await import('./shard-worker.ts');
