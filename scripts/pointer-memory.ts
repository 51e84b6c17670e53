/**
 * Follows a simulated busy cluster and prints what is remembered, and how much memory that takes, ten times.
 *
 *     node --expose-gc --import tsx scripts/pointer-memory.ts --lines 10000000
 */
import { parseArgs } from 'node:util';
import { DEFAULT_MODEL } from '../src/model/kinds.js';
import { askingOf } from '../src/model/pointer/asking.js';
import { chooseBy } from '../src/model/pointer/choose.js';
import { Follower } from '../src/model/pointer/follower.js';
import { readPointer } from '../src/model/pointer/pointer-folder.js';
import { readRequest } from '../src/model/pointer/request.js';
import { busyCluster } from '../test/model/pointer/busy-cluster.js';

const { values } = parseArgs({ options: { lines: { type: 'string', default: '10000000' } } });
const total = Number(values.lines);
const model = await readPointer(DEFAULT_MODEL);
const follower = new Follower({
  words: model.words,
  ...askingOf(model),
  choose: chooseBy(model.forest).choose,
});
let [count, given] = [0, 0];
const began = performance.now();
for (const event of busyCluster(total)) {
  follower.push(readRequest(event), count);
  given += follower.take().length;
  if (++count % Math.ceil(total / 10) !== 0) continue;
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const megabytes = { heap: Math.round(heapUsed / 1e6), rss: Math.round(rss / 1e6) };
  const linesPerSecond = Math.round((1000 * count) / (performance.now() - began));
  process.stdout.write(
    `${JSON.stringify({ followed: count, given, ...follower.size, megabytes, linesPerSecond })}\n`,
  );
}
