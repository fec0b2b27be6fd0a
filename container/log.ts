/** Writes one JSON object a line: what CloudWatch Logs Insights reads, and what no ref name can break out of. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void;

export const jsonLog = (write: (line: string) => void, common: Record<string, unknown>): Log => {
  return (level, message, fields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...common, ...fields })}\n`);
};
