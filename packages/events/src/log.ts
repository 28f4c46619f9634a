/** Where sentences for people go. `console` is one. */
export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** The log of whoever has none: what is amiss becomes a warning of the process, the rest is dropped. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => process.emitWarning(message, 'BakthatWarning'),
  error: (message) => process.emitWarning(message, 'BakthatWarning'),
}
