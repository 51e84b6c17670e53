// Known vulnerabilities of what npm installs to run, as `npm audit` knows them. Where the registry has no answer (a mirror without that
// endpoint, no network) it says so. It names those that are high or critical, and fails for them with --fail only: a new advisory on somebody
// else's package is no fault of a change that is under test.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: 120_000,
});
let report = null;
try {
  report = JSON.parse(stdout);
} catch {
  // no JSON: no answer
}
if (!report?.vulnerabilities) {
  console.error(
    `audit: nothing was checked: the registry gives no advisories (${report?.message ?? 'no answer'}).`,
  );
  process.exit(0);
}
const found = Object.values(report.vulnerabilities);
const grave = found.filter(({ severity }) => severity === 'high' || severity === 'critical');
console.error(
  `audit: ${found.length} packages with known vulnerabilities, ${grave.length} of them high or critical.`,
);
for (const { name, severity, range, fixAvailable } of grave)
  console.error(`  ${name} ${range}: ${severity}, ${fixAvailable ? 'a fix is there' : 'no fix yet'}`);
process.exit(grave.length > 0 && process.argv.includes('--fail') ? 1 : 0);
