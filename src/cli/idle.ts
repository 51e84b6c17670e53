/** Seconds without a line after which a context is closed: of a file, and of a log that grows. */
export const IDLE = { file: 3600, follow: 10 };
