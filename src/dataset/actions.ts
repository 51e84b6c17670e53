/** One command that was run. */
export interface ActionRow {
  id: string;
  capture: string;
  index: number;
  person: string;
  role: string;
  /** Id in the catalog. */
  action: string;
  namespace: string;
  argv: string[];
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  exit: number | null;
  /** When people work one at a time: the first line that came after its start. */
  firstLine: number | null;
}
