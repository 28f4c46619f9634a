import { answer, type Outcome } from '../outcome.js'
import { showControls } from '../print/width.js'

/** A pair of keys whose identity is in a file now. */
export function keygenOutcome(recipient: string, file: string): Outcome {
  return {
    document: () => ({ recipient, file }),
    text: () => answer(`${recipient}\n`, notes(recipient, showControls(file))),
  }
}

/** A pair of keys whose identity is printed as the text of such a file. */
export function printedKeygenOutcome(recipient: string, identity: string, text: string): Outcome {
  return { document: () => ({ recipient, identity }), text: () => answer(text, [`recipient: ${recipient}`]) }
}

function notes(recipient: string, file: string): readonly string[] {
  return [
    `The identity is in ${file}. Keep a copy elsewhere: without it nothing can be restored.`,
    recipient.length > 80
      ? '  bakthat backup PATH --recipients-file FILE    (a file with the recipient in it)'
      : `  bakthat backup PATH --recipient ${recipient}`,
    `  bakthat restore NAME --identity ${file}`,
  ]
}
