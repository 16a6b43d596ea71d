/** What this server is, what it holds and what it serves. */
import { h } from '../dom.js'
import { count, size } from '../format.js'
import { CallError, call, discover } from '../mcp.js'
import { figure, figures, section, table, when } from '../parts.js'

/** @type {import('../app.js').CreateView} */
export function overview() {
  /** @type {Map<string, Promise<any>>} */
  const tools = new Map()
  /** @type {Set<string>} */
  const open = new Set()

  return {
    everyMs: 10_000,
    async load(signal) {
      const [server, served, datasets, pins, queue, calls, peers] = await Promise.all([
        discover(signal),
        call('tools_list_categories', { include_count: true }, signal),
        tried('list_datasets', { limit: 200 }, signal),
        tried('ipfs_list_pins', { limit: 1 }, signal),
        tried('queue_stats', {}, signal),
        tried('call_history', { limit: 0 }, signal),
        tried('p2p_status', {}, signal)
      ])
      return { server, served, datasets, pins, queue, calls, peers }
    },
    render({ server, served, datasets, pins, queue, calls, peers }) {
      const { name, title, version } = server._meta['io.modelcontextprotocol/serverInfo']
      return [
        h(
          'p',
          { class: 'lead' },
          `${title ?? name} ${version}. `,
          calls.value && ['Up since ', when(calls.value.since), '.']
        ),
        figures(
          shown('Datasets', '#/datasets', datasets, value => [count(value.total), sizeOf(value)]),
          shown('Pins', '#/pins', pins, value => [count(value.total)]),
          shown('Tasks waiting', '#/queue', queue, value => [
            count(value.queued_count),
            value.paused ? 'paused' : `${count(value.running_count)} running`
          ]),
          shown('Calls', '#/calls', calls, value => [
            count(value.total_calls),
            `${count(value.total_failures)} failed`
          ]),
          shown('Peers connected', '#/peers', peers, value => [
            count(value.connections),
            `${count(value.trusted_peers)} trusted`
          ])
        ),
        section(
          'What it serves',
          table(
            'Categories of tools',
            [{ title: 'Category' }, { title: 'Tools', number: true }, { title: 'What for' }],
            served.categories.map(row)
          )
        )
      ]
    }
  }

  /** @param {{ name: string, title: string, description: string, tool_count: number }} category */
  function row({ name, title, description, tool_count }) {
    const list = h('ul', { class: 'names' })
    const toggled = (/** @type {Event} */ { currentTarget }) => {
      const isOpen = currentTarget instanceof HTMLDetailsElement && currentTarget.open
      if (isOpen) open.add(name)
      else open.delete(name)
      if (isOpen) void fill(name, list)
    }
    const details = h('details', { ontoggle: toggled, open: open.has(name) }, [
      h('summary', { 'data-key': `category ${name}` }, title),
      list
    ])
    return [details, count(tool_count), description]
  }

  /**
   * @param {string} category
   * @param {HTMLElement} list
   */
  async function fill(category, list) {
    const asked = tools.get(category) ?? call('tools_list_tools', { category })
    tools.set(category, asked)
    const answer = await asked.catch(error => {
      tools.delete(category)
      return { tools: [{ name: error.code, description: error.message }] }
    })
    list.replaceChildren(
      ...answer.tools.map((/** @type {{ name: string, description: string, unavailable?: string }} */ tool) =>
        h('li', {}, [
          h('code', {}, tool.name),
          ` ${tool.description}`,
          tool.unavailable && h('small', {}, ` ${tool.unavailable}`)
        ])
      )
    )
  }
}

/** @typedef {{ value?: any, error?: CallError }} Tried a part that may be missing while the rest is shown */

/**
 * @param {string} tool
 * @param {object} args
 * @param {AbortSignal} signal
 * @returns {Promise<Tried>}
 */
async function tried(tool, args, signal) {
  try {
    return { value: await call(tool, args, signal) }
  } catch (error) {
    if (error instanceof CallError && error.code !== 'UNAUTHENTICATED' && error.code !== 'OFFLINE') return { error }
    throw error
  }
}

/**
 * @param {string} name
 * @param {string} href
 * @param {Tried} tried
 * @param {(value: any) => string[]} read
 */
function shown(name, href, { value, error }, read) {
  const [main, more] = error ? [error.code === 'SERVICE_UNAVAILABLE' ? 'off' : 'failed', undefined] : read(value)
  return figure(name, h('a', { href, 'data-key': `figure ${name}`, title: error?.message }, main), more)
}

/** @param {{ datasets: { size_bytes: number }[], truncated: boolean }} list */
function sizeOf({ datasets, truncated }) {
  return `${truncated ? 'over ' : ''}${size(datasets.reduce((sum, { size_bytes }) => sum + size_bytes, 0))}`
}
