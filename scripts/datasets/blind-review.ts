/**
 * A blind second review: draws cascade lines, half of them disputed, and shows each as one sees it who has the log alone: the line, what came
 * before about its object, and the changes that people had made, lettered. What the truth says is not read until every line has an answer.
 *
 *     npx tsx scripts/datasets/blind-review.ts ask datasets/three-node 200 21 > questions.txt
 *     npx tsx scripts/datasets/blind-review.ts score datasets/three-node 200 21 answers.txt
 *
 * answers.txt has a line a question: its number and a letter, or `?` where the log does not tell, or `-` where it is none of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actorOf } from '../../src/audit/actor.js';
import { type AuditEvent, isRecord } from '../../src/audit/event.js';
import { readAuditLog } from '../../src/audit/read.js';
import { CHANGES } from '../../src/audit/verbs.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { randomStream } from '../../src/random.js';

const [task = 'ask', dir = 'datasets/three-node', number = '200', seed = '21', file = ''] =
  process.argv.slice(2);

/** What is kept of a line. */
interface Seen {
  line: number;
  auditID: string;
  at: number;
  person: boolean;
  change: boolean;
  namespace: string;
  name: string;
  names: string[];
  text: string;
}

interface Question {
  line: number;
  at: number;
  shown: string;
  about: string[];
  choices: Seen[];
}

/** Changes of people that are offered, and lines about the object that are shown. */
const [NEAR, OWN, ABOUT] = [5, 5, 3];

/** Lines to be asked about; only whether a line is disputed decides, not what it is said to belong to. */
async function drawn(): Promise<TruthRow[]> {
  const pools: Record<'disputed' | 'other', TruthRow[]> = { disputed: [], other: [] };
  for await (const row of readTruth(join(dir, 'truth.jsonl.gz')))
    if (row.how !== 'direct' && !row.background && row.stage === 'ResponseComplete')
      pools[row.disputed ? 'disputed' : 'other'].push(row);
  const half = Math.ceil(Number(number) / 2);
  const random = randomStream(Number(seed), 'blind-review');
  return [
    ...random.shuffle(pools.disputed).slice(0, half),
    ...random.shuffle(pools.other).slice(0, half),
  ].sort((a, b) => a.line - b.line);
}

