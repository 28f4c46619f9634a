import { sendRequest, settingKinds } from '@bakthat/plugin-sdk'
import { secretAddress } from '../required.js'
import { commonKeys, targetKind, usualEvents } from '../target.js'
import { compiled, textTemplate } from '../template.js'

const { path, webAddress } = settingKinds

/** An incoming webhook of Slack, or of what takes the same, which is JSON with a `text`. */
export const slack = targetKind(
  { url: webAddress, url_file: path, text: textTemplate, ...commonKeys },
  (settings, label, what) => {
    const { text = compiled('*{{title}}*\n{{text}}') } = settings
    const url = secretAddress(label, settings.url, settings.url_file)
    return {
      label: `${what} at ${url.host}`,
      events: settings.events ?? usualEvents,
      async send(facts, signal) {
        const body = JSON.stringify({ text: text(facts, escaped) })
        await sendRequest(what, url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal })
      },
    }
  },
)

/** So that no name mentions a whole channel: https://docs.slack.dev/messaging/formatting-message-text#escaping. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
