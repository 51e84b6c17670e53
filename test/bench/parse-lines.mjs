// JSON.parse of each line of a file, and nothing else: what the benchmarks of commands that read a log are measured by.
import { createReadStream } from 'node:fs';

let rest = '';
for await (const piece of createReadStream(process.argv[2], { encoding: 'utf8', highWaterMark: 1 << 18 })) {
  const lines = (rest + piece).split('\n');
  rest = lines.pop();
  for (const line of lines) JSON.parse(line);
}
