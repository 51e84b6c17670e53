/** How data is split: `paper` leaks, the others do not. In the order of reports. */
export const PROTOCOLS = ['paper', 'blocked', 'capture'] as const;

export type Protocol = (typeof PROTOCOLS)[number];
