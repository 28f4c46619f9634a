import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a machine has for the AWS tools: files as they have them, and variables. */
export interface AwsSetUp {
  readonly credentials?: string
  readonly config?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a test on a machine that has this and nothing else for the AWS tools, and is no instance of EC2. */
export async function withAwsSetUp(
  { credentials = '', config = '', environment = {} }: AwsSetUp,
  test: () => Promise<void>,
): Promise<void> {
  const before = process.env
  const home = await mkdtemp(join(tmpdir(), 'bakthat-aws-'))
  const files = { credentials: join(home, 'credentials'), config: join(home, 'config') }
  await writeFile(files.credentials, credentials)
  await writeFile(files.config, config)
  const others = Object.entries(before).filter(([name]) => !name.startsWith('AWS_'))
  process.env = {
    ...Object.fromEntries(others),
    HOME: home,
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    AWS_CONFIG_FILE: files.config,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
  }
  try {
    await test()
  } finally {
    process.env = before
    await rm(home, { recursive: true })
  }
}
