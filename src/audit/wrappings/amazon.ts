import { gunzipSync } from 'node:zlib';
import { isRecord } from '../event.js';
import { type Inner, textAt, type Wrapping } from './wrapping.js';

/** Bytes that one packed record may have when unpacked. */
const MOST = 64 * 1024 * 1024;

/** What a subscription of CloudWatch Logs sends: lines in `logEvents[].message`. */
export const cloudWatch: Wrapping = {
  name: 'a CloudWatch Logs message',
  open({ messageType, logEvents }) {
    if (typeof messageType !== 'string' || !Array.isArray(logEvents)) return null;
    if (messageType === 'CONTROL_MESSAGE') return [{ skipped: 'a control message of CloudWatch Logs' }];
    return logEvents.map((event) => ({ value: event }));
  },
};

/** What a query of CloudWatch Logs Insights gives: rows of fields, the line in `@message`. */
export const cloudWatchInsights: Wrapping = {
  name: 'a result of CloudWatch Logs Insights',
  open(value) {
    if (typeof value['@message'] === 'string') return [{ text: value['@message'] }];
    if (isRecord(value['@message'])) return [{ value: value['@message'] }];
    const { results } = value;
    if (!Array.isArray(results) || !results.every(Array.isArray)) return null;
    return (results as unknown[][]).map((fields) => {
      const line = fields.find((field) => isRecord(field) && field.field === '@message');
      return isRecord(line) && typeof line.value === 'string'
        ? { text: line.value }
        : { skipped: 'a row without @message, in a result of CloudWatch Logs Insights' };
    });
  },
};

/** What functions and streams get: packed messages of CloudWatch Logs in base64. */
export const kinesis: Wrapping = {
  name: 'a packed record of CloudWatch Logs',
  open({ awslogs, kinesis: record }) {
    const data = [awslogs, record].map((one) => (isRecord(one) ? textAt(one, 'data') : undefined));
    const packed = data.find((one) => one !== undefined);
    return packed === undefined ? null : [unpacked(packed)];
  },
};

/** Calls of Amazon's own API, which are no requests to Kubernetes. */
export const cloudTrail: Wrapping = {
  name: 'a CloudTrail record',
  open: (value) =>
    typeof value.eventSource === 'string' && typeof value.eventName === 'string'
      ? [
          {
            problem: {
              expected: 'an audit event of Kubernetes',
              got: 'a CloudTrail record',
              hint: 'EKS writes audit events to CloudWatch Logs: log group /aws/eks/CLUSTER/cluster, streams kube-apiserver-audit-….',
            },
          },
        ]
      : null,
};

/** Gzip in base64: its first bytes are always the same. */
const PACKED = /^H4sI[\w+/\s]{16,}=*$/;

/** What a text is that holds nothing but gzip in base64, as the data of a record that was taken out; null when it is none. */
export const packedText = (text: string): Inner | null => (PACKED.test(text) ? unpacked(text) : null);

function unpacked(data: string): Inner {
  const bytes = Buffer.from(data, 'base64');
  try {
    return {
      text: (bytes[0] === 0x1f ? gunzipSync(bytes, { maxOutputLength: MOST }) : bytes).toString('utf8'),
    };
  } catch (error) {
    return { problem: { expected: 'whole gzip data in base64', got: (error as Error).message } };
  }
}