async function ask(lines: readonly number[]): Promise<Question[]> {
  const wanted = new Set(lines);
  const found: Question[] = [];
  let history: Seen[] = [];
  let last = 0;
  for await (const { line, event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
    if (event?.stage !== 'ResponseComplete' || !event.objectRef?.resource) continue;
    const seen = look(event, line);
    // A clock that goes back begins another capture.
    if (seen.at < last - 60) history = [];
    last = seen.at;
    if (wanted.has(line)) found.push(question(seen, history));
    if (event.verb !== 'watch') history.push(seen);
    if (history.length > 6000) history = history.slice(-4000);
  }
  return found;
}

function question(own: Seen, history: readonly Seen[]): Question {
  const related = ({ names, name, namespace }: Seen): boolean =>
    (namespace === own.namespace || namespace === '' || own.namespace === '') &&
    (own.names.some((one) => names.includes(one)) ||
      own.names.some((one) => name !== '' && (one.startsWith(`${name}-`) || name.startsWith(`${one}-`))));
  const people = history.filter(({ person, change }) => person && change);
  const near = people.filter(({ namespace, name }) => namespace === own.namespace || name === own.namespace);
  const choices = new Set([...people.filter(related).slice(-OWN), ...near.slice(-NEAR), ...people.slice(-2)]);
  return {
    line: own.line,
    at: own.at,
    shown: own.text,
    about: history
      .filter((one) => !one.person && related(one))
      .slice(-ABOUT)
      .map((one) => `${(own.at - one.at).toFixed(1)} s before  ${one.text}`),
    choices: [...choices].sort((a, b) => a.line - b.line),
  };
}

function text({ at, shown, about, choices }: Question, i: number): string {
  return [
    `#${i + 1} ${shown}`,
    ...about.map((one) => `   . ${one}`),
    ...choices.map((one, k) => `   ${letter(k)} ${(at - one.at).toFixed(1)} s before  ${one.text}`),
    '',
  ].join('\n');
}

const letter = (k: number): string => String.fromCharCode(97 + k);

function look(event: AuditEvent, line: number): Seen {
  const { objectRef, verb } = event;
  const body = isRecord(event.responseObject) ? event.responseObject : {};
  const sent = isRecord(event.requestObject) ? event.requestObject : {};
  const metadata = isRecord(body.metadata) ? body.metadata : {};
  const involved = [body.involvedObject, body.regarding].find(isRecord) as
    | { kind?: string; name?: string }
    | undefined;
  const owners = (Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : []) as {
    kind: string;
    name: string;
  }[];
  const name = objectRef?.name ?? (typeof metadata.name === 'string' ? metadata.name : '');
  const { resource = '', subresource = '', namespace = '' } = objectRef ?? {};
  const actor = actorOf(event) ?? '';
  const note = [body.reason, body.message ?? body.note].filter((one) => typeof one === 'string').join(': ');
  const status = isRecord(sent.status) ? JSON.stringify(sent.status).slice(0, 60) : '';
  return {
    ...{
      line,
      auditID: event.auditID,
      at: Date.parse(event.stageTimestamp ?? event.requestReceivedTimestamp) / 1000,
      namespace,
      name,
    },
    person: !actor.startsWith('system:'),
    change:
      CHANGES.has(verb) &&
      (event.responseStatus?.code ?? 0) < 300 &&
      !/[?&]dryRun=/.test(event.requestURI ?? ''),
    names: [name, involved?.name, ...owners.map((one) => one.name)].filter((one): one is string => !!one),
    text: [
      actor.replace('system:serviceaccount:kube-system:', ''),
      verb,
      subresource ? `${resource}/${subresource}` : resource,
      `${namespace || '-'}/${name || '*'}`,
      event.responseStatus?.code ?? '',
      ...owners.map((one) => `owner ${one.kind} ${one.name}`),
      ...(involved ? [`about ${involved.kind} ${involved.name}`] : []),
      ...(resource === 'events' && note ? [note.slice(0, 70)] : []),
      status,
    ]
      .filter((one) => one !== '')
      .join(' '),
  };
}

async function score(rows: readonly TruthRow[], questions: readonly Question[]): Promise<void> {
  const answers = new Map(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/) as [string, string]),
  );
  const missing = questions.filter((_, i) => !answers.has(String(i + 1)));
  if (missing.length > 0)
    throw new Error(`${file}: expected an answer to every question, ${missing.length} have none.`);
  const trigger = new Map<string, TruthRow>();
  const labels = new Map<string, string>();
  for await (const row of readTruth(join(dir, 'truth.jsonl.gz'))) {
    if (row.trigger) trigger.set(row.context, row);
    labels.set(row.auditID, String(row.label));
  }
  const out = questions.map(({ line, choices }, i) => {
    const row = rows[i]!;
    const said = answers.get(String(i + 1))!;
    const chosen = choices[said.charCodeAt(0) - 97];
    const truth = trigger.get(row.context)!;
    return {
      ...{ line, row, offered: choices.length, answer: chosen?.auditID ?? said },
      truth: truth.auditID,
      label: String(row.label),
      chosenLabel: chosen ? labels.get(chosen.auditID)! : said,
      there: choices.some(({ auditID }) => auditID === truth.auditID),
    };
  });
  const head = [
    'line',
    'capture',
    'how',
    'disputed',
    'offered',
    'answer',
    'truth',
    'same context',
    'same label',
  ];
  const table = out.map(({ line, row, offered, answer, truth, label, chosenLabel }) =>
    [
      line,
      row.capture,
      row.how,
      row.disputed,
      offered,
      answer,
      truth,
      answer === truth,
      chosenLabel === label,
    ].join('\t'),
  );
  await writeFileAtomic(join(dir, 'blind-review.tsv'), `${[head.join('\t'), ...table].join('\n')}\n`);
  for (const [name, part] of [
    ['all', out],
    ['disputed', out.filter(({ row }) => row.disputed)],
    ['not disputed', out.filter(({ row }) => !row.disputed)],
  ] as const) {
    const same = part.filter(({ answer, truth }) => answer === truth).length / part.length;
    const chance = part.reduce((sum, { offered }) => sum + 1 / Math.max(1, offered), 0) / part.length;
    const label = part.filter((one) => one.label === one.chosenLabel).length / part.length;
    console.log(
      JSON.stringify({
        ...{ lines: name, n: part.length, offered: part.filter(({ there }) => there).length },
        ...{ open: part.filter(({ answer }) => answer.length === 1).length },
        sameContext: same,
        // Brennan and Prediger: chance is one of the choices offered.
        kappaContext: (same - chance) / (1 - chance),
        sameLabel: label,
        kappaLabel: cohen(part.map((one) => [one.label, one.chosenLabel])),
      }),
    );
  }
}

/** Cohen's kappa of two readers. */
function cohen(pairs: readonly (readonly [string, string])[]): number {
  const counts = [new Map<string, number>(), new Map<string, number>()];
  for (const pair of pairs)
    for (const side of [0, 1] as const)
      counts[side]!.set(pair[side], (counts[side]!.get(pair[side]) ?? 0) + 1);
  const n = pairs.length;
  const agree = pairs.filter(([a, b]) => a === b).length / n;
  const chance = [...counts[0]!].reduce(
    (sum, [name, own]) => sum + (own / n) * ((counts[1]!.get(name) ?? 0) / n),
    0,
  );
  return (agree - chance) / (1 - chance);
}

const rows = await drawn();
const questions = await ask(rows.map(({ line }) => line));
if (task === 'ask') process.stdout.write(questions.map(text).join('\n'));
else await score(rows, questions);
