import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { event, failure, readAll, streamOf } from '../../fixtures/audit/lines.js';

type Json = Record<string, unknown>;
const events: Json[] = Array.from({ length: 4 }, (_, i) =>
  event({
    auditID: `id-${i}`,
    level: 'RequestResponse',
    verb: ['create', 'get', '', 'delete'][i],
    requestObject:
      i === 2 ? 'skipped-too-big-size-object' : { kind: 'Pod', metadata: { name: `é-"${i}"\n` } },
    stageTimestamp: `2026-01-01T00:00:0${i}.000001Z`,
  }),
);
const text = (value: unknown): string => JSON.stringify(value);
const lines = (wrap: (one: Json, i: number) => unknown): string =>
  events.map((one, i) => `${text(wrap(one, i))}\n`).join('');
const prefixed = (prefix: (i: number) => string): string =>
  events.map((one, i) => `${prefix(i)}${text(one)}\n`).join('');
const azure = (log: unknown) => ({
  category: 'kube-audit',
  operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
  time: '2026-01-01T00:00:00Z',
  properties: { log, stream: 'stdout', pod: 'kube-apiserver-0' },
});
const message = (one: unknown, i: number) => ({
  id: String(i),
  timestamp: 1767225600000 + i,
  message: text(one),
});
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: '/aws/eks/shop/cluster',
  logStream: 'kube-apiserver-audit-1',
  subscriptionFilters: ['all'],
  logEvents: events.map(message),
};
/** A table of a row an event, in that many pieces, each with its head. */
const table = (
  columns: readonly string[],
  rowOf: (one: Json) => readonly string[],
  separator = ',',
  pieces = 1,
): string => {
  const row = (cells: readonly string[]): string =>
    `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator)}\n`;
  const size = events.length / pieces;
  return Array.from({ length: pieces }, (_, i) =>
    [columns, ...events.slice(i * size, (i + 1) * size).map(rowOf)].map(row).join(''),
  ).join('');
};
const base64 = (value: string): string => Buffer.from(value).toString('base64');
const packed = (value: unknown): string =>
  gzipSync(text({ ...subscription, logEvents: [value] })).toString('base64');
/** A value as OpenTelemetry's protocol writes it. */
const anyValue = (value: unknown): Json =>
  typeof value === 'string'
    ? { stringValue: value }
    : Array.isArray(value)
      ? { arrayValue: { values: value.map(anyValue) } }
      : {
          kvlistValue: {
            values: Object.entries(value as Json).map(([key, own]) => ({ key, value: anyValue(own) })),
          },
        };
/** A line as containerd writes it, cut into parts of some characters. */
const cri = (line: string, size: number): string =>
  (line.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [])
    .map((part, i, parts) => `2026-01-01T00:00:00.1Z stdout ${i < parts.length - 1 ? 'P' : 'F'} ${part}\n`)
    .join('');

