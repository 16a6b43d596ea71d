/** A small network of its own in namespaces of the kernel: two machines at a bridge. Nothing outside of it is touched. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'

export interface Machine {
  address: string
  /** Runs a command on it. */
  run(command: string, args: readonly string[], env: Record<string, string>): ChildProcess
  /** Pulls its cable, or puts it back. */
  link(state: 'up' | 'down'): void
}

export interface Network extends Disposable {
  machines: readonly [Machine, Machine]
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })

export function openNetwork(): Network {
  const name = (part: string) => `ids-${process.pid}-${part}`
  const made: string[] = []
  const close = () => {
    for (const namespace of made.splice(0)) ip('netns', 'delete', namespace)
  }

  function addNamespace(part: string): string {
    ip('netns', 'add', name(part))
    made.push(name(part))
    ip('-n', name(part), 'link', 'set', 'lo', 'up')
    return name(part)
  }

  try {
    const middle = addNamespace('middle')
    // Without snooping, what is said to everybody reaches everybody.
    ip('-n', middle, 'link', 'add', 'bridge', 'type', 'bridge', 'mcast_snooping', '0')
    ip('-n', middle, 'link', 'set', 'bridge', 'up')

    function addMachine(index: number): Machine {
      const [namespace, port, address] = [addNamespace(`m${index}`), `port${index}`, `10.77.0.${index}`]
      ip('-n', middle, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      ip('-n', middle, 'link', 'set', port, 'master', 'bridge', 'up')
      ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0')
      ip('-n', namespace, 'link', 'set', 'eth0', 'up')
      ip('-n', namespace, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0')
      return {
        address,
        run: (command, args, env) =>
          spawn('ip', ['netns', 'exec', namespace, command, ...args], {
            env: { ...process.env, ...env },
            stdio: ['ignore', 'ignore', 'pipe']
          }),
        link: state => ip('-n', middle, 'link', 'set', port, state)
      }
    }

    return { machines: [addMachine(1), addMachine(2)], [Symbol.dispose]: close }
  } catch (error) {
    close()
    throw error
  }
}

/** Why this machine cannot have such a network; undefined if it can. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a matter of Linux'
  if (process.getuid?.() !== 0) return 'only root may make network namespaces'
  try {
    openNetwork()[Symbol.dispose]()
    return undefined
  } catch (error) {
    return `network namespaces cannot be made here: ${String(error).split('\n')[0]}`
  }
}
