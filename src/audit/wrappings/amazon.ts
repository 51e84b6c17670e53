import { isRecord } from '../event.js';
import { unpacked } from './packed.js';
import { textAt, type Wrapping } from './wrapping.js';

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