describe('events come out as they went in', () => {
  it.each<[string, string | Uint8Array]>([
    ['lines of containerd', prefixed(() => '2026-01-01T00:00:00.123456789Z stdout F ')],
    ['lines of CRI-O in parts', events.map((one) => cri(text(one), 100)).join('')],
    ['lines of Docker’s json-file', lines((one) => ({ log: `${text(one)}\n`, stream: 'stdout', time: 't' }))],
    [
      'lines of Docker’s json-file in parts',
      events
        .flatMap((one) => [text(one).slice(0, 90), text(one).slice(90, 200), `${text(one).slice(200)}\n`])
        .map((log) => `${text({ log, stream: 'stdout', time: 't' })}\n`)
        .join(''),
    ],
    ['a node’s name before each line, as oc adm node-logs', prefixed((i) => `ip-192-0-2-${i}.internal `)],
    ['a time in brackets', prefixed(() => '[2026-01-01T00:00:00Z] ')],
    ['a pod’s name, as kubectl logs --prefix', prefixed(() => '[pod/kube-apiserver-a/kube-apiserver] ')],
    ['syslog’s head', prefixed(() => 'Jan  1 00:00:00 master kube-apiserver[4711]: ')],
    ['an export of CloudWatch Logs', prefixed((i) => `2026-01-01T00:00:0${i}.123Z `)],
    ['aws logs tail', prefixed(() => '2026-01-01T00:00:00+00:00 kube-apiserver-audit-1 ')],
    ['a subscription of CloudWatch Logs', `${text(subscription)}`],
    ['subscriptions one after another', `${text(subscription).repeat(1)}`],
    ['the same as Firehose keeps it, in gzip members', gzipSync(text(subscription))],
    ['a record for a function', text({ awslogs: { data: gzipSync(text(subscription)).toString('base64') } })],
    [
      'the data of records alone, in base64, a line each',
      events
        .map((one, i) => {
          const packed = gzipSync(text({ ...subscription, logEvents: [message(one, i)] }));
          return `${packed.toString('base64')}\n`;
        })
        .join(''),
    ],
    [
      'lists of which some are empty, as Go writes them too',
      [{ items: [] }, { items: events.slice(0, 2) }, { items: null }, { items: events.slice(2) }]
        .map((one) => `${text({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, ...one })}\n`)
        .join(''),
    ],
    [
      'a list over many lines with the line ends of Windows, after a byte order mark',
      `\uFEFF${JSON.stringify({ kind: 'EventList', items: events }, null, 2).replaceAll('\n', '\r\n')}`,
    ],
    [
      'records of a stream',
      text({
        Records: events.map((one) => ({
          kinesis: {
            data: gzipSync(text({ ...subscription, logEvents: [message(one, 1)] })).toString('base64'),
          },
        })),
      }),
    ],
    [
      'aws logs filter-log-events',
      JSON.stringify({ events: events.map(message), searchedLogStreams: [] }, null, 4),
    ],
    [
      'a result of CloudWatch Logs Insights',
      text({
        status: 'Complete',
        results: events.map((one) => [
          { field: '@timestamp', value: '2026-01-01 00:00:00.000' },
          { field: '@message', value: text(one) },
        ]),
      }),
    ],
    [
      'an export of CloudWatch Logs Insights',
      text(events.map((one) => ({ '@timestamp': 't', '@message': one }))),
    ],
    ['AKS in a storage account', lines((one) => azure(`${text(one)}\n`))],
    ['AKS in an event hub', text({ records: events.map((one) => azure(`${text(one)}\n`)) })],
    [
      'AKS with properties as text',
      lines((one) => ({ ...azure(null), properties: text({ log: text(one) }) })),
    ],
    [
      'rows of AzureDiagnostics',
      text(events.map((one) => ({ Category: 'kube-audit-admin', log_s: text(one) }))),
    ],
    [
      'tables of Azure Log Analytics',
      text({
        tables: [
          {
            name: 'PrimaryResult',
            columns: [{ name: 'TimeGenerated' }, { name: 'log_s' }],
            rows: events.map((one) => ['t', text(one)]),
          },
        ],
      }),
    ],
    [
      'Fluent Bit with a line',
      lines((one) => ({ date: 1767225600.1, log: text(one), kubernetes: { pod_name: 'a' } })),
    ],
    [
      'Fluent Bit with a CRI line',
      lines((one) => ({ log: `2026-01-01T00:00:00.1Z stdout F ${text(one)}`, stream: 'stdout' })),
    ],
    ['Fluent Bit with what it parsed', lines((one) => ({ log: 'left', log_processed: one }))],
    [
      'Fluentd with parts',
      events
        .flatMap((one) => [
          `${text({ stream: 'stdout', logtag: 'P', log: text(one).slice(0, 50) })}\n`,
          `${text({ stream: 'stdout', logtag: 'F', log: text(one).slice(50) })}\n`,
        ])
        .join(''),
    ],
    [
      'Vector',
      lines((one) => ({ file: '/var/log/audit.log', host: 'a', message: text(one), source_type: 'file' })),
    ],
    [
      'Filebeat',
      lines((one) => ({
        '@timestamp': 't',
        log: { file: { path: '/a' }, offset: 3 },
        message: text(one),
        event: { dataset: 'k8s' },
      })),
    ],
    [
      'Elastic Agent',
      lines((one) => ({
        '@timestamp': 't',
        event: { dataset: 'kubernetes.audit_logs' },
        kubernetes: { audit: one },
      })),
    ],
    ['event.original', lines((one) => ({ message: 'create pods', event: { original: text(one) } }))],
    [
      'a search of Elasticsearch',
      JSON.stringify(
        {
          took: 3,
          hits: {
            total: { value: 4 },
            hits: events.map((one) => ({ _id: 'a', _source: { kubernetes: { audit: one } } })),
          },
        },
        null,
        2,
      ),
    ],
    ['Splunk', lines((one) => ({ preview: false, result: { _raw: text(one), _time: 't' } }))],
    ['Splunk’s collector', lines((one) => ({ event: one, sourcetype: 'kube:audit', time: 1 }))],
    ['journald', lines((one) => ({ MESSAGE: text(one), _PID: '1', PRIORITY: '6' }))],
    ['logcli', lines((one) => ({ labels: { app: 'a' }, line: text(one), timestamp: 't' }))],
    [
      'Loki’s API',
      text({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [{ stream: {}, values: events.map((one) => ['1', text(one)]) }],
        },
      }),
    ],
    [
      'OpenTelemetry',
      text({
        resourceLogs: [
          { scopeLogs: [{ logRecords: events.map((one) => ({ body: { stringValue: text(one) } })) }] },
        ],
      }),
    ],
    ['Kafka’s console with values', lines((one) => ({ topic: 'audit', partition: 0, value: text(one) }))],
    ['JSON text in JSON text', lines((one) => ({ log: text(text(one)) }))],
    ['lines in one text', text({ message: events.map(text).join('\n') })],
    ['lines in one text with the line ends of Windows', text({ message: events.map(text).join('\r\n') })],
    [
      'values over many lines in one text',
      text({ message: events.map((one) => JSON.stringify(one, null, 2)).join('\n') }),
    ],
    ['a field that nobody else uses', lines((one) => ({ time: 't', logContent: { id: 'x', data: one } }))],
    ['a line in a field that nobody else uses', lines((one) => ({ host: 'a', _line: text(one) }))],
    ['an empty list beside the line', lines((one) => ({ events: [], tags: [], message: text(one) }))],
    ['Datadog', lines((one) => ({ _id: 'a', source: 'kubernetes.audit', attributes: one, tags: [] }))],
    ['Datadog’s API', text({ data: events.map((one) => ({ attributes: { attributes: one } })) })],
    ['Splunk’s API', text({ preview: false, results: events.map((one) => ({ _raw: text(one) })) })],
    ['Sumo Logic', text({ messages: events.map((one) => ({ map: { _raw: text(one) } })) })],
    ['Filebeat with what it parsed', lines((one) => ({ '@timestamp': 't', json: one, log: { offset: 1 } }))],
    ['GELF', lines((one) => ({ version: '1.1', short_message: 'x', full_message: text(one) }))],
    [
      'Firehose’s function',
      text({ records: events.map((one, i) => ({ recordId: `${i}`, data: packed(message(one, i)) })) }),
    ],
    [
      'aws kinesis get-records',
      JSON.stringify({ Records: events.map((one) => ({ Data: base64(text(one)) })) }, null, 4),
    ],
    ['SNS', text({ Records: events.map((one) => ({ Sns: { Message: text(one) } })) })],
    ['SNS in SQS', text({ Records: events.map((one) => ({ body: text({ Message: text(one) }) })) })],
    ['Pub/Sub', lines((one) => ({ message: { data: base64(text(one)), messageId: '1' } }))],
    ['CloudEvents in base64', lines((one) => ({ specversion: '1.0', data_base64: base64(text(one)) }))],
    ['lines in base64', events.map((one) => `${base64(text(one))}\n`).join('')],
    ['logcli as it stands', prefixed(() => '2026-01-01T00:00:00Z {app="kube-apiserver", node="a"} ')],
    [
      'syslog with structured data',
      prefixed(() => '<134>1 2026-01-01T00:00:00.000Z host app 1 ID47 [a@1 iut="3"] '),
    ],
    [
      'aws logs filter-log-events as text',
      events.map((one) => `EVENTS\t391\t1767\t${text(one)}\tkube-apiserver-audit-1\t1767\n`).join(''),
    ],
    ['Fluent Bit’s files', events.map((one) => `kube.audit: [1767225600.1, ${text(one)}]\n`).join('')],
    [
      'a pod’s name and a time',
      prefixed(() => '[pod/kube-apiserver-a/kube-apiserver] 2026-01-01T00:00:00Z '),
    ],
    ['colours of a terminal', events.map((one) => `\u001b[32m${text(one)}\u001b[0m\n`).join('')],
    ['JSON text sequences', prefixed(() => '\u001e')],
    ['journald with bytes', lines((one) => ({ MESSAGE: [...Buffer.from(text(one))], __CURSOR: 's' }))],
    [
      'OpenTelemetry with values',
      text({
        resourceLogs: [{ scopeLogs: [{ logRecords: events.map((one) => ({ body: anyValue(one) })) }] }],
      }),
    ],
    [
      'Google Cloud Logging of an own cluster',
      lines((one) => ({ logName: 'projects/a/logs/audit', jsonPayload: one })),
    ],
  ])('from %s', async (_, content) => {
    for (const size of [61, Number.MAX_SAFE_INTEGER]) {
      const read = await readAll(streamOf(content, size));
      expect(read.map((line) => line.skipped ?? line.event)).toEqual(events);
      expect(read.map(({ text: own }) => JSON.parse(own) as unknown)).toEqual(events);
      expect(read.map(({ line }) => line)).toEqual([0, 1, 2, 3]);
    }
  });

  it('from rows of AKSAudit, where each field has a column', async () => {
    const rows = events.map((one) => ({
      TimeGenerated: 't',
      AuditId: one.auditID,
      Level: one.level,
      Stage: one.stage,
      RequestUri: one.requestURI,
      Verb: one.verb,
      User: text(one.user),
      SourceIps: '["192.0.2.1"]',
      ObjectRef: one.objectRef,
      RequestObject: one.requestObject,
      ResponseObject: '',
      RequestReceivedTime: one.requestReceivedTimestamp,
      StageReceivedTime: one.stageTimestamp,
      Type: 'AKSAudit',
    }));
    const read = await readAll(text(rows));
    expect(read.map((line) => line.skipped ?? JSON.parse(text(line.event)))).toEqual(
      events.map((one) => ({ ...one, sourceIPs: ['192.0.2.1'] })),
    );
  });

  it('from a table of AKSAudit as the portal exports it, with its times', async () => {
    const columns = ['TimeGenerated [UTC]', 'AuditId', 'Stage', 'Level', 'Verb', 'User', 'ObjectRef'];
    const content = table([...columns, 'ResponseObject', 'RequestReceivedTime [UTC]'], (one) => [
      '1/2/2026, 3:04:05.678 PM',
      ...[one.auditID, one.stage, one.level, one.verb].map(String),
      text(one.user),
      text(one.objectRef),
      '',
      '1/2/2026, 12:04:05.678 AM',
    ]);
    const [first] = await readAll(content);
    expect(first?.event).toMatchObject({
      auditID: 'id-0',
      verb: 'create',
      user: events[0]!.user,
      objectRef: events[0]!.objectRef,
      requestReceivedTimestamp: '2026-01-02T00:04:05.678Z',
    });
    expect(first?.event?.responseObject).toBeUndefined();
  });

  it('from a table of which each column is a field', async () => {
    const fields = ['auditID', 'stage', 'verb', 'user', 'requestReceivedTimestamp'] as const;
    const content = table(fields, (one) =>
      fields.map((field) => (typeof one[field] === 'string' ? one[field] : text(one[field]))),
    );
    const read = await readAll(content);
    expect(read.map(({ event: own }) => JSON.parse(text(own)) as unknown)).toEqual(
      events.map((one) => Object.fromEntries(fields.map((field) => [field, one[field]]))),
    );
  });

  it('keeps a row with its reason for what else stands in such a log', async () => {
    const klog = 'I0101 00:00:00.000000 1 trace.go:236] Trace[1]: "Get" (total time: 900ms)';
    for (const [content, reasons] of [
      [
        `${text({ log: klog, stream: 'stderr' })}\n${lines((one) => ({ log: text(one) }))}`,
        ['a line of another log, in a wrapping'],
      ],
      [
        `2026-01-01T00:00:00.1Z stderr F ${klog}\n${prefixed(() => '2026-01-01T00:00:00.1Z stdout F ')}`,
        ['a line of another log, in a wrapping'],
      ],
      [
        text({ records: [azure('x'), { ...azure(klog), category: 'kube-scheduler' }] }),
        ['a line of another log, in a wrapping', 'a record of category kube-scheduler, in an AKS export'],
      ],
      [
        text({ messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'CWL CONTROL MESSAGE' }] }),
        ['a control message of CloudWatch Logs'],
      ],
      [text({ message: `${klog}\n${text(events[0])}\n` }), ['a line of another log, in a wrapping']],
      [
        lines((one) => ({ index: { _index: 'a', _id: String(one.auditID) } })),
        Array(4).fill('an action of Elasticsearch’s bulk form'),
      ],
      [`${text({ log: '{"level":"info"}' })}\n`, ['JSON that is no audit event, in a wrapping']],
    ] as const)
      expect((await readAll(content)).filter(({ event: e }) => !e).map(({ skipped }) => skipped)).toEqual(
        reasons,
      );
  });

  it.each([
    ['half an event', text({ log: text(events[0]).slice(0, 80) }), 'a JSON object, got Unterminated string'],
    ['half an event after a prefix', `node-1 ${text(events[0]).slice(0, 80)}`, 'a JSON object, got '],
    [
      'a part whose rest does not come',
      cri(text(events[0]), 100).split('\n').slice(0, 2).join('\n'),
      'a JSON object, got ',
    ],
    [
      'an Event of the cluster',
      text({
        kind: 'List',
        apiVersion: 'v1',
        items: [{ kind: 'Event', apiVersion: 'v1', involvedObject: {} }],
      }),
      'an audit event, got an Event of the cluster',
    ],
    [
      'records of CloudTrail',
      text({ Records: [{ eventSource: 'eks.amazonaws.com', eventName: 'CreateCluster' }] }),
      'an audit event of Kubernetes, got a CloudTrail record',
    ],
    [
      'fields of Elasticsearch',
      text({ fields: 1, 'kubernetes.audit.verb': ['get'] }),
      'an audit event, got fields of Elasticsearch',
    ],
    [
      'packed data that is damaged',
      text({ awslogs: { data: 'H4sIAAAA' } }),
      'whole gzip data in base64, got ',
    ],
    [
      'an item of a list that is no event',
      text({ kind: 'EventList', items: [{ kind: 'Event' }] }),
      'auditID to be a text, got nothing',
    ],
    [
      'the beginning of an event behind one',
      `node-1 ${text(events[0])} ${text(events[1]).slice(0, 80)}`,
      'a JSON object, got Unterminated string',
    ],
    [
      'an entry of journald without its line',
      text({ MESSAGE: null, __CURSOR: 's=1' }),
      'a line in MESSAGE, got null, as journalctl writes what has more than 4096 bytes',
    ],
    [
      'journald’s export',
      '__CURSOR=s\nMESSAGE={}\n',
      'an audit event of Kubernetes, got an entry of journald',
    ],
    [
      'Fluent Bit’s own form',
      '[0] kube: [[1.5, {}], {"log"=>"a"}]',
      'an audit event of Kubernetes, got a record as',
    ],
    ['YAML', '---\ninsertId: a\n', 'an audit event of Kubernetes, got YAML'],
    ['a page of the web', '<!DOCTYPE html>\n', 'an audit event of Kubernetes, got a page of HTML or XML'],
    [
      'the old text format',
      '2017-03-21T03:57:09-04:00 AUDIT: id="a"',
      'an audit event of Kubernetes, got a line of the',
    ],
    [
      'a policy',
      text({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy' }),
      'an audit event, got an audit policy',
    ],
    ['a row of label', text({ line: 0, auditID: 'a', label: null }), 'an audit event, got a row of label'],
    [
      'a context',
      text({ context: 'c0', trigger: events[0], lines: [0] }),
      'an audit event, got a context, as contexts --json prints it',
    ],
    ['a row with a cell too many', 'a,message\n1,2,3\n', 'a row of 2 cells, as the table has columns, got 3'],
    ['a row without its end', 'a,message\n1,"2\n\n3', 'a whole row of a table, got the end of the file'],
    ['a line that is no head of a table', 'message, log\n', 'a JSON object, got Unexpected token'],
    ['lists in lists', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'at most '],
  ])('tells of %s by name', async (_, content, expected) => {
    expect(await failure(readAll(content))).toContain(`expected ${expected}`);
    const kept = await readAll(content, { skipInvalid: true });
    expect(kept.filter(({ invalid }) => invalid).length).toBeGreaterThan(0);
  });

  it('does not look for ever into what holds itself many times over', async () => {
    let value: unknown = 'x';
    for (let i = 0; i < 7; i++) value = { log: value, message: value, data: [value], value, result: value };
    expect((await readAll(`${text(value)}\n`, { skipInvalid: true })).length).toBeGreaterThan(0);
  });
});
