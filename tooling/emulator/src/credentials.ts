/** Somebody who may sign requests. */
export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Temporary credentials have one, and are nothing without it. */
  readonly sessionToken?: string
  /** When temporary credentials end: later requests are refused as made with an expired token. */
  readonly expires?: Date
}

/** What every server of this package takes unless it is given others. They are no secret. */
export const testCredential = {
  accessKeyId: 'AKIAEMULATOR',
  secretAccessKey: 'emulated/secret+key',
} as const satisfies Credential
