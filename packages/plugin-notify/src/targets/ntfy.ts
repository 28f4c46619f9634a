import { BakthatError, sendRequest, settingKinds } from '@bakthat/plugin-sdk'
import type { MessageKind } from '../facts.js'
import { secret, secretAddress } from '../required.js'
import { commonKeys, targetKind, usualEvents } from '../target.js'
import { compiled, textTemplate } from '../template.js'

const { choice, list, path, text, webAddress } = settingKinds
const priorities = ['min', 'low', 'default', 'high', 'max'] as const

/**
 * A topic of ntfy. Messages are published as JSON to the root of the server, as what stands in headers there cannot hold every
 * title (https://docs.ntfy.sh/publish/#publish-as-json).
 */
export const ntfy = targetKind(
  {
    url: webAddress,
    url_file: path,
    token: text,
    token_file: path,
    title: textTemplate,
    text: textTemplate,
    priority: choice(...priorities),
    tags: list(text),
    ...commonKeys,
  },
  (settings, label, what) => {
    const { title = compiled('{{title}}'), text: body = compiled('{{text}}'), priority, tags = [] } = settings
    const { root, topic } = topicOf(secretAddress(label, settings.url, settings.url_file), label)
    const token = secret(label, 'token', settings.token, settings.token_file)
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return {
      label: `${what} at ${root.host}`,
      events: settings.events ?? usualEvents,
      async send(facts, signal) {
        const message = {
          topic,
          title: title(facts),
          message: body(facts),
          priority: priorities.indexOf(priority ?? usualPriority(facts.event)) + 1,
          tags: [usualTag[facts.event], ...tags],
        }
        await sendRequest(what, root, { method: 'POST', headers, body: JSON.stringify(message), signal })
      },
    }
  },
)

/** The last part of the path is the topic: servers of ntfy have no other paths. */
function topicOf(url: URL, label: string): { root: URL; topic: string } {
  const [, topic] = /^\/([\w-]{1,64})\/?$/.exec(url.pathname) ?? []
  if (topic !== undefined) return { root: new URL('/', url), topic }
  throw new BakthatError('INVALID_CONFIG', `${label}.url must be the address of a topic`, {
    hint: 'such as https://ntfy.sh/backups-7Hq2',
  })
}

function usualPriority(event: MessageKind): (typeof priorities)[number] {
  return event === 'failure' ? 'high' : 'default'
}

/** Shown as emojis: https://docs.ntfy.sh/emojis/. */
const usualTag: Readonly<Record<MessageKind, string>> = {
  failure: 'rotating_light',
  warning: 'warning',
  success: 'white_check_mark',
  rotation: 'recycle',
  test: 'wave',
}
