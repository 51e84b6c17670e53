// Tells, on file descriptor 3, what a process used: imported before the program by the benchmarks that start one.
import { writeSync } from 'node:fs';

let least = Number.POSITIVE_INFINITY;
const tell = (more) => {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const [cpuSeconds, peak] = [(userCPUTime + systemCPUTime) / 1e6, maxRSS * 1024];
  writeSync(
    3,
    `${JSON.stringify({ rss, peak, heapUsed, heapTotal, least, external, arrayBuffers, cpuSeconds, ...more })}\n`,
  );
};
setInterval(() => {
  least = Math.min(least, process.memoryUsage().heapUsed);
}, 50).unref();
setInterval(() => {
  tell({});
  least = Number.POSITIVE_INFINITY;
}, 5000).unref();
process.on('exit', () => tell({ ended: true }));
