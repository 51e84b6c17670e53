/** What a store keeps. `raw`: every line. `foreground`: no line of the control plane's own work. `compact`: triggering lines and counts. */
export const KEEPS = ['raw', 'foreground', 'compact'] as const;
export type Keep = (typeof KEEPS)[number];
