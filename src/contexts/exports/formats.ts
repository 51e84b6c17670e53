/** Formats with a document a line of the log. */
export const LINE_FORMATS = ['ecs', 'ocsf', 'otlp'] as const;
export type LineFormat = (typeof LINE_FORMATS)[number];

export const isLineFormat = (format: string | undefined): format is LineFormat =>
  (LINE_FORMATS as readonly (string | undefined)[]).includes(format);
