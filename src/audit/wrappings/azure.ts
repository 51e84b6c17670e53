import { isRecord } from '../event.js';
import { type Inner, type JsonObject, jsonOf, textAt, type Wrapping } from './wrapping.js';

const AUDIT = /^kube-audit(-admin)?$/;
/** Fields of an event by the columns of the tables AKSAudit and AKSAuditAdmin. */
const COLUMNS: Readonly<Record<string, string>> = {
  AuditId: 'auditID',
  Level: 'level',
  Stage: 'stage',
  RequestUri: 'requestURI',
  Verb: 'verb',
  UserAgent: 'userAgent',
  RequestReceivedTime: 'requestReceivedTimestamp',
  StageReceivedTime: 'stageTimestamp',
};
/** Columns that hold values, or JSON text in an export. */
const VALUES: Readonly<Record<string, string>> = {
  User: 'user',
  ImpersonatedUser: 'impersonatedUser',
  SourceIps: 'sourceIPs',
  ObjectRef: 'objectRef',
  ResponseStatus: 'responseStatus',
  RequestObject: 'requestObject',
  ResponseObject: 'responseObject',
  Annotations: 'annotations',
};

/** Diagnostic records of AKS, as an event hub and a storage account get them: the line is in `properties.log`. */
export const azureRecord: Wrapping = {
  name: 'an AKS diagnostic record',
  open(value) {
    const properties = jsonOf(value.properties);
    if (!isRecord(properties) || properties.log === undefined) return null;
    return ofCategory(textAt(value, 'category'), properties.log);
  },
};

/** Rows of Azure Log Analytics: of AzureDiagnostics, where the line is in `log_s`, or of AKSAudit, where each field has a column. */
export const azureRow: Wrapping = {
  name: 'a row of Azure Log Analytics',
  open(value) {
    if (typeof value.log_s === 'string') return ofCategory(textAt(value, 'Category'), value.log_s);
    if (typeof value.AuditId !== 'string' || value.Stage === undefined) return null;
    const event: JsonObject = { kind: 'Event', apiVersion: 'audit.k8s.io/v1' };
    for (const [column, field] of Object.entries(COLUMNS)) event[field] = value[column] || undefined;
    for (const [column, field] of Object.entries(VALUES)) event[field] = jsonOf(value[column]) || undefined;
    event.verb ??= '';
    event.user ??= {};
    return [{ event }];
  },
};

/** What a query of Azure Log Analytics gives: tables of columns and rows. */
export const azureTables: Wrapping = {
  name: 'tables of Azure Log Analytics',
  open({ tables }) {
    if (!Array.isArray(tables) || !tables.every((table) => isRecord(table) && Array.isArray(table.rows)))
      return null;
    return (tables as { columns?: unknown; rows: unknown[] }[]).flatMap(({ columns, rows }) => {
      const names = Array.isArray(columns)
        ? columns.map((column) => (isRecord(column) ? String(column.name) : String(column)))
        : [];
      return rows.map((row) => ({
        value: Array.isArray(row)
          ? Object.fromEntries(row.map((cell, i) => [names[i] ?? `${i}`, cell]))
          : row,
      }));
    });
  },
};

function ofCategory(category: string | undefined, log: unknown): Inner[] {
  if (category !== undefined && !AUDIT.test(category))
    return [{ skipped: `a record of category ${category.slice(0, 40)}, in an AKS export` }];
  return typeof log === 'string' ? [{ text: log }] : [{ value: log }];
}
