import type { Unwrapped } from './wrapping.js';

/** What a log is taken for by mistake, by how its line begins, and what gives the events. */
const FOREIGN: readonly (readonly [begin: RegExp, got: string, hint?: string])[] = [
  [/^(node=\S+ )?type=\w+ msg=audit\(/, 'a line of Linux auditd'],
  [
    /^\S+ AUDIT: id="/,
    'a line of the old text format of audit logs',
    'Let the API server write JSON: --audit-log-format=json.',
  ],
  [
    /^(__CURSOR|__REALTIME_TIMESTAMP)=/,
    'an entry of journald as journalctl -o export writes it',
    'Export it as JSON, and whole: journalctl -o json --all.',
  ],
  [
    /^\[\d+\] \S+: \[.*"=>/s,
    'a record as Fluent Bit shows it',
    'Let Fluent Bit write JSON: Format json_lines, in its output.',
  ],
  [/^<(!doctype|html|\?xml|Error)\b/i, 'a page of HTML or XML', 'See what it says; it is no log.'],
  [
    /^(---( |$)|(apiVersion|kind|insertId|logName|protoPayload): ?)/,
    'YAML',
    'Export it as JSON: --format=json of gcloud, -o json of kubectl.',
  ],
];

/** What a line is that is no JSON, where it is known; else null. */
export function foreignText(text: string): Unwrapped | null {
  const [, got, hint] = FOREIGN.find(([begin]) => begin.test(text)) ?? [];
  if (got === undefined) return null;
  return {
    problem: { expected: 'an audit event of Kubernetes', got, ...(hint === undefined ? {} : { hint }) },
  };
}
