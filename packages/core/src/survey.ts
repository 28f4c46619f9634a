import { survey as surveyTree } from '@bakthat/archive'
import { choiceOf } from './archive.js'
import type { DestinationContext } from './context.js'
import type { SurveyOptions, SurveyResult } from './contract.js'
import { findSource, type Source } from './source.js'

/**
 * Finds out what a backup of that path would hold, and what it would leave out, in the place of the backup: nothing is stored,
 * announced or asked of the destination, and no contents are read. An input that is an archive already counts as one file.
 * Rejects as {@link backup} does where the path or the options are at fault.
 */
export async function survey(
  context: DestinationContext,
  path: string,
  options: SurveyOptions = {},
): Promise<SurveyResult> {
  return surveySource(context, await findSource(path, options), options)
}

/** The same of a source that was found. */
export async function surveySource(
  context: DestinationContext,
  source: Source,
  options: SurveyOptions,
): Promise<SurveyResult> {
  const { excludeFile, ...choice } = await choiceOf(context, source, options)
  const { onProgress } = options
  const found = await surveyTree({
    ...choice,
    now: context.now,
    ...(onProgress && {
      onProgress: ({ files, bytesFound: bytes, current }) => onProgress({ phase: 'surveying', current, files, bytes }),
    }),
  })
  return { name: source.name, ...(excludeFile !== undefined && { excludeFile }), ...found }
}
