/** A moto server of one's own. */
export interface Moto {
  readonly endpoint: string
  stop(): Promise<void>
}

/** The `moto_server` to use: that of the environment in BAKTHAT_TEST_MOTO, else the one on the PATH. */
export function motoServer(): string | undefined

/** The Python that has boto3 beside moto. */
export function motoPython(): string | undefined

/** Starts a moto server on a free port of this machine and waits until it answers. */
export function startMoto(): Promise<Moto>
